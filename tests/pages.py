"""Pages as a signed-in person gets them: Django's client with a second factor in its session, and a look at the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.models import User
from leadtrac.bench.client import signed_in

ClientAs = Callable[[User], Client]


@pytest.fixture
def client_as() -> ClientAs:
    """`client_as(user).get(...)`"""
    return signed_in


def words(response: object) -> str:
    """The text of a page without tags, white space folded: what a person could read aloud."""
    html = response.content.decode()  # type: ignore[attr-defined]
    html = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


@contextmanager
def counted_queries() -> Iterator[CaptureQueriesContext]:
    """How many queries a page asks: `with counted_queries() as queries: ...; len(queries)`."""
    with CaptureQueriesContext(connection) as queries:
        yield queries
