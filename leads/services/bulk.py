"""One act on many leads: order it, freeze and preview the list, start it by typing the count, retry, cancel, undo as one act.

The list is made and counted by the database, without a cap. Referring is never done in bulk.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from celery import current_app
from django.conf import settings
from django.db import connection, transaction

from access.models import User
from access.permissions import Permission
from access.policy import can, require
from access.selectors import class_for
from audit.acts import Act
from audit.keys import data_key
from audit.services import record
from foundation.crypto import seal, unseal
from foundation.errors import Conflict, Forbidden, InvalidInput
from leads.models import BulkItem, BulkRun
from leads.selectors.queue_filter import QueueFilter
from leads.selectors.queue_sql import count_up_to, every_id
from leads.services.bulk_rules import PERMISSIONS, TAKEN, refused_states
from leads.services.waiting import choices_of_waits
from leads.services.workload import refuse_if_away
from leads.states import CloseReason

WORK = "leads.tasks.work_bulk_runs"
PURPOSE = "bulk run"
UNDO_DAYS = 30  # ours [own]: after that the reason is forgotten and the run stands
_BY_THE_SYSTEM = frozenset({CloseReason.JOINED, CloseReason.LEGACY})
_FREEZE = """
INSERT INTO leads_bulkitem (run_id, lead_id, state, note)
SELECT %(run)s, lead.id, CASE WHEN why.note = '' THEN 'waiting' ELSE 'left_out' END, why.note
FROM ({picked}) picked JOIN leads_lead lead ON lead.id = picked.id
LEFT JOIN leads_claim claim ON claim.lead_id = lead.id AND claim.released_at IS NULL AND claim.until > %(now)s AND claim.user_id <> %(me)s
CROSS JOIN LATERAL (
    SELECT coalesce(%(refused)s::jsonb ->> lead.state, CASE WHEN claim.id IS NULL OR %(may_take)s THEN '' ELSE %(taken)s END) AS note) why
