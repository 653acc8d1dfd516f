"""Need-to-know at 100,000 leads (ten times that with --scale 10): 25 offices, 12 markings, 200 compartments, 6 grants in 10 leads.

The measure of records-audit-privacy 4.2: first page and count for an office, a national and a narrow reader, each beside no
filter at all and beside django-guardian's two tables on the same rows; and a search by name under row-level security, through
the definer function and without it. Yardsticks of guardian run as the owner, without row-level security.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from guardian.shortcuts import get_objects_for_user

from access.context import acting_as
from access.models import Clearance, Compartment, Membership, Office, RoleGrant, User
from access.selectors import class_for, service_actor
from leads.models import Lead
from leads.selectors.queue import QueueFilter, queue_for
from leads.selectors.queue_sql import count_up_to
from leads.selectors.referral import inbox_counts_for, inbox_for
from leads.states import OPEN_STATES
from leadtrac.bench.database import as_owner
from leadtrac.bench.figure import Figure
from subjects.models import Subject

LEADS, OFFICES, MARKINGS, COMPARTMENTS = 100_000, 25, 12, 200
GRANTEES, GRANTS = 200, 300  # at scale 1: 60,000 grants; the grantees grow with the leads
RUNS, SLOW_RUNS = 25, 5
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PAGE_MS, SEARCH_MS = 60.0, 60.0

# The class of each office and mark; every fifteenth of a hundred leads has a marking, every fiftieth a compartment.
_CLASSES = """
INSERT INTO access_accessclass (audience, office_id, compartments, phase)
SELECT 'hq', office, CASE WHEN mark IS NULL THEN '{}'::int[] ELSE ARRAY[mark] END, 'live'
FROM unnest(%(offices)s::bigint[]) office, unnest(%(marks)s::int[] || NULL::int) mark
ON CONFLICT DO NOTHING
"""
_SUBJECTS = """
INSERT INTO subjects_subject (uuid, class_id, family_name, given_name, full_name_source_script, name_key, date_of_birth, sex, citizenship,
    identity_strength)
SELECT gen_random_uuid(), %(hq)s, upper(word), 'ANA', '', word || ' ana', date '1970-01-01' + n %% 12000, 'F', 'PRT', 'strong'
FROM (SELECT n, translate(to_hex(n::bigint * 7919 %% 1048576), '0123456789', 'ghijklmnop') AS word
      FROM generate_series(1, %(leads)s) n) named
"""
_NAMES = """
INSERT INTO subjects_namefact (uuid, subject_id, class_id, source, as_of, record_key, known_at, family_name, given_name,
    full_name_source_script, name_key, kind, date_of_birth, date_of_birth_text, sex, country_of_birth, citizenship, citizenship_iso3)
SELECT gen_random_uuid(), id, class_id, 'adis', date '2026-11-22', id, %(now)s, family_name, given_name, '', name_key, 'primary',
    date_of_birth, '', 'F', '', '', 'PRT' FROM subjects_subject
"""
_LEADS = """
INSERT INTO leads_lead (uuid, number, class_id, subject_id, state, state_since, close_reason, office_id, why, rule_id, over_since, presence,
    risk, risk_points, blocking_signs, as_of, evaluation_digest, clock_due_on, record_created_on, legacy_number, version)
SELECT gen_random_uuid(), 'L-' || lpad(to_hex(n), 9, '0'), c.id, s.id,
    CASE WHEN n %% 3 = 0 THEN 'referred' WHEN n %% 4 = 0 THEN 'auto_closed' ELSE 'queued' END,
    %(now)s, CASE WHEN n %% 3 <> 0 AND n %% 4 = 0 THEN 'departed' ELSE '' END, c.office_id, 'B2 overstay; no exit', 'overstay-dated',
    date '2026-01-01' + n %% 300, 'likely', 'low', n %% 9, 0, date '2026-11-22', '', date '2026-11-01' + n %% 60, date '2026-11-01', '', 1
