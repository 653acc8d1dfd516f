"""The queue at 100,000 leads: a national, an office and a narrow reader, beside django-guardian on the same data.

Guardian is given what it would need: for the national reader one row of permission a lead, for the others the same rows
that we use; once in its generic table and once in its direct foreign-key table. It runs as the owner, without row-level
security, on the same first page in the same order; its queries know neither classes nor the end of a grant.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import get_objects_for_user

from access.context import acting_as
from access.models import Membership, Office, RoleGrant, User
from access.selectors import class_for, service_actor
from leads.models import Lead
from leads.selectors.queue import QueueFilter, queue_counts_for, queue_for
from leads.selectors.referral import inbox_for
from leads.states import OPEN_STATES
from leadtrac.bench.database import as_owner
from leadtrac.bench.figure import Figure
from subjects.models import Subject

LEADS = 100_000
GRANTS = 300
RUNS = 40
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PAGE_MS, QUERIES = 60.0, 12.0

_SUBJECTS = """
INSERT INTO subjects_subject (uuid, class_id, family_name, given_name, full_name_source_script, name_key, date_of_birth, sex, citizenship,
    identity_strength)
SELECT gen_random_uuid(), %(hq)s, 'EXAMPLE ' || n, 'ANA', '', 'example ' || n, date '1970-01-01' + n %% 12000, 'F', 'PRT', 'strong'
FROM generate_series(1, %(leads)s) n
"""
_LEADS = """
INSERT INTO leads_lead (uuid, number, class_id, subject_id, state, state_since, close_reason, office_id, why, rule_id, over_since, presence,
    risk, risk_points, blocking_signs, as_of, evaluation_digest, clock_due_on, record_created_on, legacy_number, version)
SELECT gen_random_uuid(), 'L-' || lpad(to_hex(n), 9, '0'), (%(classes)s::int[])[1 + n %% %(offices)s], s.id,
    CASE WHEN n %% 3 = 0 THEN 'referred' WHEN n %% 11 = 0 THEN 'on_hold' WHEN n %% 4 = 0 THEN 'auto_closed' ELSE 'queued' END,
    %(now)s, CASE WHEN n %% 3 <> 0 AND n %% 11 <> 0 AND n %% 4 = 0 THEN 'departed' ELSE '' END, (%(ids)s::int[])[1 + n %% %(offices)s],
    'B2 overstay; no exit', 'overstay-dated', date '2026-01-01' + n %% 300, 'likely', 'low', n %% 9, 0, date '2026-11-22', '',
    date '2026-11-01' + n %% 60, date '2026-11-01', '', 1
FROM (SELECT id, (row_number() OVER (ORDER BY id))::int AS n FROM subjects_subject) s
"""
_REFERRALS = """
INSERT INTO leads_referral (uuid, lead_id, lead_uuid, lead_number, class_id, office_id, state, routing_reason, family_name, given_name,
    full_name_source_script, why, risk, evaluation_digest, sent_by_id, sent_at, accept_due_on, return_reason, out_of_date_because, version)
SELECT gen_random_uuid(), id, uuid, number, (%(office_classes)s::int[])[1 + array_position(%(ids)s::int[], office_id::int) - 1], office_id,
    'sent', 'residence', 'EXAMPLE', 'ANA', '', why, risk, '', %(sender)s, %(now)s, clock_due_on, '', '', 0
FROM leads_lead WHERE state = 'referred'
"""
_OUR_GRANTS = """
INSERT INTO leads_leadgrant (user_id, permission_id, content_object_id, kind, granted_by_id, reason)
SELECT %(user)s, %(permission)s, id, 'assignment', %(user)s, 'bench' FROM leads_lead ORDER BY uuid LIMIT %(limit)s
"""
_GENERIC = """
INSERT INTO guardian_userobjectpermission (user_id, permission_id, content_type_id, object_pk)
SELECT %(user)s, %(permission)s, %(type)s, subject_id::text FROM leads_lead WHERE id IN (
    SELECT content_object_id FROM leads_leadgrant WHERE user_id = %(user)s)
