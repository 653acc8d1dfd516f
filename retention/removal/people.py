"""People without a lead: which of them nobody needs any more, and their removal with all that is known of them (docs/adr/0033).

A page of people is looked at in a fixed number of queries. Whoever is in doubt is kept, and the reason is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from audit.keys import KeyDestroyed
from foundation.calendar import add_years
from foundation.registries import keepers
from ingest.services.source_rows import KeptRow, kept_rows
from retention.hold_query import HoldQuery
from retention.models import Hold
from retention.removal.archive import NAMED, ORGANIZATIONS
from subjects.models import FACT_MODELS, Subject
from subjects.services.lines import stored_line

EMPTIED, ANSWERED, WAITING = "emptied", "answered", "waiting"
HELD, NEEDED, REFUSED = "held", "needed", "refused"

# nobody with a lead of the own, and of merged people the one as whom they are shown
PAGE = """
SELECT s.id FROM subjects_subject s
WHERE s.id > %s AND NOT EXISTS (SELECT 1 FROM leads_lead l WHERE l.subject_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM subjects_subjectredirect r WHERE r.from_subject_id = s.id AND r.closed_at IS NULL)
ORDER BY s.id LIMIT %s
"""
FAMILIES = """
WITH RECURSIVE family AS (
    SELECT id AS root, id FROM unnest(%s::bigint[]) AS id
    UNION
    SELECT f.root, r.from_subject_id FROM family f JOIN subjects_subjectredirect r ON r.to_subject_id = f.id AND r.closed_at IS NULL)
SELECT f.root, s.id, s.uuid, c.compartments, s.recorded_at,
    s.evaluated_at IS NULL OR s.touched_at > s.evaluated_at OR s.next_change_on IS NOT NULL,
    EXISTS (SELECT 1 FROM leads_lead l WHERE l.subject_id = s.id)
FROM family f JOIN subjects_subject s ON s.id = f.id JOIN access_accessclass c ON c.id = s.class_id ORDER BY f.root, s.id
"""
# when something was last heard of a person, and whether anything of it stands
_HEARD = " UNION ALL ".join(
    f"SELECT x.subject_id, greatest(x.{since}, {ends}) AS heard_at, {stands} AS stands FROM {table} x WHERE x.subject_id = ANY (%(ids)s)"  # noqa: S608  # tables of ours
    for table, since, ends, stands in (
        *(
            (model._meta.db_table, "known_at", "x.superseded_at, x.retracted_at", "x.superseded_at IS NULL AND x.retracted_at IS NULL")
            for model in FACT_MODELS
        ),
        ("subjects_associate", "recorded_at", "x.retracted_at", "x.retracted_at IS NULL"),
    )
)
HEARD = f"SELECT subject_id, max(heard_at), bool_or(stands) FROM ({_HEARD}) told GROUP BY subject_id"  # noqa: S608
# something is alleged, or a question about the person is open
OPEN = """
SELECT f.subject_id FROM leads_finding f
WHERE f.subject_id = ANY (%(ids)s) AND f.outcome IN ('stands', 'held', 'review') AND NOT EXISTS (
    SELECT 1 FROM leads_finding n
    WHERE n.subject_id = f.subject_id AND n.rule_id = f.rule_id AND n.matter_key = f.matter_key AND n.id > f.id)
UNION SELECT p.subject_id FROM subjects_possiblerecord p WHERE p.subject_id = ANY (%(ids)s) AND p.verdict = '' AND p.undone_at IS NULL
UNION SELECT unnest(ARRAY[j.left_id, j.right_id]) FROM subjects_judgement j
    WHERE (j.left_id = ANY (%(ids)s) OR j.right_id = ANY (%(ids)s)) AND j.verdict = '' AND j.undone_at IS NULL
"""
# What was said of them keeps another person apart from them, or names them beside another person, who has a lead or is merged;
# or they are the principal by whose record a dependent who is here is judged.
BESIDE = """
WITH beside AS (
    SELECT j.left_id AS id, j.right_id AS other FROM subjects_judgement j WHERE j.left_id = ANY (%(ids)s) AND j.undone_at IS NULL
    UNION ALL SELECT j.right_id, j.left_id FROM subjects_judgement j WHERE j.right_id = ANY (%(ids)s) AND j.undone_at IS NULL
    UNION ALL SELECT a.linked_subject_id, a.subject_id FROM subjects_associate a
        WHERE a.linked_subject_id = ANY (%(ids)s) AND a.retracted_at IS NULL)
