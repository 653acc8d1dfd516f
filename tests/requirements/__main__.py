"""`python -m tests.requirements` writes the pages; with `--check` it only says which are out of date or lack a test."""

from __future__ import annotations

import sys

from tests.requirements.book import page_of, problems
from tests.requirements.books import BOOKS


def main(words: list[str]) -> int:
    """Write or compare every page; 1 when something is wrong."""
    wrong = [sentence for book in BOOKS for sentence in problems(book)]
    for book in BOOKS:
        page = page_of(book)
        if "--check" in words:
            if not book.path.exists() or book.path.read_text(encoding="utf-8") != page:
                wrong.append(f"docs/{book.page} is out of date: python -m tests.requirements")
        else:
            book.path.write_text(page, encoding="utf-8")
    sys.stderr.writelines(f"{sentence}\n" for sentence in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
