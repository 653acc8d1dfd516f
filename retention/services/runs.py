"""Runs: a list is proposed and frozen, reviewed with a sample, signed by two others, started. Workers do the rest.

Three people who are not the same sign a destruction: whoever reviews, and two approvers (also CHECKs of the table).
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from celery import current_app
from django.db import connection, transaction

from access.context import through_service
from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import class_for, service_actor
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from foundation.headquarters import desk_day
from retention.models import ArchiveOpening, ArchivePackage, Disposition, DispositionItem, Restatement, Schedule
from retention.removal.destroy import require_rewritten
from retention.removal.holding import follow_live_holds
from retention.removal.judging import FINGERPRINT, STOPPED, leave, verdicts_of
from retention.selectors import schedule_in_force
from retention.services.schedules import require_no_fiction
from retention.states import OPEN_RUNS, RUN_MOVES, ItemOutcome, RunState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Due = tuple[UUID, str, date, date, str]  # opaque id, number, created on, due on, fingerprint
MOST_RECORDS = 10_000  # a list that people can still look through
SAMPLE_RECORDS = 5
EXECUTE = "retention.tasks.execute_runs"
WORKERS = 2  # that share a run, each with records of its own: while one waits for the database, the other seals

DUE = {
    Disposition.Kind.ARCHIVE: """
FROM retention_retentionclock c JOIN leads_lead l ON l.id = c.lead_id
WHERE least(c.archive_on, c.destroy_on) <= %(day)s AND c.schedule_id = %(schedule)s AND c.class_id = %(class)s
  AND NOT EXISTS (SELECT 1 FROM retention_dispositionitem i JOIN retention_disposition d ON d.id = i.disposition_id
                  WHERE i.lead_uuid = l.uuid AND i.outcome = 'pending' AND d.state = ANY (%(open)s))
""",
    Disposition.Kind.DESTROY: """
FROM retention_archivepackage p
WHERE p.destroy_on <= %(day)s AND p.schedule_id = %(schedule)s
  AND p.disposition_id IN (SELECT a.id FROM retention_disposition a WHERE a.class_id = %(class)s)
  AND NOT EXISTS (SELECT 1 FROM retention_dispositionitem i JOIN retention_disposition d ON d.id = i.disposition_id
                  WHERE i.lead_uuid = p.lead_uuid AND i.outcome = 'pending' AND d.state = ANY (%(open)s))
""",
}
FREEZE = {
    kind: f"SELECT {columns} {DUE[kind]} AND NOT ({STOPPED[kind]}) ORDER BY 4, 2 LIMIT %(most)s"  # constants of this project
    for kind, columns in (
        (Disposition.Kind.ARCHIVE, f"l.uuid, l.number, c.record_created_on, least(c.archive_on, c.destroy_on), {FINGERPRINT}"),
        (Disposition.Kind.DESTROY, "p.lead_uuid, p.lead_number, p.record_created_on, p.destroy_on, p.content_sha256"),
    )
}


def due_records(
    kind: str, day: date, *, most: int = MOST_RECORDS, marks: Sequence[int] = (), schedule: Schedule | None = None
) -> list[Due]:
    """What a run of `kind` would list on `day`, oldest first, at most `most`, of the records in exactly these compartments.

    Those that `schedule` dates; without one, the schedule for every record. What a hold, an authority or an open lead stops
    is passed over, however old: see `due_and_stopped`. Call as the retention service.
    """
    with connection.cursor() as cursor:
        cursor.execute(FREEZE[Disposition.Kind(kind)], _asked(day, marks, schedule) | {"most": most})
        return list(cursor.fetchall())


def due_and_stopped(kind: str, day: date, *, marks: Sequence[int] = (), schedule: Schedule | None = None) -> int:
    """How many records are due besides, and no run lists because something stops each. Call as the retention service."""
    kind = Disposition.Kind(kind)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {DUE[kind]} AND ({STOPPED[kind]})", _asked(day, marks, schedule))  # as above
        return int(cursor.fetchone()[0])


def _asked(day: date, marks: Sequence[int], schedule: Schedule | None) -> dict[str, Any]:
    return {
        "day": day,
        "schedule": (schedule or schedule_in_force()).pk,
        "open": [str(state) for state in OPEN_RUNS],
        "class": class_for(audience="records", compartments=marks),
    }


@transaction.atomic
def propose_run(
    *,
    actor: User,
    kind: str,
    as_of: date,
    now: datetime,
    most: int = MOST_RECORDS,
    marks: Sequence[int] = (),
    schedule: Schedule | None = None,
) -> Disposition:
    """Freeze the list of what is due on `as_of` and not in another open run, of the records in exactly the compartments `marks`.

    A run has one authority: it lists what one schedule dates, without `schedule` the one for every record. What a hold, an
    authority or an open lead stops is left out and counted, so that it keeps nothing else waiting; what another desk stops
    is listed with that. A day ahead of the calendar at headquarters can be played under a fictional authority only. Raises `InvalidInput`
    (the day), `Conflict` (nothing is due and free to go, records are being dated anew, or the authority is fictional outside
    the demonstration), or `NotFound` (not cleared for the compartments).
    """
    require(actor, Permission.MANAGE_DISPOSITION)
    _require_dated()
    schedule = schedule or schedule_in_force()
    require_no_fiction(schedule)
    if as_of > desk_day(now) and not schedule.fictional:
        raise InvalidInput("That day has not come: nothing is disposed of ahead of time.", field="as_of")
    with through_service(service_actor("retention")):
        due = due_records(kind, as_of, most=most, marks=marks, schedule=schedule)
        left_out = due_and_stopped(kind, as_of, marks=marks, schedule=schedule)
        if not due:
            raise Conflict(_nothing(left_out))
        seen_by = class_for(audience="records", compartments=marks)
        proposed = {"kind": kind, "schedule": schedule, "as_of": as_of, "proposed_by": actor, "proposed_at": now, "left_out": left_out}
        run = Disposition.objects.create(access_class_id=seen_by, **proposed)
        _list(run, due, now=now)
    if not Disposition.objects.filter(pk=run.pk).exists():
        raise NotFound
    record(Act.DISPOSITION, object_kind="run", object_uuid=run.uuid, fields=["proposed"], payload={"kind": kind, "records": len(due)})
    return run


def _list(run: Disposition, due: list[Due], *, now: datetime) -> None:
    """Put the records on the run's list; those that something stops have left it already. Raises `Conflict` when all have."""
    DispositionItem.objects.bulk_create(_items(run, due), batch_size=2000)
    follow_live_holds(now=now, leads=[row[0] for row in due])
    verdicts = verdicts_of(run.kind, run.as_of, {row[0]: row[4] for row in due}, run.schedule_id)
    if len(verdicts) == len(due):
        raise Conflict(_nothing(run.left_out + len(due)))
    leave(run, verdicts, now=now)


