"""The books there are."""

from __future__ import annotations

from tests.requirements.book import Book
from tests.requirements.records import RECORDS
from tests.requirements.security import SECURITY

BOOKS: tuple[Book, ...] = (SECURITY, RECORDS)
