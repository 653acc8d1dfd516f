"""The books there are."""

from __future__ import annotations

from tests.requirements.book import Book
from tests.requirements.records import RECORDS

BOOKS: tuple[Book, ...] = (RECORDS,)