ORDER BY lead.id
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be done with every row: the parameters of the act, and why."""

    reason: str
    close_reason: str = ""
    hold_until: date | None = None
    waits_for: str = ""
    assignee: User | None = None


@transaction.atomic
def order_bulk(*, actor: User, kind: str, now: datetime, numbers: Sequence[str] = (), wanted: QueueFilter | None = None) -> BulkRun:
    """Freeze the list of an act: the leads with these numbers, or every lead that the filter finds; nothing is changed yet.

    A long list is made by a worker; the run's state says so. Raises `Forbidden`, `InvalidInput` (nothing chosen).
    """
    if kind not in BulkRun.Kind.values:
        message = "Choose what to do."
        raise InvalidInput(message, field="act")
    require(actor, PERMISSIONS[kind])
    if not numbers and wanted is None:
        message = "Select at least one row."
        raise InvalidInput(message, field="row")
    view = urlencode(wanted.query()) if wanted is not None else ""
    run = BulkRun.objects.create(access_class_id=class_for(audience="hq"), kind=kind, view=view, ordered_by=actor, ordered_at=now)
    if wanted is None:
        _freeze(run, actor, "SELECT id FROM leads_lead WHERE number = ANY (%(numbers)s)", {"numbers": list(numbers)}, now)
    else:
        prepare_now = settings.BULK_PREPARE_INLINE
        if count_up_to(_of(wanted, actor), today=now.date(), limit=prepare_now + 1) <= prepare_now:
            prepare(run, now)
        else:
            kick()
    record(Act.BULK, object_kind="bulk run", object_uuid=run.uuid, fields=["ordered", kind], payload={"view": view}, occurred_at=now)
    return run


def prepare(run: BulkRun, now: datetime) -> None:
    """Make the frozen list of a run that asks for all that a filter finds; runs as whoever ordered it."""
    wanted = _of(QueueFilter.from_query(dict(parse_qsl(run.view))), run.ordered_by)
    sql, params = every_id(wanted, today=now.date())
    _freeze(run, run.ordered_by, sql, params, now)


def _of(wanted: QueueFilter, user: User) -> QueueFilter:
    return wanted.of(user.pk)


def _freeze(run: BulkRun, actor: User, picked: str, params: dict[str, Any], now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _FREEZE.replace("{picked}", picked),
            {
                **params,
                "run": run.pk,
                "now": now,
                "me": actor.pk,
                "refused": json.dumps(refused_states(run.kind)),
                "may_take": run.kind == BulkRun.Kind.ASSIGN,
                "taken": TAKEN,
            },
        )
        run.total = cursor.rowcount
    run.state = BulkRun.State.READY
    run.save(update_fields=["total", "state"])


@transaction.atomic
def start_bulk(*, actor: User, run: BulkRun, order: Order, typed: str, now: datetime) -> BulkRun:
    """Start a previewed run. `typed` is the number of leads as the person typed it.

    Raises `InvalidInput` (count, reason or a parameter) and `Conflict` (not the actor's, or not waiting for a word).
    """
    locked = _locked(actor, run)
    require(actor, PERMISSIONS[run.kind])
    if locked.state != BulkRun.State.READY:
        message = "This run no longer waits for your word."
        raise Conflict(message)
    waiting = locked.items.filter(state=BulkItem.State.WAITING).count()
    if typed.strip().replace(",", "") != str(waiting) or not waiting:
        message = f"Type the number of leads that will be changed: {waiting:,}." if waiting else "There is no lead that can be changed."
        raise InvalidInput(message, field="confirmation")
    _check(run.kind, order, now)
    locked.close_reason, locked.hold_until, locked.waits_for, locked.assignee = (
        order.close_reason,
        order.hold_until,
        order.waits_for,
        order.assignee,
    )
    locked.reason_sealed = seal(data_key(run.uuid, purpose=PURPOSE), order.reason.strip().encode(), run.uuid.bytes)
    locked.state, locked.started_at = BulkRun.State.RUNNING, now
    locked.save(update_fields=["close_reason", "hold_until", "waits_for", "assignee", "reason_sealed", "state", "started_at"])
    payload = {"reason": order.reason.strip(), "close_reason": order.close_reason, "leads": waiting}
    record(Act.BULK, object_kind="bulk run", object_uuid=run.uuid, fields=["started", run.kind], payload=payload, occurred_at=now)
    kick()
    return locked


def _check(kind: str, order: Order, now: datetime) -> None:
    if not order.reason.strip():
        message = "Say why: the reason stands in the history of each lead."
        raise InvalidInput(message, field="reason")
    if kind == BulkRun.Kind.CLOSE and (order.close_reason not in CloseReason.values or order.close_reason in _BY_THE_SYSTEM):
        message = "Choose why the leads are closed."
        raise InvalidInput(message, field="code")
    if kind == BulkRun.Kind.SNOOZE:
        if order.hold_until is None and not order.waits_for:
            message = "Say until which day, or until what happens."
            raise InvalidInput(message, field="until")
        if order.hold_until is not None and order.hold_until <= now.date():
            message = "The day must lie ahead."
            raise InvalidInput(message, field="until")
        if order.waits_for and order.waits_for not in dict(choices_of_waits()):
            message = "Choose what they wait for."
            raise InvalidInput(message, field="waits_for")
    if kind == BulkRun.Kind.ASSIGN and (order.assignee is None or not can(order.assignee, Permission.CLAIM_LEAD)):
        message = "Choose a person whose role works on leads."
        raise InvalidInput(message, field="user")
    if order.assignee is not None:
        refuse_if_away(order.assignee, now.date())


@transaction.atomic
def cancel_bulk(*, actor: User, run: BulkRun, now: datetime) -> BulkRun:
    """Cancel a run: before it started nothing has happened; under way, it stops after the present batch and what is done stands."""
    locked = _locked(actor, run)
    if locked.state in (BulkRun.State.READY, BulkRun.State.PREPARING):
        locked.state, locked.finished_at = BulkRun.State.CANCELED, now
        locked.save(update_fields=["state", "finished_at"])
    elif locked.state == BulkRun.State.RUNNING:
        locked.items.filter(state=BulkItem.State.WAITING).update(state=BulkItem.State.LEFT_OUT, note="The run was stopped before its turn.")
        kick()  # a worker ends it, and draws the sample of what was done
    else:
        message = "This run has ended already."
        raise Conflict(message)
    record(Act.BULK, object_kind="bulk run", object_uuid=run.uuid, fields=["canceled", run.kind], occurred_at=now)
    return locked


@transaction.atomic
def retry_bulk(*, actor: User, run: BulkRun, now: datetime) -> BulkRun:
    """Try the failed rows of a finished run once more. Raises `Conflict` when there is none."""
    locked = _locked(actor, run)
    require(actor, PERMISSIONS[run.kind])
    failed = locked.items.filter(state=BulkItem.State.FAILED)
    if locked.state != BulkRun.State.DONE or not failed.update(state=BulkItem.State.WAITING, note=""):
        message = "No row of this run has failed."
        raise Conflict(message)
    locked.state, locked.finished_at = BulkRun.State.RUNNING, None
    locked.save(update_fields=["state", "finished_at"])
    record(Act.BULK, object_kind="bulk run", object_uuid=run.uuid, fields=["retried", run.kind], occurred_at=now)
    kick()
    return locked


@transaction.atomic
def undo_bulk(*, actor: User, run: BulkRun, now: datetime) -> BulkRun:
    """Take the whole run back: every lead that nobody has touched since returns to where it was.

    Raises `Conflict` after `UNDO_DAYS`, or when there is nothing to take back.
    """
    locked = _locked(actor, run)
    require(actor, PERMISSIONS[run.kind])
    if locked.state != BulkRun.State.DONE or not locked.items.filter(state=BulkItem.State.DONE).exists():
        message = "There is nothing to take back."
        raise Conflict(message)
    if locked.finished_at is not None and locked.finished_at < now - timedelta(days=UNDO_DAYS):
        message = f"A run can be undone for {UNDO_DAYS} days; reopen single leads instead."
        raise Conflict(message)
    locked.state = BulkRun.State.UNDOING
    locked.save(update_fields=["state"])
    record(Act.BULK, object_kind="bulk run", object_uuid=run.uuid, fields=["undo", run.kind], occurred_at=now)
    kick()
    return locked


def _locked(actor: User, run: BulkRun) -> BulkRun:
    locked = BulkRun.objects.select_for_update(of=("self",)).select_related("ordered_by", "assignee").get(pk=run.pk)
    if locked.ordered_by_id != actor.pk:
        message = "Only whoever ordered this run may act on it."
        raise Forbidden(message)
    return locked


def reason_of(run: BulkRun) -> str:
    """Why it was ordered; empty once forgotten."""
    if not run.reason_sealed:
        return ""
    return unseal(data_key(run.uuid, purpose=PURPOSE), bytes(run.reason_sealed), run.uuid.bytes).decode()


def kick() -> None:
    """Tell a worker to look; a lost message costs the time until the next sweep."""
    transaction.on_commit(lambda: current_app.send_task(WORK, kwargs={"actor": "svc-leads"}), robust=True)


@transaction.atomic
def forget_reasons(*, actor: User, now: datetime) -> int:
    """Forget the reasons of runs that can no longer be undone; returns how many."""
    require(actor, Permission.SERVICE)
    old = BulkRun.objects.exclude(reason_sealed=None).filter(finished_at__lt=now - timedelta(days=UNDO_DAYS))
    return old.update(reason_sealed=None)
