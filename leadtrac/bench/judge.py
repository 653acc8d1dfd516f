"""How fast people are judged: unmatched arrivals with their late departures and filings, to explained verdicts.

Two sizes, a factor of ten apart, in one process: the cost must grow linearly. At each size everybody is vetted once; then
a daily extract tells something new of 75 people in a thousand (150,000 rows against 2 million), and the sweep takes those
whose day has come. `--scale 16` is the national backlog, `--scale 20` the two million.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from access.context import acting_as
from access.models import RoleGrant, User
from access.selectors import class_for, service_actor
from ingest.models import Extract
from ingest.states import ExtractState
from leads.selectors.fairness import fairness_for
from leads.selectors.figures import closed_for, flow_for, open_leads_for
from leads.selectors.rule_counts import open_leads_by_rule
from leads.selectors.waiting import waiting_for
from leads.services.evaluation import evaluate_touched, sweep_due
from leads.services.group_counts import count_groups
from leadtrac.bench.database import as_owner
from leadtrac.bench.figure import Figure
from subjects.models import Subject

SIZES = (10_000, 100_000)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
FLOOR_PER_SECOND = 150.0  # one process; 1.6 million in an hour need 225 in each of two
NATIONAL_BACKLOG = 1_600_000
DAILY_ROWS, ALL_LEADS = 150_000, 2_000_000
DAILY_PERMILLE = 75  # people of a thousand of whom a daily extract tells something new
LINEAR = 1.5  # times the cost of one person that the tenfold size may have
DESK_MS = 2_000.0  # a page of figures over everybody at the larger size

_SUBJECTS = """
INSERT INTO subjects_subject (uuid, class_id, family_name, given_name, full_name_source_script, name_key, date_of_birth, sex, citizenship,
    identity_strength, touched_at)
SELECT gen_random_uuid(), %(hq)s, 'EXAMPLE', 'ANA', '', 'example ' || n, date '1970-01-01' + n %% 12000, 'F', 'PRT', 'strong', %(now)s
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
        "subjects_employmentfact",
        "commercial",
        "employer_name, kind, started_on, employer_address",
        "'Sample Works LLC', 'reported', date '2026-11-01', ''",
        "id %% 20 > 13",
    ),
    (
        "subjects_addressfact",
        "adis",
        "line, city, county, state, postal_code, kind, first_seen, last_seen, confirmed",
        "'1 Specimen Avenue', 'Boston', '', 'MA', '02108', 'arrival', date '2026-01-01', date '2026-01-01', false",
        "true",
    ),
)


_DAILY = """
INSERT INTO subjects_departurefact (uuid, subject_id, class_id, source, as_of, record_key, known_at, admission_key, passport_key,
    departed_on, evidence, port, mode, carrier)
SELECT gen_random_uuid(), id, class_id, 'adis', date '2026-11-23', -id, %(now)s, id, -id, date '2026-11-20', 'biometric', 'BOS', 'air', 'XX'
FROM subjects_subject WHERE id = ANY (%(ids)s)
"""


def measure(scale: int) -> Iterator[Figure]:
    """People a second at each size, vetted and after a daily extract; growth, peak memory, the cost of figures over everybody."""
    actor = service_actor("leads")
    with acting_as(actor):
        _load_sources(NOW)
    rates: list[tuple[float, float]] = []
    done = 0
    for number, people in enumerate(SIZES):
        now = NOW + timedelta(days=2 * number)  # a day for the vetting, a day for the extract
        wanted = people * scale
        with acting_as(actor):
            ids = _make(wanted, after=done)
        done = max(ids)
        _settle_down()
        vetted = _rate(actor, now, len(ids))
        daily = yield from _daily(actor, ids, now + timedelta(days=1))
        rates.append((vetted, daily))
        yield Figure(f"people vetted, {wanted:,}, one process", vetted, "people/s", at_least=FLOOR_PER_SECOND)
        yield Figure(
            "the national backlog of 1.6 M by two such processes would take", NATIONAL_BACKLOG / vetted / 120, "minutes", at_most=60.0
        )
        rows = f"{DAILY_ROWS:,} of {ALL_LEADS:,} people, by two such processes, would take"
        yield Figure(rows, DAILY_ROWS / daily / 120, "minutes", at_most=10.0)
    for what, place in (("vetting", 0), ("a daily extract", 1)):
        yield Figure(f"{what}: cost of a person at ten times the size", rates[0][place] / rates[1][place], "times", at_most=LINEAR)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in KiB
    yield Figure("peak memory of the judging process", peak, "MiB", at_most=1024.0)
    yield from _desk()