def _nothing(stopped: int) -> str:
    if not stopped:
        return "Nothing is due on that day that is not in another run already."
    return f"Nothing that is due on that day may go: {stopped:,} records are due, and something stops each of them. The due list says what."


def _items(run: Disposition, due: list[Due]) -> list[DispositionItem]:
    return [
        DispositionItem(
            disposition=run,
            position=position,
            lead_uuid=lead,
            lead_number=number,
            record_created_on=created_on,
            due_on=due_on,
            fingerprint=mark,
        )
        for position, (lead, number, created_on, due_on, mark) in enumerate(due, start=1)
    ]


@transaction.atomic
def reject_records(*, actor: User, run: Disposition, positions: Iterable[int], reason: str, now: datetime) -> int:
    """Take records off the list while it is reviewed; returns how many. Raises `InvalidInput` without a reason, `Conflict` later."""
    require(actor, Permission.MANAGE_DISPOSITION)
    run = _locked(run)
    if run.state != RunState.PROPOSED:
        message = "The review is closed: the list is signed as it stands."
        raise Conflict(message)
    if not reason.strip():
        message = "Say why these records leave the list."
        raise InvalidInput(message, field="reason")
    gone = DispositionItem.objects.filter(disposition=run, position__in=list(positions), outcome=ItemOutcome.PENDING).update(
        outcome=ItemOutcome.REJECTED, detail=reason.strip()[:200], decided_at=now
    )
    record(Act.DISPOSITION, object_kind="run", object_uuid=run.uuid, fields=["rejected"], payload={"records": gone, "reason": reason})
    return gone


def sample_of(run: Disposition) -> list[DispositionItem]:
    """The records that the review opens: drawn by a hash of run and record, so that nobody chooses them."""
    waiting = list(DispositionItem.objects.filter(disposition=run).exclude(outcome=ItemOutcome.REJECTED))
    drawn = sorted(waiting, key=lambda item: hashlib.sha256(run.uuid.bytes + item.lead_uuid.bytes).digest())
    return sorted([item for item in drawn if item.outcome == ItemOutcome.PENDING][:SAMPLE_RECORDS], key=lambda item: item.position)


def sample_not_opened(run: Disposition) -> list[DispositionItem]:
    """Of the sample of a destruction, what nobody has opened since the list was frozen."""
    sample = sample_of(run)
    packages = dict(ArchivePackage.objects.filter(lead_uuid__in=[item.lead_uuid for item in sample]).values_list("lead_uuid", "uuid"))
    opened = set(
        ArchiveOpening.objects.filter(package_uuid__in=packages.values(), kind="sample", opened_at__gte=run.recorded_at).values_list(
            "package_uuid", flat=True
        )
    )
    return [item for item in sample if packages.get(item.lead_uuid) not in opened]


