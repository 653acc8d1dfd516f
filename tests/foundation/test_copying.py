"""Keys go to the database as they are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.copying import rows_by_keys

EDGES = [0, 1, -1, 255, 256, -256, 2**63 - 1, -(2**63)]


@pytest.mark.django_db
@pytest.mark.parametrize("keys", [[], EDGES, list(range(-3000, 3000))], ids=["none", "edges", "many"])
def test_every_key_arrives_once_and_in_order(keys: list[int]) -> None:
    found = rows_by_keys("SELECT key FROM {wanted} WHERE %s = ANY (%s)", keys, ["adis", ["adis", "sevis"]])

    assert found == [(key,) for key in keys]


@pytest.mark.django_db
def test_whoever_counts_queries_counts_these_too() -> None:
    with CaptureQueriesContext(connection) as asked:
        rows_by_keys("SELECT key FROM {wanted}", [1, 2])

    assert len(asked) == 1