def _daily(actor: Any, ids: list[int], now: datetime) -> Generator[Figure, None, float]:
    """Something new of some people, then the sweep of those whose day has come; returns touched people a second."""
    with acting_as(actor):
        touched = _tell(ids, now)
    rate = _rate(actor, now, touched)
    yield Figure(f"people judged after a daily extract, {touched:,} of {len(ids):,}", rate, "people/s", at_least=FLOOR_PER_SECOND)
    with acting_as(actor):
        _load_sources(now)
        due = Subject.objects.filter(next_change_on__lte=now.date()).count()
    started = time.monotonic()
    sweep_due(actor=actor, now=now)
    yield Figure(f"the sweep of {due:,} whose day has come, of {len(ids):,}", time.monotonic() - started, "s")
    started = time.monotonic()
    sweep_due(actor=actor, now=now)
    yield Figure("the sweep when nobody is due", time.monotonic() - started, "s", at_most=5.0)
    return rate


def _desk() -> Iterator[Figure]:
    """What pages over everybody cost: their figures and the report of groups."""
    with as_owner():
        supervisor = User.objects.create(username="bench-supervisor", kind=User.Kind.PERSON)
        RoleGrant.objects.create(user=supervisor, role_id="supervisor", reason="bench")
    pages: tuple[tuple[str, Callable[[], object]], ...] = (
        ("open leads by state, rule, risk, office, age and clock", lambda: open_leads_for(supervisor, NOW.date())),
        ("twelve weeks of what happened to leads", lambda: flow_for(supervisor, NOW.date())),
        ("closed leads by reason", lambda: closed_for(supervisor)),
        ("the report of groups (fairness)", lambda: fairness_for(supervisor)),
        ("the first page of who waits for evidence", lambda: waiting_for(supervisor)),
        ("open leads by rule, for the rule book", lambda: open_leads_by_rule(supervisor)),
    )
    judge = service_actor("leads")
    with acting_as(judge):
        started = time.monotonic()
        count_groups(actor=judge, now=NOW)
        yield Figure("counting people and leads by group, every night", time.monotonic() - started, "s")
    for words, read in pages:
        with acting_as(supervisor):
            started = time.monotonic()
            read()
            yield Figure(words, 1000 * (time.monotonic() - started), "ms", at_most=DESK_MS)


def _rate(actor: Any, now: datetime, people: int) -> float:
    started = time.monotonic()
    evaluate_touched(actor=actor, now=now)
    seconds = time.monotonic() - started
    with acting_as(actor):
        judged = Subject.objects.filter(evaluated_at=now).count()
    if judged != people:  # a rate of people who were not judged would be a fine figure of nothing
        message = f"{judged:,} people were judged, not {people:,}"
        raise RuntimeError(message)
    return people / seconds


def _settle_down() -> None:
    """As the database's own upkeep does it after a large load."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _tell(ids: list[int], now: datetime) -> int:
    """A departure or an address that came with the daily extract, of every so-manieth person; returns how many."""
    chosen = [pk for pk in ids if pk % 1000 < DAILY_PERMILLE]
    bound: dict[str, Any] = {"ids": chosen, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_DAILY, bound)
        cursor.execute("UPDATE subjects_subject SET touched_at = %(now)s WHERE id = ANY (%(ids)s)", bound)
    return len(chosen)


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


def _load_sources(now: datetime) -> None:
    for source in ("adis", "sevis", "eid", "claims3", "ccd", "tecs", "ident"):
        Extract.objects.create(
            source=source,
            layout=f"{source}/1",
            extract_id=f"bench {now:%Y-%m-%d}",
            as_of=now - timedelta(days=2),
            kind="full",
            row_count=0,
            sha256=f"{source}{now:%d}".ljust(64, "0"),
            state=ExtractState.APPLIED,
            received_by=service_actor("ingest"),
            file_name="bench",
            applied_at=now,
        )