"""


def measure(scale: int) -> Iterator[Figure]:
    """Three readers' first page, p95 over 40 runs and number of queries, each beside guardian. `scale` multiplies the leads."""
    people = bench_people()
    with as_owner():
        fill_queue(people, LEADS * scale)
    for who, under_guardian, label in (
        ("national", "by_guardian", "national reader"),
        ("narrow", "narrow", f"reader of {GRANTS} granted leads"),
    ):
        user, other = people[who], people[under_guardian]
        ours, queries = _ours(user, lambda user=user: queue_for(user, QueueFilter(), now=NOW))  # type: ignore[misc]  # bound at once
        with as_owner():
            direct = _p95(lambda user=other: _direct_page(user))  # type: ignore[misc]
            generic = _p95(lambda user=other: _generic_page(user))  # type: ignore[misc]
        what = f"queue page, {LEADS * scale:,} leads, {label}, p95"
        yield Figure(what, ours, "ms", direct, "guardian, direct foreign key", at_most=PAGE_MS)
        yield Figure(what, ours, "ms", generic, "guardian, generic table", at_most=PAGE_MS)
        yield Figure(f"queries of the page, {label}", queries, "queries", at_most=QUERIES)
    officer = people["office"]
    ours, queries = _ours(officer, lambda: inbox_for(officer, now=NOW))
    yield Figure(f"inbox page, {LEADS * scale:,} leads, office reader, p95", ours, "ms", at_most=PAGE_MS)
    yield Figure("queries of the inbox", queries, "queries", at_most=QUERIES)
    national = people["national"]
    counts, _ = _ours(national, lambda: queue_counts_for(national, now=NOW))
    yield Figure("figures over the queue, national reader, p95", counts, "ms", at_most=PAGE_MS)


def bench_people() -> dict[str, User]:
    boston = Office.objects.get(code="HSI-BOS")
    people = {name: User.objects.create(username=f"bench-{name}") for name in ("national", "office", "narrow", "by_guardian")}
    with acting_as(service_actor("audit")):
        RoleGrant.objects.create(user=people["national"], role_id="analyst", reason="bench")
        RoleGrant.objects.create(user=people["office"], role_id="field_officer", reason="bench")
        Membership.objects.create(user=people["office"], office=boston, reason="bench")
    return people


def fill_queue(people: dict[str, User], leads: int) -> None:
    """Leads over the classes of all offices; a third of them referred; 300 grants for one reader, all for another."""
    offices = list(Office.objects.exclude(kind=Office.Kind.HEADQUARTERS).values_list("pk", flat=True))
    bound: dict[str, Any] = {
        "hq": class_for(audience="hq"),
        "classes": [class_for(audience="hq", office_id=pk) for pk in offices],
        "office_classes": [class_for(audience="office", office_id=pk) for pk in offices],
        "ids": offices,
        "offices": len(offices),
        "leads": leads,
        "now": NOW,
        "sender": service_actor("leads").pk,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, content_type_id FROM auth_permission WHERE codename = 'view_lead'")
        lead_permission, _ = cursor.fetchone()
        cursor.execute("SELECT id, content_type_id FROM auth_permission WHERE codename = 'view_subject'")
        subject_permission, subject_type = cursor.fetchone()
        for statement in (_SUBJECTS, _LEADS, _REFERRALS):
            cursor.execute(statement, bound)
        for name, limit in (("narrow", GRANTS), ("by_guardian", leads)):
            user = people[name].pk
            cursor.execute(_OUR_GRANTS, {"user": user, "permission": lead_permission, "limit": limit})
            cursor.execute(_GENERIC, {"user": user, "permission": subject_permission, "type": subject_type})
        cursor.execute("VACUUM ANALYZE")


def _ours(user: User, page: Callable[[], Any]) -> tuple[float, float]:
    with acting_as(user):
        page()
        with CaptureQueriesContext(connection) as seen:
            page()
        return _p95(page), float(len(seen))


def _p95(page: Callable[[], Any]) -> float:
    """Milliseconds within which 95 of 100 pages came."""
    page()
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        page()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.quantiles(times, n=20)[-1]


def _direct_page(user: User) -> list[Lead]:
    seen = get_objects_for_user(user, "leads.view_lead", Lead.objects.filter(state__in=OPEN_STATES), accept_global_perms=False)
    return list(seen.select_related("subject", "office").order_by("clock_due_on", "pk")[: settings.QUEUE_PAGE_ROWS])


def _generic_page(user: User) -> list[Lead]:
    """Guardian's generic table names the subject: the lead's own permission model is the direct one."""
    seen = get_objects_for_user(user, "subjects.view_subject", Subject, accept_global_perms=False)
    rows = Lead.objects.filter(state__in=OPEN_STATES, subject__in=seen).select_related("subject", "office")
    return list(rows.order_by("clock_due_on", "pk")[: settings.QUEUE_PAGE_ROWS])
