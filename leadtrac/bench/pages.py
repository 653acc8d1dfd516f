"""Whole pages, from the request to the last byte: queue and inbox among 100,000 leads, and a person of whom 500 facts stand.

Each page goes through the middleware, the policy, the templates and the event that says who looked. Beside it stands the
time that its queries took, as the driver saw it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from leads.models import Lead
from leads.states import LeadState
from leadtrac.bench.client import signed_in
from leadtrac.bench.database import as_owner
from leadtrac.bench.figure import Figure
from leadtrac.bench.queue import LEADS, NOW, bench_people, fill_queue

RUNS = 40
HOST = "localhost"
QUEUE_MS, DATABASE_MS, PERSON_MS = 60.0, 10.0, 120.0  # design 12

# kind -> how many, further columns, their values; together 500
_FACTS: tuple[tuple[str, int, str, str], ...] = (
    (
        "admission",
        120,
        (
            "admission_key, admission_last_four, arrived_on, class_of_admission, admit_until, duration_of_status, admit_until_text, "
            "port, mode, carrier, us_address_state, source_says"
        ),
        "n, '0000', date '2006-01-01' + 60 * n, 'B2', date '2006-01-01' + 60 * n + 180, false, '', 'BOS', 'air', 'XX', 'MA', ''",
    ),
    (
        "departure",
        100,
        "admission_key, departed_on, evidence, port, mode, carrier",
        "n, date '2006-01-01' + 60 * n + 20, 'biometric', 'BOS', 'air', 'XX'",
    ),
    (
        "address",
        80,
        "line, city, county, state, postal_code, kind, first_seen, last_seen, confirmed",
        "n || ' Specimen Avenue', 'Boston', '', 'MA', '02108', 'arrival', date '2006-01-01' + 60 * n, date '2006-01-01' + 60 * n, false",
    ),
    (
        "filing",
        60,
        (
            "receipt_key, receipt_last_four, form, received_on, status, method, basis, requested_class, late_filing_excused, "
            "denial_frivolous_or_unauthorized_work"
        ),
        "n, '0000', 'I-539', date '2010-01-01' + 60 * n, 'approved', 'online', 'extension', '', false, false",
    ),
    (
        "encounter",
        60,
        "event_number, kind, occurred_on, agency, case_status, disposition, basis, watchlist, criminal",
        "'SIM' || n, 'inspection', date '2012-01-01' + 60 * n, '', '', '', '', false, false",
    ),
    (
        "visa",
        80,
        "foil_key, foil_last_four, action, occurred_on, visa_class, post, basis, effective_on_departure, evus",
        "n, '0000', 'issued', date '2007-01-01' + 60 * n, 'B2', '', '', false, false",
    ),
)
_INSERT = """
INSERT INTO subjects_{kind}fact (uuid, subject_id, class_id, source, as_of, record_key, known_at, {columns})
SELECT gen_random_uuid(), s.id, s.class_id, 'adis', date '2026-11-22', n, %(now)s, {values}
FROM subjects_subject s, generate_series(1, %(count)s) n WHERE s.id = %(subject)s
"""


def measure(scale: int) -> Iterator[Figure]:
    """Milliseconds within which 95 of 100 whole pages came, and what their queries took; `scale` multiplies the leads."""
    people = bench_people()
    with as_owner():
        fill_queue(people, LEADS * scale)
        lead = Lead.objects.select_related("subject").filter(state=LeadState.QUEUED).earliest("pk")
        facts = _know_much(lead)
    leads = f"{LEADS * scale:,} leads"
    for who, what, url in (("national", "queue", reverse("queue")), ("office", "inbox", reverse("office_inbox"))):
        whole, database = _pages(signed_in(people[who], host=HOST), url)
        yield Figure(f"whole {what} page, {leads}, p95", whole, "ms", database, "its queries alone", at_most=QUEUE_MS)
        yield Figure(f"queries of the {what} page, p95", database, "ms", at_most=DATABASE_MS)
    analyst = signed_in(people["national"], host=HOST)
    if lead.subject is None:
        message = "The leads of this measurement are of people."
        raise RuntimeError(message)
    for words, url in (
        (f"whole page of a person of {facts} facts, p95", reverse("subject_detail", args=[lead.subject.uuid])),
        (f"whole page of the lead on that person, {leads}, p95", reverse("lead_page", args=[lead.number])),
    ):
        whole, database = _pages(analyst, url)
        yield Figure(words, whole, "ms", database, "its queries alone", at_most=PERSON_MS)


def _know_much(lead: Lead) -> int:
    """Let sources state much of the lead's subject; returns how many facts."""
    with connection.cursor() as cursor:
        for kind, count, columns, values in _FACTS:
            statement = _INSERT.format(kind=kind, columns=columns, values=values)
            cursor.execute(statement, {"subject": lead.subject_id, "now": NOW, "count": count})
        cursor.execute("ANALYZE")
    return sum(count for _, count, _, _ in _FACTS)


def _pages(client: Client, url: str) -> tuple[float, float]:
    """p95 of the whole page and of its queries, in milliseconds. Raises RuntimeError when the page does not come."""
    whole, database = [], []
    for _ in range(RUNS + 1):
        clock = _QueryClock()
        started = time.perf_counter()
        with connection.execute_wrapper(clock):
            response = client.get(url)
        whole.append((time.perf_counter() - started) * 1000)
        database.append(clock.seconds * 1000)
        if response.status_code != 200:
            message = f"{url} answered {response.status_code}"
            raise RuntimeError(message)
    return statistics.quantiles(whole[1:], n=20)[-1], statistics.quantiles(database[1:], n=20)[-1]


class _QueryClock:
    """Adds up the time of the queries of one page."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  # Django's own signature
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - started