SELECT DISTINCT b.id FROM beside b WHERE b.other <> ALL (%(ids)s) AND (
    EXISTS (SELECT 1 FROM leads_lead l WHERE l.subject_id = b.other)
    OR EXISTS (SELECT 1 FROM subjects_subjectredirect r WHERE r.from_subject_id = b.other AND r.closed_at IS NULL))
UNION SELECT p.subject_id FROM subjects_statusfact p
    JOIN subjects_statusfact d ON d.principal_key = p.sevis_key AND d.superseded_at IS NULL AND d.retracted_at IS NULL
    WHERE p.subject_id = ANY (%(ids)s) AND p.superseded_at IS NULL AND p.retracted_at IS NULL AND d.subject_id <> ALL (%(ids)s)
"""
# a sealed record under a hold is about them or has a number of theirs, or a hold on a rule would take them
HELD_ALREADY = """
SELECT f.subject_id FROM subjects_identifierfact f
JOIN retention_archiveidentifier i ON i.blind_index = f.blind_index JOIN retention_archivepackage p ON p.id = i.package_id
JOIN retention_holdlead x ON x.lead_uuid = p.lead_uuid JOIN retention_hold h ON h.id = x.hold_id AND h.released_at IS NULL
WHERE f.subject_id = ANY (%(ids)s)
UNION SELECT s.id FROM subjects_subject s JOIN retention_archivepackage p ON p.shred @> ARRAY[s.uuid]
    JOIN retention_holdlead x ON x.lead_uuid = p.lead_uuid JOIN retention_hold h ON h.id = x.hold_id AND h.released_at IS NULL
    WHERE s.id = ANY (%(ids)s)