FROM (SELECT id, (row_number() OVER (ORDER BY id))::int AS n FROM subjects_subject) s
JOIN access_accessclass c ON c.audience = 'hq' AND c.phase = 'live' AND c.office_id = (%(offices)s::bigint[])[1 + n %% %(many)s]
    AND c.compartments = CASE WHEN n %% 100 < 15 THEN ARRAY[(%(marks)s::int[])[1 + n %% 12]]
                              WHEN n %% 100 < 17 THEN ARRAY[(%(marks)s::int[])[13 + n %% 200]] ELSE '{}'::int[] END
"""
_REFERRALS = """
INSERT INTO leads_referral (uuid, lead_id, lead_uuid, lead_number, class_id, office_id, state, routing_reason, family_name, given_name,
    full_name_source_script, why, risk, evaluation_digest, sent_by_id, sent_at, accept_due_on, return_reason, out_of_date_because, version)
SELECT gen_random_uuid(), l.id, l.uuid, l.number, (%(office_classes)s::int[])[array_position(%(offices)s::bigint[], l.office_id)],
    l.office_id, 'sent', 'residence', 'EXAMPLE', 'ANA', '', l.why, l.risk, '', %(sender)s, %(now)s, l.clock_due_on, '', '', 0
FROM leads_lead l JOIN access_accessclass c ON c.id = l.class_id AND c.compartments = '{}' WHERE l.state = 'referred'
"""
_GRANTEES = """
INSERT INTO access_user (uuid, username, password, is_superuser, first_name, last_name, email, is_staff, is_active, date_joined, kind,
    display_name, team, shortcuts_on, demonstration, must_change_password)
