"""How fast an ADIS extract becomes facts, beside a bare COPY of the very same rows into the same indexed tables.

The yardstick writes what the load wrote (source rows, subjects, links, facts) into empty copies of the tables with all
their indexes, by COPY from memory, as the owner and without row-level security: no parsing, no checking, no sealing, no
matching. The drop is written by this module: every column filled, one row in ten flagged, as a national extract is not
(fewer) and a list of overstays is (all).
"""

from __future__ import annotations

import random
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
from ingest.drops import DropWriter, drop_of
from ingest.services.receive import receive_drop
from ingest.sources.registry import SOURCES
from leadtrac.bench.database import owner_connection
from leadtrac.bench.figure import Figure
from leadtrac.bench.workers import Workers, peak_mebibytes, wait_until, workers

SIZES = (10_000, 100_000)
AS_OF = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
FLAGGED_ONE_IN = 10
FLOOR_ROWS_PER_SECOND = 2_000.0
PROCESSES = 2
WARM_UP_ROWS = 500
LIMIT_SECONDS = 3600.0
TABLES = (
    "ingest_sourcerow",
    "ingest_bufferkey",
    "subjects_subject",
    "subjects_identitylink",
    "subjects_matchkey",
    "subjects_namefact",
    "subjects_identifierfact",
    "subjects_admissionfact",
    "subjects_departurefact",
    "subjects_addressfact",
)


def measure(scale: int) -> Iterator[Figure]:
    """Rows a second at two sizes with two worker processes, beside the yardstick, and the peak memory of a worker in MiB.

    Runs on a database of its own (`leadtrac.bench.database.fresh_database`), one size after the other.
    """
    database = str(connection.settings_dict["NAME"])
    with workers(database, PROCESSES) as worker, owner_connection(database) as owner:
        load_adis(owner, worker, 0, WARM_UP_ROWS)
        first = WARM_UP_ROWS
        for rows in (size * scale for size in SIZES):
            seconds = load_adis(owner, worker, first, rows)
            first += rows
            yield Figure(
                name=f"ADIS load, {rows:,} rows, 1 in {FLAGGED_ONE_IN} flagged, {PROCESSES} worker processes",
                value=rows / seconds,
                unit="rows/s",
                yardstick=first / _bare_copy(owner),
                yardstick_name="rows/s: bare COPY of the same rows into the same indexed tables",
                at_least=FLOOR_ROWS_PER_SECOND,
            )
        yield Figure("peak memory of a loading worker", peak_mebibytes(worker.pid), "MiB", at_most=1024.0)


def write_adis(folder: Path, first: int, rows: int) -> None:
    """A drop of `rows` made-up arrivals, numbered from `first`, every column filled."""
    source = SOURCES["adis"]
    writer = DropWriter(folder, f"bench-{first}", source="adis", layout=source.layout, columns=source.columns, as_of=AS_OF, kind="full")
    for row in _rows(first, rows):
        writer.write([row.get(column, "") for column in source.columns])
    writer.close()


def load_adis(owner: psycopg.Connection[Any], worker: Workers, first: int, rows: int) -> float:
    """Seconds from the receipt of a drop of `rows` rows until its last fact stands."""
    with tempfile.TemporaryDirectory() as folder:
        write_adis(Path(folder), first, rows)
        started = time.monotonic()
        actor = service_actor("ingest")
        with acting_as(actor):
            receive_drop(actor=actor, drop=drop_of(Path(folder) / f"bench-{first}.json"), now=datetime.now(UTC), apply=True)
        worker.tell("ingest.tasks.sweep", "svc-ingest")
        wait_until(lambda: _applied(owner, f"bench-{first}"), LIMIT_SECONDS)
        return time.monotonic() - started


def _applied(owner: psycopg.Connection[Any], extract_id: str) -> bool:
    row = owner.execute("SELECT state FROM ingest_extract WHERE extract_id = %s", [extract_id]).fetchone()
    return row is not None and row[0] == "applied"


def _bare_copy(owner: psycopg.Connection[Any]) -> float:
    """Seconds that COPY alone takes for the rows that the load wrote, into empty tables with the same indexes."""
    seconds = 0.0
    for table in TABLES:
        content = BytesIO()
        owner.execute(f"DROP TABLE IF EXISTS bare_{table}; CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        with owner.cursor().copy(f"COPY {table} TO STDOUT (FORMAT BINARY)") as reading:
            for block in reading:
                content.write(block)
        started = time.monotonic()
        with owner.cursor().copy(f"COPY bare_{table} FROM STDIN (FORMAT BINARY)") as writing:
            writing.write(content.getbuffer())
        seconds += time.monotonic() - started
    return seconds


def _rows(first: int, count: int) -> Iterator[dict[str, str]]:
    dice = random.Random(first)  # noqa: S311  # made-up people
    families = [_word(dice, 3) for _ in range(4000)]
    givens = [_word(dice, 2) for _ in range(1500)]
    for number in range(first, first + count):
        flagged = number % FLAGGED_ONE_IN == 0
        yield {
            "record_id": f"ADIS-{number:09}-1",
            "record_type": "A",
            "admission_number": f"999{number % 1_000_000:06}{'XYZ'[number // 1_000_000 % 3]}4",
            "arrival_date": f"2026-0{dice.randint(1, 9)}-{dice.randint(1, 28):02}",
            "arrival_port": "NYC",
            "arrival_mode": "1",
            "arrival_carrier": "XX",
            "class_of_admission": "B2",
            "admit_until": "2026-10-01" if flagged else "2027-05-01",
            "overstay_flag": "Y" if flagged else "N",
            "family_name": dice.choice(families),
            "given_name": f"{dice.choice(givens)} {dice.choice(givens)}",
            "date_of_birth": f"{dice.randint(1940, 2007)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}",
            "sex": dice.choice("FM"),
            "citizenship": "689",
            "country_of_birth": "689",
            "residence": "689",
            "passport_number": f"ZZ{number:07}",
            "passport_country": "UTO",
            "passport_expires": "2031-05-30",
            "visa_foil": f"X{number:07}",
            "visa_post": "SPL",
            "fin": f"99{number:08}",
            "us_address_line": f"{number % 997} Specimen Avenue",
            "us_address_city": "Miami",
            "us_address_state": "FL",
            "us_address_postal_code": "33101",
            "recorded_on": "2026-10-02",
        }


def _word(dice: random.Random, syllables: int) -> str:
    return "".join(dice.choice("BCDFGKLMNPRSTV") + dice.choice("AEIOU") for _ in range(syllables))
