"""Who may go: what stops a record, asked under lock in the transaction that would remove it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from foundation.registries import blockers
from retention.models import Disposition, DispositionItem
from retention.removal.holding import follow_live_holds
from retention.states import ItemOutcome

Verdict = tuple[ItemOutcome, str]

# what a person or a feed did to the lead: any of it after the list was frozen, and the lead leaves the run
FINGERPRINT = """
md5(concat_ws('|', l.version, l.state, l.evaluation_digest,
    (SELECT max(n.id) FROM leads_note n WHERE n.lead_id = l.id),
    (SELECT max(n.id) FROM leads_attachment n WHERE n.lead_id = l.id),
    (SELECT max(n.id) FROM leads_transition n WHERE n.lead_id = l.id),
    (SELECT max(n.id) FROM leads_referral n WHERE n.lead_id = l.id),
    (SELECT max(n.id) FROM leads_finding n WHERE n.lead_id = l.id)))
"""

HELD = """EXISTS (SELECT 1 FROM retention_holdlead x JOIN retention_hold h ON h.id = x.hold_id
                  WHERE x.lead_uuid = {lead} AND h.released_at IS NULL)"""
KEPT_LONGER = "EXISTS (SELECT 1 FROM retention_extension e WHERE e.lead_uuid = {lead} AND e.ends_on > %(day)s)"

OPEN = "l.state NOT IN ('closed', 'auto_closed')"
# what stops a record for longer than a run takes: holds, authorities, open leads
STOPPED = {
    "archive": f"{HELD.format(lead='l.uuid')} OR {KEPT_LONGER.format(lead='l.uuid')} OR {OPEN}",
    "destroy": f"{HELD.format(lead='p.lead_uuid')} OR {KEPT_LONGER.format(lead='p.lead_uuid')}",
}
STANDING = {
    "archive": f"""
SELECT l.uuid, {HELD.format(lead="l.uuid")}, {KEPT_LONGER.format(lead="l.uuid")}, {OPEN},
       NOT coalesce(least(c.archive_on, c.destroy_on) <= %(day)s, false), c.schedule_id, {FINGERPRINT}
FROM leads_lead l LEFT JOIN retention_retentionclock c ON c.lead_id = l.id WHERE l.uuid = ANY (%(leads)s)
""",  # noqa: S608  # constants of this file
    "destroy": f"""
SELECT p.lead_uuid, {HELD.format(lead="p.lead_uuid")}, {KEPT_LONGER.format(lead="p.lead_uuid")}, false,
       p.destroy_on > %(day)s, p.schedule_id, p.content_sha256
FROM retention_archivepackage p WHERE p.lead_uuid = ANY (%(leads)s)
""",  # noqa: S608  # constants of this file
}

NAMED = """
SELECT uuid, number, 'archive' FROM leads_lead WHERE number = ANY (%(numbers)s)
UNION ALL SELECT lead_uuid, lead_number, 'destroy' FROM retention_archivepackage WHERE lead_number = ANY (%(numbers)s)
"""


def claim_items(run: Disposition, most: int) -> list[DispositionItem]:
    """The next waiting records of a run that no other worker has; theirs are skipped, not waited for."""
    waiting = DispositionItem.objects.select_for_update(skip_locked=True).filter(disposition=run, outcome=ItemOutcome.PENDING)
    return list(waiting.order_by("position")[:most])


def sort_out(run: Disposition, items: Sequence[DispositionItem], *, now: datetime) -> list[DispositionItem]:
    """Those of the items that may go; the others leave the run with the reason. Call with the records locked.

    Live holds are asked once more: a record may have come to match since it was listed.
    """
    follow_live_holds(now=now, leads=[item.lead_uuid for item in items])
    verdicts = verdicts_of(run.kind, run.as_of, {item.lead_uuid: item.fingerprint for item in items}, run.schedule_id)
    leave(run, verdicts, now=now)
    return [item for item in items if item.lead_uuid not in verdicts]


def verdicts_of(kind: str, day: date, expected: dict[UUID, str], schedule_id: int) -> dict[UUID, Verdict]:
    """What stops each of the records (uuid to the fingerprint it had) in a run under the schedule with this key; those that
    nothing stops are left out."""
    leads = list(expected)
    with connection.cursor() as cursor:
        cursor.execute(STANDING[kind], {"leads": leads, "day": day})
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    asked = ((lead, _verdict(rows.get(lead), expected[lead], schedule_id)) for lead in leads)
    found: dict[UUID, Verdict] = {lead: verdict for lead, verdict in asked if verdict is not None}
    for blocker in blockers:
        found |= {lead: (ItemOutcome.BLOCKED, reason) for lead, reason in blocker.among(leads).items() if lead not in found}
    return found


def standing_of(day: date, numbers: Sequence[str]) -> dict[str, Verdict]:
    """What stops records that are in no run, by their numbers; those that nothing stops are left out. As the retention service.

    A live one is asked whether it may be archived, also where its last day has come: it is sealed first.
    """
    found: dict[UUID, Verdict] = {}
    with connection.cursor() as cursor:
        cursor.execute(NAMED, {"numbers": list(numbers)})
        named = {lead: (number, kind) for lead, number, kind in cursor.fetchall()}
        for kind, statement in STANDING.items():
            cursor.execute(statement, {"leads": [lead for lead, (_, its) in named.items() if its == kind], "day": day})
            asked = ((row[0], _verdict(row[1:], row[-1], row[-2])) for row in cursor.fetchall())
            found |= {lead: verdict for lead, verdict in asked if verdict is not None}
    for blocker in blockers:
        found |= {lead: (ItemOutcome.BLOCKED, reason) for lead, reason in blocker.among(list(named)).items() if lead not in found}
    return {named[lead][0]: verdict for lead, verdict in found.items()}


def _verdict(row: Any, fingerprint: str, schedule_id: int) -> Verdict | None:
    if row is None:
        return ItemOutcome.FAILED, "The record is not where the list says."
    held, kept_longer, is_open, not_due, dated_by, now_is = row
    stops = (
        (held, ItemOutcome.HELD, "A hold stands."),
        (kept_longer, ItemOutcome.EXTENDED, "Kept longer under an authority."),
        (is_open, ItemOutcome.BLOCKED, "The lead is open."),
        (not_due, ItemOutcome.BLOCKED, "Not due under the schedule in force."),
        (dated_by != schedule_id, ItemOutcome.BLOCKED, "Another schedule dates it now than the run's."),
        (now_is != fingerprint, ItemOutcome.LATE, "Something happened after the list was frozen."),
    )
    return next(((outcome, sentence) for stopped, outcome, sentence in stops if stopped), None)


def leave(run: Disposition, verdicts: dict[UUID, Verdict], *, now: datetime) -> None:
    """Take records out of a run, each with its reason; a record that left needs a new run and a new review."""
    for verdict in set(verdicts.values()):
        leads = [lead for lead, its in verdicts.items() if its == verdict]
        DispositionItem.objects.filter(disposition=run, lead_uuid__in=leads, outcome=ItemOutcome.PENDING).update(
            outcome=verdict[0], detail=verdict[1], decided_at=now
        )


def fail(run: Disposition, leads: Iterable[UUID], detail: str, *, now: datetime) -> None:
    """Records that could not be removed for a technical reason: they stay, and the run goes on without them."""
    leave(run, dict.fromkeys(leads, (ItemOutcome.FAILED, detail)), now=now)
