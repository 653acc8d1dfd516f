"""How fast each source's first extract becomes rows and facts, beside a bare COPY of the very rows that it wrote.

A simulated world gives the extracts (`ingest.simulator`), so that each source has its own mix of flagged rows, matches and
rows that only wait. Small extracts pay mostly for what does not grow (receipt, check, a part's transaction), so that no
floor holds for them: `leadtrac.bench.load` has the floor.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from access.context import acting_as
from access.selectors import service_actor
from ingest.drops import Drop, Manifest, find_drops, read_manifest
from ingest.services.receive import receive_drop
from ingest.simulator.world import simulate
from leadtrac.bench.database import owner_connection
from leadtrac.bench.figure import Figure
from leadtrac.bench.load import LIMIT_SECONDS, PROCESSES, WARM_UP_ROWS, load_adis
from leadtrac.bench.workers import Workers, wait_until, workers
from subjects.models import FACT_MODELS

PEOPLE = 6_000


def measure(scale: int) -> Iterator[Figure]:
    """Rows a second of the first extract of every source, in the order of their as-of times, beside the yardstick."""
    with tempfile.TemporaryDirectory() as folder:
        simulate(people=PEOPLE * scale, days=30, seed=5, out=Path(folder), every_days=30)
        first: dict[str, tuple[Drop, Manifest]] = {}
        for drop in find_drops(Path(folder)):  # in the order of their days
            manifest = read_manifest(drop.manifest_path)
            first.setdefault(manifest.source, (drop, manifest))
        with workers(_name(), PROCESSES) as worker, owner_connection(_name()) as owner:
            load_adis(owner, worker, 0, WARM_UP_ROWS)
            for drop, manifest in first.values():
                yield _figure(owner, worker, drop, manifest)


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _figure(owner: psycopg.Connection[Any], worker: Workers, drop: Drop, manifest: Manifest) -> Figure:
    started = time.monotonic()
    with acting_as(service_actor("ingest")):
        receive_drop(actor=service_actor("ingest"), drop=drop, now=datetime.now(UTC), apply=True)
    worker.tell("ingest.tasks.sweep", "svc-ingest")
    wait_until(lambda: _applied(owner, manifest) is not None, LIMIT_SECONDS)
    seconds = time.monotonic() - started
    return Figure(
        name=f"{manifest.source} load, {manifest.row_count:,} rows",
        value=manifest.row_count / seconds,
        unit="rows/s",
        yardstick=manifest.row_count / _bare_copy(owner, _applied(owner, manifest) or 0),
        yardstick_name="rows/s: bare COPY of the rows and facts that it wrote",
    )


def _applied(owner: psycopg.Connection[Any], manifest: Manifest) -> int | None:
    found = owner.execute(
        "SELECT id FROM ingest_extract WHERE source = %s AND extract_id = %s AND state = 'applied'", [manifest.source, manifest.extract_id]
    ).fetchone()
    return found[0] if found else None


def _bare_copy(owner: psycopg.Connection[Any], extract_id: int) -> float:
    """Seconds that COPY alone takes for the rows of one extract, into empty tables with the same indexes."""
    seconds = 0.0
    chosen = {str(model._meta.db_table): "extract_id = {id}" for model in FACT_MODELS} | {"ingest_sourcerow": "extract_id = {id}"}
    chosen["ingest_bufferkey"] = "source_row_id IN (SELECT id FROM ingest_sourcerow WHERE extract_id = {id})"
    for table, condition in chosen.items():
        content = BytesIO()
        owner.execute(f"DROP TABLE IF EXISTS bare_{table}; CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        rows = f"SELECT * FROM {table} WHERE {condition.format(id=extract_id)}"  # noqa: S608  # tables of ours, a number
        with owner.cursor().copy(f"COPY ({rows}) TO STDOUT (FORMAT BINARY)") as reading:
            for block in reading:
                content.write(block)
        started = time.monotonic()
        with owner.cursor().copy(f"COPY bare_{table} FROM STDIN (FORMAT BINARY)") as writing:
            writing.write(content.getbuffer())
        seconds += time.monotonic() - started
    return seconds
