"""The books there are."""

from __future__ import annotations

from tests.requirements.book import Book

BOOKS: tuple[Book, ...] = ()
