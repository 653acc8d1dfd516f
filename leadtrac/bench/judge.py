"""How fast people are judged: unmatched arrivals with their late departures and filings, to explained verdicts.

Two sizes, a factor of ten apart, in one process: the cost must grow linearly. The second pass judges the same people again
with nothing new, as a daily extract does with most of them.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from access.context import acting_as
from access.selectors import class_for, service_actor
from ingest.models import Extract
from ingest.states import ExtractState
from leads.services.evaluation import evaluate_subjects
from leadtrac.bench.figure import Figure
from subjects.models import Subject

SIZES = (2_000, 20_000)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FLOOR_PER_SECOND = 150.0  # one process; 1.6 million in an hour need 225 in each of two
NATIONAL_BACKLOG = 1_600_000

_SUBJECTS = """
INSERT INTO subjects_subject (uuid, class_id, family_name, given_name, full_name_source_script, name_key, date_of_birth, sex, citizenship,
    identity_strength)
SELECT gen_random_uuid(), %(hq)s, 'EXAMPLE', 'ANA', '', 'example ' || n, date '1970-01-01' + n %% 12000, 'F', 'PRT', 'strong'
FROM generate_series(1, %(people)s) n
"""
# table, columns beside the provenance, their values, which people
_FACTS: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "subjects_namefact",
        "adis",
        (
            "family_name, given_name, full_name_source_script, name_key, kind, date_of_birth, date_of_birth_text, sex, country_of_birth, "
            "citizenship, citizenship_iso3"
        ),
        "family_name, given_name, '', name_key, 'primary', date_of_birth, '', 'F', '689', '689', 'PRT'",
        "true",
    ),
    (
        "subjects_admissionfact",
        "adis",
        (
            "admission_key, admission_last_four, passport_key, arrived_on, class_of_admission, admit_until, duration_of_status, "
            "admit_until_text, port, mode, carrier, us_address_state, source_says"
        ),
        (
            "id, '0000', -id, date '2025-12-01' + id::int %% 200, (ARRAY['B2', 'B1', 'WT', 'H1B'])[1 + id %% 4], "
            "date '2025-12-01' + id::int %% 200 + CASE WHEN id %% 4 = 2 THEN 89 ELSE 180 END, false, '', 'BOS', 'air', 'XX', 'MA', ''"
        ),
        "true",
    ),
    (
        "subjects_departurefact",
        "adis",
        "admission_key, passport_key, departed_on, evidence, port, mode, carrier",
        (
            "CASE WHEN id %% 10 < 5 THEN id END, -id, date '2025-12-20' + id::int %% 330, "
            "(ARRAY['biometric', 'manifest_document', 'manifest_name'])[1 + id %% 3], 'BOS', 'air', 'XX'"
        ),
        "id %% 10 < 6",
    ),
    (
        "subjects_filingfact",
        "claims3",
        (
            "receipt_key, receipt_last_four, form, received_on, status, method, basis, requested_class, late_filing_excused, "
            "denial_frivolous_or_unauthorized_work"
        ),
        (
            "id, '0000', 'I-539', date '2026-02-01' + id::int %% 200, (ARRAY['pending', 'approved', 'denied'])[1 + id %% 3], 'online', "
            "'extension', '', false, false"
        ),
        "id %% 10 > 7",
    ),
    (
        "subjects_addressfact",
        "adis",
        "line, city, county, state, postal_code, kind, first_seen, last_seen, confirmed",
        "'1 Specimen Avenue', 'Boston', '', 'MA', '02108', 'arrival', date '2026-01-01', date '2026-01-01', false",
        "true",
    ),
)


def measure(scale: int) -> Iterator[Figure]:
    """People a second at each size, first and second pass, and the peak memory; `scale` multiplies the sizes."""
    actor = service_actor("leads")
    with acting_as(actor):
        _load_sources()
    done = 0
    for people in SIZES:
        wanted = people * scale
        with acting_as(actor):
            ids = _make(wanted, after=done)
        done = max(ids)
        first = _rate(actor, ids)
        again = _rate(actor, ids)
        hours = NATIONAL_BACKLOG / first / 2 / 60
        yield Figure(f"people judged, {wanted:,}, one process", first, "people/s", at_least=FLOOR_PER_SECOND)
        yield Figure(f"people judged again with nothing new, {wanted:,}", again, "people/s", at_least=FLOOR_PER_SECOND)
        yield Figure("the national backlog of 1.6 M by two such processes would take", hours, "minutes")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in KiB
    yield Figure("peak memory of the judging process", peak, "MiB", at_most=1024.0)


def _rate(actor: Any, ids: list[int]) -> float:
    started = time.monotonic()
    evaluate_subjects(actor=actor, subject_ids=ids, now=NOW)
    return len(ids) / (time.monotonic() - started)


def _make(people: int, *, after: int) -> list[int]:
    """People with facts: six in ten have a departure on record, two in ten a filing. Only those made now get facts."""
    bound: dict[str, Any] = {"hq": class_for(audience="hq"), "people": people, "now": NOW, "after": after}
    with connection.cursor() as cursor:
        cursor.execute(_SUBJECTS, bound)
        for table, source, columns, values, who in _FACTS:
            cursor.execute(
                f"INSERT INTO {table} (uuid, subject_id, class_id, source, as_of, record_key, known_at, {columns}) "  # noqa: S608  # constants
                f"SELECT gen_random_uuid(), id, class_id, '{source}', date '2026-11-22', id, %(now)s, {values} "
                f"FROM subjects_subject WHERE id > %(after)s AND {who}",
                bound,
            )
    return list(Subject.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True))


def _load_sources() -> None:
    for source in ("adis", "sevis", "eid", "claims3", "ccd", "tecs", "ident"):
        Extract.objects.create(
            source=source,
            layout=f"{source}/1",
            extract_id="bench",
            as_of=datetime(2026, 11, 22, 5, tzinfo=UTC),
            kind="full",
            row_count=0,
            sha256=source.ljust(64, "0"),
            state=ExtractState.APPLIED,
            received_by=service_actor("ingest"),
            file_name="bench",
            applied_at=NOW,
        )