SELECT gen_random_uuid(), 'grantee-' || n, '', false, '', '', '', false, true, %(now)s, 'person', '', '', true, false, false
FROM generate_series(1, %(grantees)s) n RETURNING id
"""
_GRANTS = """
INSERT INTO leads_leadgrant (user_id, permission_id, content_object_id, kind, granted_by_id, reason)
SELECT g.id, %(permission)s, l.id, 'assignment', %(sender)s, 'bench'
FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM access_user WHERE username LIKE 'grantee-%%') g
JOIN LATERAL (SELECT 1 + (g.place * 7919 + step * 331) %% %(leads)s AS n FROM generate_series(1, %(each)s) step) chosen ON true
JOIN leads_lead l ON l.id = %(first)s + chosen.n - 1
ON CONFLICT DO NOTHING
"""
_ALL_GRANTS = """
INSERT INTO leads_leadgrant (user_id, permission_id, content_object_id, kind, granted_by_id, reason)
SELECT %(user)s, %(permission)s, id, 'assignment', %(sender)s, 'bench' FROM leads_lead WHERE %(office)s IS NULL OR office_id = %(office)s
"""
_GENERIC = """
INSERT INTO guardian_userobjectpermission (user_id, permission_id, content_type_id, object_pk)
SELECT g.user_id, %(subject_permission)s, %(type)s, l.subject_id::text
FROM leads_leadgrant g JOIN leads_lead l ON l.id = g.content_object_id WHERE g.user_id = ANY (%(users)s)
"""


def measure(scale: int) -> Iterator[Figure]:
    """Pages, counts and a search; `scale` multiplies leads and grants."""
    leads = LEADS * scale
    people = _people()
    with as_owner():
        _fill(people, leads, GRANTEES * scale)
    yield from _office(people, leads)
    for who, label in (("national", "national reader"), ("narrow", f"reader of {GRANTS} grants")):
        yield from _headquarters(people, who, label, leads)
    yield from _search(people["national"], leads)


def _office(people: dict[str, User], leads: int) -> Iterator[Figure]:
    """An office reads what was referred to it."""
    user, guarded = people["office"], people["office_by_guardian"]
    what = f"{leads:,} leads, office reader (1 of {OFFICES})"
    with acting_as(user):
        page, count = _median(lambda: inbox_for(user, now=NOW)), _median(lambda: inbox_counts_for(user, now=NOW))
    with as_owner():
        direct, generic = _median(lambda: _direct_page(guarded), SLOW_RUNS), _median(lambda: _generic_page(guarded), SLOW_RUNS)
        direct_count, generic_count = (
            _median(lambda: _direct(guarded).count(), SLOW_RUNS),
            _median(lambda: _generic(guarded).count(), SLOW_RUNS),
        )
    yield Figure(f"first page, {what}, median", page, "ms", direct, "guardian, direct foreign key", at_most=PAGE_MS)
    yield Figure(f"first page, {what}, median", page, "ms", generic, "guardian, generic table", at_most=PAGE_MS)
    yield Figure(f"counts, {what}, median", count, "ms", direct_count, "guardian, direct foreign key", at_most=PAGE_MS)
    yield Figure(f"counts, {what}, median", count, "ms", generic_count, "guardian, generic table", at_most=PAGE_MS)


def _headquarters(people: dict[str, User], who: str, label: str, leads: int) -> Iterator[Figure]:
    user, guarded = people[who], people["by_guardian" if who == "national" else who]
    what = f"{leads:,} leads, {label}"
    with acting_as(user):
        page = _median(lambda: queue_for(user, QueueFilter(), now=NOW))
        count = _median(lambda: count_up_to(QueueFilter(), today=NOW.date(), limit=1001))
        exact = _median(lambda: Lead.objects.filter(state__in=OPEN_STATES).count(), SLOW_RUNS)
    with as_owner():
        direct, generic = _median(lambda: _direct_page(guarded), SLOW_RUNS), _median(lambda: _generic_page(guarded), SLOW_RUNS)
        direct_count, generic_count = (
            _median(lambda: _direct(guarded).count(), SLOW_RUNS),
            _median(lambda: _generic(guarded).count(), SLOW_RUNS),
        )
        plain, plain_count = _median(_plain_page), _median(lambda: Lead.objects.filter(state__in=OPEN_STATES).count(), SLOW_RUNS)
    for beside, name in ((direct, "guardian, direct foreign key"), (generic, "guardian, generic table"), (plain, "no filter at all")):
        yield Figure(f"first page, {what}, median", page, "ms", beside, name, at_most=PAGE_MS)
    for beside, name in (
        (direct_count, "guardian, direct foreign key, exact"),
        (generic_count, "guardian, generic table, exact"),
        (exact, "row-level security alone, exact"),
        (plain_count, "no filter at all, exact"),
    ):
        yield Figure(f"count up to 1,000+, {what}, median", count, "ms", beside, name, at_most=PAGE_MS)


def _search(user: User, leads: int) -> Iterator[Figure]:
    """One name of many, by the function that looks first and asks for sight then, beside the same index under the policy."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT name_key FROM subjects_subject ORDER BY id OFFSET %s LIMIT 1", [leads // 2])
        words = cursor.fetchone()[0].split()

    def found() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT subject_id FROM subjects_find(%s::text[], '{}', NULL, NULL, '{}', '{}', 120)",
                [words],
            )
            cursor.fetchall()

    def by_index() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT subject_id FROM subjects_namefact WHERE string_to_array(name_key, ' ') @> %s::text[] LIMIT 50", [words])
            cursor.fetchall()

    with acting_as(user):
        ours, under_policy = _median(found), _median(by_index, SLOW_RUNS)
    with as_owner():
        free = _median(by_index)
    what = f"search by name under row-level security, {leads:,} people, median"
    yield Figure(what, ours, "ms", under_policy, "the same words by index under the policy", at_most=SEARCH_MS)
    yield Figure(what, ours, "ms", free, "by index without row-level security", at_most=SEARCH_MS)


def _people() -> dict[str, User]:
    names = ("national", "office", "narrow", "by_guardian", "office_by_guardian")
    people = {name: User.objects.create(username=f"bench-{name}") for name in names}
    with acting_as(service_actor("audit")):
        RoleGrant.objects.create(user=people["national"], role_id="analyst", reason="bench")
        RoleGrant.objects.create(user=people["office"], role_id="field_officer", reason="bench")
    return people


