"""Every numbered requirement has a test, and the pages say which."""

from __future__ import annotations

import pytest

from tests.requirements.book import Book, Requirement, page_of, problems
from tests.requirements.books import BOOKS

each_book = pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.page)


@each_book
def test_every_requirement_has_a_test_and_at_most_five_are_excused(book: Book) -> None:
    assert problems(book) == []


@each_book
def test_the_page_says_what_the_marks_say(book: Book) -> None:
    assert book.path.read_text(encoding="utf-8") == page_of(book), "python -m tests.requirements writes it anew"


def test_a_requirement_without_a_test_is_noticed() -> None:
    lonely = Requirement("X1", "nobody proves this", "", "")

    assert problems(Book("none.md", "no_such_mark", "", (lonely,))) == ["X1 of none.md has no test"]