@transaction.atomic
def close_review(*, actor: User, run: Disposition, now: datetime) -> Disposition:
    """End the review: from here the list's hash is what is signed. A destruction needs its sample opened first."""
    require(actor, Permission.MANAGE_DISPOSITION)
    _require_person(actor)
    run = _locked(run)
    target = RUN_MOVES.move(action="review", source=run.state).target
    if run.kind == Disposition.Kind.DESTROY and (left := len(sample_not_opened(run))):
        message = f"Open the sample first: {left} of its records have not been looked at."
        raise Conflict(message)
    if not DispositionItem.objects.filter(disposition=run, outcome=ItemOutcome.PENDING).exists():
        message = "No record is left on the list. Cancel the run."
        raise Conflict(message)
    run.state, run.reviewed_by, run.reviewed_at, run.list_sha256 = target, actor, now, list_digest(run)
    run.save(update_fields=["state", "reviewed_by", "reviewed_at", "list_sha256"])
    record(Act.DISPOSITION, object_kind="run", object_uuid=run.uuid, fields=["reviewed"], payload={"list": run.list_sha256})
    return run


@transaction.atomic
def approve_run(*, actor: User, run: Disposition, seen: str, now: datetime) -> Disposition:
    """Sign the list whose hash was `seen`. An archive run takes one signature, a destruction two, of people with no part so far.

    The view asks for a fresh sign-in. Raises `Forbidden` (the same person), `Conflict` (another list, not in review).
    """
    require(actor, Permission.MANAGE_DISPOSITION)
    _require_person(actor)
    run = _locked(run)
    target = RUN_MOVES.move(action="approve", source=run.state).target
    if actor.pk in (run.proposed_by_id, run.reviewed_by_id, run.first_approver_id):
        message = "You have signed or prepared this run already: another records officer must sign."
        raise Forbidden(message)
    if not seen or seen != run.list_sha256 or list_digest(run) != run.list_sha256:
        message = "The list is not the one that was reviewed."
        raise Conflict(message)
    if run.first_approver_id is None:
        run.first_approver, run.first_approved_at = actor, now
        if run.kind == Disposition.Kind.ARCHIVE:
            run.state = target
    else:
        run.second_approver, run.second_approved_at, run.state = actor, now, target
    run.save(update_fields=["state", "first_approver", "first_approved_at", "second_approver", "second_approved_at"])
    record(Act.DISPOSITION, object_kind="run", object_uuid=run.uuid, fields=["approved"], payload={"list": run.list_sha256})
    return run


@transaction.atomic
def start_run(*, actor: User, run: Disposition, now: datetime) -> Disposition:
    """Let the workers begin. Raises `Conflict` when the list changed, or when tables wait for their maintenance."""
    require(actor, Permission.MANAGE_DISPOSITION)
    _require_dated()
    run = _locked(run)
    require_no_fiction(run.schedule)
    target = RUN_MOVES.move(action="start", source=run.state).target
    if list_digest(run) != run.list_sha256:
        message = "The list is not the one that was signed. This run cannot be carried out; cancel it and propose a new one."
        raise Conflict(message)
    if run.kind == Disposition.Kind.DESTROY:
        require_rewritten(run)
    run.state, run.started_by, run.started_at, run.log_size_before = target, actor, now, log_size()
    run.save(update_fields=["state", "started_by", "started_at", "log_size_before"])
    record(Act.DISPOSITION, object_kind="run", object_uuid=run.uuid, fields=["started"])
    for _ in range(WORKERS):
        transaction.on_commit(lambda: current_app.send_task(EXECUTE, kwargs={"actor": "svc-retention"}), robust=True)
    return run


@transaction.atomic
def cancel_run(*, actor: User, run: Disposition, reason: str) -> Disposition:
    """Give up a run that has not started; its records wait for the next one."""
    require(actor, Permission.MANAGE_DISPOSITION)
    run = _locked(run)
    run.state = RUN_MOVES.move(action="cancel", source=run.state, reason=reason).target
    run.cancelled_because = reason.strip()[:200]
    run.save(update_fields=["state", "cancelled_because"])
    record(Act.DISPOSITION, object_kind="run", object_uuid=run.uuid, fields=["cancelled"], payload={"reason": reason})
    return run


def list_digest(run: Disposition) -> str:
    """The hash of the run's frozen list as it stands in the database now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT retention_list_digest(%s)", [run.pk])
        return str(cursor.fetchone()[0])


def log_size() -> int:
    """How many events the log holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT retention_log_size()")
        return int(cursor.fetchone()[0])


def _require_dated() -> None:
    if Restatement.objects.filter(finished_at=None).exists():
        message = "A schedule was approved, and records are being dated anew. Try again when that is finished."
        raise Conflict(message)


def _locked(run: Disposition) -> Disposition:
    return Disposition.objects.select_for_update(of=("self",)).select_related("schedule").get(pk=run.pk)


def _require_person(actor: User) -> None:
    if actor.kind != User.Kind.PERSON:
        message = "A person must do this."
        raise Forbidden(message)