def _offices() -> list[int]:
    return list(Office.objects.exclude(kind=Office.Kind.HEADQUARTERS).order_by("pk").values_list("pk", flat=True)[:OFFICES])


def _fill(people: dict[str, User], leads: int, grantees: int) -> None:
    offices, marks = _offices(), _marks(people["national"])
    with connection.cursor() as cursor:
        cursor.execute(_CLASSES, {"offices": offices, "marks": marks})
        permissions = _permissions(cursor)
        bound: dict[str, Any] = {
            "hq": class_for(audience="hq"),
            "offices": offices,
            "many": len(offices),
            "marks": marks,
            "office_classes": [class_for(audience="office", office_id=pk) for pk in offices],
            "leads": leads,
            "grantees": grantees,
            "each": GRANTS,
            "now": NOW,
            "sender": service_actor("leads").pk,
            **permissions,
        }
        for statement in (_SUBJECTS, _NAMES, _LEADS, _REFERRALS, _GRANTEES):
            cursor.execute(statement, bound)
        cursor.execute("SELECT min(id) FROM leads_lead")
        bound["first"] = cursor.fetchone()[0]
        cursor.execute(_GRANTS, bound)
        cursor.execute(
            "UPDATE leads_leadgrant SET user_id = %s WHERE user_id = (SELECT id FROM access_user WHERE username = 'grantee-1')",
            [people["narrow"].pk],
        )
        Membership.objects.create(user=people["office"], office_id=offices[0], reason="bench")
        for name, office in (("by_guardian", None), ("office_by_guardian", offices[0])):
            cursor.execute(_ALL_GRANTS.replace("%(office)s", "%(office)s::bigint"), {**bound, "user": people[name].pk, "office": office})
        users = [people[name].pk for name in ("narrow", "by_guardian", "office_by_guardian")]
        cursor.execute(_GENERIC, {**bound, "users": users})
        cursor.execute("VACUUM ANALYZE")


def _marks(national: User) -> list[int]:
    """Twelve markings and two hundred compartments; the national reader is cleared for the markings."""
    made = Compartment.objects.bulk_create(
        [Compartment(code=f"m{number}", name=f"Marking {number}") for number in range(MARKINGS)]
        + [Compartment(code=f"c{number}", name=f"Compartment {number}") for number in range(COMPARTMENTS)]
    )
    Clearance.objects.bulk_create([Clearance(user=national, compartment=mark, reason="bench") for mark in made[:MARKINGS]])
    return [mark.pk for mark in made]


def _permissions(cursor: Any) -> dict[str, int]:
    cursor.execute("SELECT id FROM auth_permission WHERE codename = 'view_lead'")
    (permission,) = cursor.fetchone()
    cursor.execute("SELECT id, content_type_id FROM auth_permission WHERE codename = 'view_subject'")
    subject_permission, subject_type = cursor.fetchone()
    return {"permission": permission, "subject_permission": subject_permission, "type": subject_type}


def _median(work: Callable[[], Any], runs: int = RUNS) -> float:
    """Milliseconds, the first run aside."""
    work()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def _direct(user: User) -> Any:
    return get_objects_for_user(user, "leads.view_lead", Lead.objects.filter(state__in=OPEN_STATES), accept_global_perms=False)


def _direct_page(user: User) -> list[Lead]:
    return list(_direct(user).select_related("subject", "office").order_by("clock_due_on", "pk")[:50])


def _generic(user: User) -> Any:
    seen = get_objects_for_user(user, "subjects.view_subject", Subject, accept_global_perms=False)
    return Lead.objects.filter(state__in=OPEN_STATES, subject__in=seen)


def _generic_page(user: User) -> list[Lead]:
    return list(_generic(user).select_related("subject", "office").order_by("clock_due_on", "pk")[:50])


def _plain_page() -> list[Lead]:
    rows = Lead.objects.filter(state__in=OPEN_STATES).select_related("subject", "office")
    return list(rows.order_by("clock_due_on", "pk")[:50])
