"""What is no record has a stated life: after it, a scan of every table and folder finds nothing of it, and the counts stay."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import TestCase

from access.context import acting_as
from access.selectors import service_actor
from ingest.models import BufferKey, Extract, QuarantinedRow, SourceRow
from ingest.services.expire import expire_buffer, expire_drop_files, expire_quarantine, expire_unused
from ingest.sources.registry import SOURCES
from ingest.states import ExtractState, RowState
from subjects.models import AdmissionFact, Subject
from subjects.services.drain import drain
from tests.factories.drops import AS_OF, NOW, adis, figures, load, overstay, receive, write_drop

pytestmark = pytest.mark.django_db
STRANGER = {"admission_number": "999000888X4", "passport_number": "ZZ0007777", "family_name": "CANARYWAITS", "date_of_birth": "1960-01-09"}
BAD = {"admission_number": "999000889X4", "passport_number": "ZZ0007778", "family_name": "CANARYBROKEN", "arrival_date": "2 April"}


@pytest.fixture(autouse=True)
def sight(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[None]:
    settings.DROP_DIR = tmp_path_factory.mktemp("store")
    with acting_as(service_actor("ingest")):
        yield


def traces_of(extract: Extract) -> set[str]:
    """What the waiting and the broken row left: their words, their seals, and every keyed hash of them, as tables print them."""
    row = SourceRow.objects.get(extract=extract, state=RowState.BUFFERED)
    bad = QuarantinedRow.objects.get(extract=extract)
    keys = {row.record_key, row.content_key, *row.identifier_keys, bad.record_key}
    return {"CANARY", "ZZ0007777", "ZZ0007778", bytes(row.sealed).hex(), bytes(bad.sealed).hex(), *map(str, keys)}


def tables_with(traces: set[str]) -> set[str]:
    """The tables that the system reads in which any row holds any of the traces."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND has_table_privilege(oid, 'SELECT')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT EXISTS (SELECT 1 FROM "{table}" t WHERE t::text LIKE ANY (%s))',  # noqa: S608  # names from the catalog
                [[f"%{trace}%" for trace in sorted(traces)]],
            )
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def files() -> list[str]:
    return [name for _, _, names in os.walk(configured.DROP_DIR) for name in names]


def test_a_checked_drop_that_nobody_applies_has_a_life_too(tmp_path: Path) -> None:
    received = receive(write_drop(tmp_path, [adis("R2", **STRANGER)]), apply=False).extract
    drain(now=NOW)
    assert received is not None
    assert files()
    days = timedelta(days=configured.UNUSED_DROP_DAYS)

    kept = expire_unused(now=received.received_at + days)
    with TestCase.captureOnCommitCallbacks(execute=True):
        gone = expire_unused(now=received.received_at + days + timedelta(seconds=1))

    received.refresh_from_db()
    assert (kept, gone, received.state, received.row_count) == (0, 1, ExtractState.REFUSED, 1)
    assert "Nobody applied it within 90 days" in received.refused_because
    assert files() == []


def test_after_their_life_nothing_is_left_of_drops_quarantine_and_buffer_but_counts(tmp_path: Path) -> None:
    extract = load(tmp_path, [overstay("R1"), adis("R2", **STRANGER), adis("R3", **BAD)])
    traces = traces_of(extract)
    assert figures(extract) == (1, 0, 1, 1)
    assert tables_with(traces) == {"ingest_sourcerow", "ingest_bufferkey", "ingest_quarantinedrow"}
    assert files()

    # rows and files carry the day on which this test runs, the buffer that of its extract
    lives = (configured.QUARANTINE_DAYS, configured.DROP_FILE_DAYS, SOURCES["adis"].buffer_days)
    over = max(AS_OF, QuarantinedRow.objects.get().recorded_at) + timedelta(days=max(lives) + 1)
    assert (expire_buffer(now=over), expire_quarantine(now=over), expire_drop_files(now=over)) == (1, 1, 1)

    extract.refresh_from_db()
    assert tables_with(traces) == set()
    assert files() == []
    assert not BufferKey.objects.exists()
    assert figures(extract) == (1, 0, 1, 1)
    assert (Subject.objects.count(), AdmissionFact.objects.count()) == (1, 1)  # what is a record stays