UNION SELECT subject_id FROM leads_finding WHERE subject_id = ANY (%(ids)s) AND rule_id = ANY (%(rules)s)
"""


@dataclass(slots=True)
class Person:
    """One person without a lead, with those merged into them."""

    root: int
    ids: list[int] = field(default_factory=list)
    uuids: list[UUID] = field(default_factory=list)
    marks: tuple[int, ...] = ()
    since: date = date.max
    heard_at: datetime | None = None  # None: no fact at all
    made_at: datetime | None = None
    life: str = EMPTIED
    why_kept: str = ""


@dataclass(frozen=True, slots=True)
class Lives:
    """Until when somebody must have been silent to be forgotten, by what is known of them."""

    now: datetime

    def quiet_since(self, life: str) -> datetime:
        """Who was heard of later stays."""
        days = {
            EMPTIED: settings.EMPTIED_PERSON_DAYS,
            ANSWERED: settings.ANSWERED_PERSON_DAYS,
            WAITING: settings.WAITING_PERSON_DAYS,
        }
        return self.now - timedelta(days=days[life])


def next_page(after: int, most: int) -> list[int]:
    """The next people without a lead, by id."""
    with connection.cursor() as cursor:
        cursor.execute(PAGE, [after, most])
        return [row[0] for row in cursor.fetchall()]


def look_at(roots: Sequence[int], *, now: datetime) -> list[Person]:
    """Who of these people is kept, and why; `why_kept` is empty where nothing keeps them. As the retention service.

    A family of merged people with a lead among them is left out: it goes with that lead.
    """
    people, open_ones = _families(roots)
    ids = [each for person in people for each in person.ids]
    heard = _heard(ids)
    open_ones |= _ids(OPEN, ids=ids)
    lives = Lives(now)
    for person in people:
        told = [heard[each] for each in person.ids if each in heard]
        person.heard_at = max((at for at, _ in told), default=None)
        if any(stands for _, stands in told):
            person.life = WAITING if not open_ones.isdisjoint(person.ids) else ANSWERED
        if (person.heard_at or person.made_at or now) > lives.quiet_since(person.life):
            person.why_kept = person.life
    _needed([person for person in people if not person.why_kept], now)
    return people


def forget(people: Sequence[Person], *, now: datetime) -> None:
    """Erase these people, all of one life, in one statement; the rows that flagged them make nothing when they come again.

    What another source said of them may come again and waits in the buffer as a stranger's would: it may be what clears them when
    something new is said. Rows of people whose facts were all taken back may come again, for nothing of them was true.
    """
    ids = [each for person in people for each in person.ids]
    life, until = people[0].life, add_years(now.date(), settings.SUPPRESSION_YEARS)
    beside: dict[str, list[int]] = {"leads": [], "subjects": ids}
    with connection.cursor() as cursor:
        cursor.execute("SELECT retention_rows_behind(%s::bigint[])", [ids])
        rows = _flagging(cursor.fetchone()[0]) if life != EMPTIED else []
        cursor.execute(NAMED, beside)
        cursor.execute(ORGANIZATIONS, beside)
        organizations = [row[0] for row in cursor.fetchall()]
        cursor.execute(SUPPRESS, [until, rows])  # those of whom another person keeps the row are known by it anyway
        quiet = Lives(now).quiet_since(life)
        cursor.execute("SELECT retention_forget_people(%s::bigint[], %s::bigint[], %s)", [ids, organizations, quiet])


SUPPRESS = """
INSERT INTO retention_suppression (source, content_key, expires_on)
SELECT DISTINCT r.source, r.content_key, %s::date FROM ingest_sourcerow r
WHERE r.id = ANY (%s::bigint[]) AND r.state = 'applied' ORDER BY 1, 2
ON CONFLICT (source, content_key) DO UPDATE SET expires_on = greatest(EXCLUDED.expires_on, retention_suppression.expires_on)
"""


def _flagging(row_ids: Sequence[int]) -> list[int]:
    """Those of the rows that flag somebody, and those that nobody can read any more."""
    quiet = {row.id for row in _readable(row_ids) if (line := stored_line(row)) is not None and not line.outline.flagged}
    return [each for each in row_ids if each not in quiet]


def _readable(row_ids: Sequence[int]) -> list[KeptRow]:
    try:
        return kept_rows(row_ids)
    except KeyDestroyed:
        return [] if len(row_ids) == 1 else [row for each in row_ids for row in _readable([each])]


def _families(roots: Sequence[int]) -> tuple[list[Person], set[int]]:
    """The people, and the ids of those who are not judged yet or of whom a day will come."""
    found: dict[int, Person] = {root: Person(root) for root in roots}
    with_lead, waiting = set(), set()
    with connection.cursor() as cursor:
        cursor.execute(FAMILIES, [list(roots)])
        for root, pk, identity, marks, made_at, waits, lead in cursor.fetchall():
            person = found[root]
            person.ids.append(pk)
            person.uuids.append(identity)
            person.marks = tuple(sorted({*person.marks, *marks}))
            person.since = min(person.since, made_at.date())
            person.made_at = max(person.made_at or made_at, made_at)
            if waits and pk == root:
                waiting.add(pk)
            if lead:
                with_lead.add(root)
    return [person for root, person in found.items() if root not in with_lead and person.ids], waiting


def _heard(ids: Sequence[int]) -> dict[int, tuple[datetime, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(HEARD, {"ids": list(ids)})
        return {pk: (at, stands) for pk, at, stands in cursor.fetchall()}


def _needed(people: Sequence[Person], now: datetime) -> None:
    """Say of whom somebody needs something although their day has come."""
    if not people:
        return
    ids = [each for person in people for each in person.ids]
    everybody, rules = _holds(now.date())
    held = set(ids) if everybody else _ids(HELD_ALREADY, ids=ids, rules=rules)
    beside = _ids(BESIDE, ids=ids)
    uuids = [each for person in people for each in person.uuids]
    kept = [(name, keeper.among(uuids, now.date())) for name, keeper in zip(keepers.keys(), keepers, strict=True)]
    for person in people:
        if not held.isdisjoint(person.ids):
            person.why_kept = HELD
        elif not beside.isdisjoint(person.ids):
            person.why_kept = NEEDED
        else:
            person.why_kept = next((name for name, among in kept if not among.isdisjoint(person.uuids)), "")


def _holds(day: date) -> tuple[bool, list[str]]:
    """Whether a hold stands that would take a lead opened on anybody today; and the rules of those that would take one of a rule."""
    live = Hold.objects.filter(released_at=None, query__isnull=False)
    gathering = live.filter(gathered_at=None).exists()
    queries = [query for stored in live.values_list("query", flat=True) if (query := HoldQuery.from_json(stored or {})).takes_new(day)]
    return gathering or any(not query.rule_id for query in queries), sorted({query.rule_id for query in queries})


def _ids(statement: str, **values: Any) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {name: list(each) for name, each in values.items()})
        return {row[0] for row in cursor.fetchall()}


def lock(people: Sequence[Person]) -> None:
    """Keep the people as they are until the transaction ends."""
    ids = [each for person in people for each in person.ids]
    list(Subject.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
