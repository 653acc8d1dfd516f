"""Carrying out runs: batch after batch, each one transaction, as the person who ordered it. Kill it anywhere and run it again."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from access.context import acting_as
from access.policy import can
from access.selectors import service_actor
from audit.acts import Act
from audit.context import Work
from audit.services import record
from foundation.errors import DomainError
from leads.models import BulkItem, BulkRun, Claim, Lead, Notice
from leads.services.bulk import prepare, reason_of
from leads.services.bulk_acts import ACTS, Batch
from leads.services.bulk_rules import CHANGED, NO_LONGER_ALLOWED, OUT_OF_SIGHT, PERMISSIONS, TAKEN, refused_states
from leads.services.notices import News, tell
from leads.services.quality import sample_closings
from subjects.models import Subject

ME = "leads"
State = BulkItem.State
WORKED = (BulkRun.State.PREPARING, BulkRun.State.RUNNING, BulkRun.State.UNDOING)


def work_bulk_runs(*, now: datetime) -> int:
    """Work every ordered run to its end; returns how many rows were worked. Several workers may do it at once."""
    with acting_as(service_actor(ME)):
        waiting = list(BulkRun.objects.filter(state__in=WORKED).order_by("pk").values_list("pk", flat=True))
    worked = 0
    for run_id in waiting:
        while moved := work_batch(run_id, now=now):
            worked += moved
    return worked


def work_batch(run_id: int, *, now: datetime) -> int:
    """One batch of one run in one transaction; returns how many rows left the list, 0 when none is left."""
    with acting_as(service_actor(ME)):
        run = BulkRun.objects.select_related("ordered_by", "assignee").get(pk=run_id)
        allowed = can(run.ordered_by, PERMISSIONS[run.kind])
        if not allowed:
            _give_up(run, now)
            return 0
    moved = _as_the_person(run, now)
    if not moved:
        with acting_as(service_actor(ME)):
            _finish(run, now)
    return moved


def _as_the_person(run: BulkRun, now: datetime) -> int:
    with acting_as(run.ordered_by, Work(view="bulk run")):
        if run.state == BulkRun.State.PREPARING:
            locked = BulkRun.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=run.pk, state=run.state).first()
            if locked is not None:
                prepare(run, now)
                record(Act.BULK, object_kind="bulk run", object_uuid=run.uuid, fields=["list made"], occurred_at=now)
            return 0
        wanted = State.WAITING if run.state == BulkRun.State.RUNNING else State.DONE
        found = BulkItem.objects.filter(run=run, state=wanted).order_by("pk").select_for_update(skip_locked=True, of=("self",))
        items = list(found[: settings.BULK_BATCH_ROWS])
        if items and not BulkRun.objects.filter(pk=run.pk, state=run.state).exists():
            return 0  # stopped meanwhile
        if items:
            _work(run, items, now)
        return len(items)


def _work(run: BulkRun, items: list[BulkItem], now: datetime) -> None:
    """Do (or take back) the act on each row that still allows it; every row says what became of it."""
    leads = _locked_leads([item.lead_id for item in items])
    claims = {claim.lead_id: claim for claim in Claim.objects.filter(lead__in=leads, released_at=None).select_related("user")}
    undoing = run.state == BulkRun.State.UNDOING
    good: list[BulkItem] = []
    for item in items:
        lead, claim = leads.get(item.lead_id), claims.get(item.lead_id)
        refusal = _changed(run, item, lead, claim) if undoing else _refusal(run, lead, claim, now)
        if refusal:
            item.state, item.note = (State.KEPT if undoing else State.FAILED), refusal
        else:
            good.append(item)
    if good:
        _attempt(
            run, Batch(run, run.ordered_by, reason_of(run), [(item, leads[item.lead_id]) for item in good], claims, now), undoing=undoing
        )
    BulkItem.objects.bulk_update(items, ["state", "note", "was_held_by", "version_after", "done_at"])
    done = [leads[item.lead_id].uuid for item in items if item.state in (State.DONE, State.UNDONE)]
    fields = ["undone" if undoing else "done", run.kind]
    record(Act.BULK, object_kind="bulk run", object_uuid=run.uuid, results=done, fields=fields, occurred_at=now)


def _attempt(run: BulkRun, batch: Batch, *, undoing: bool) -> None:
    """The batch, whole or not at all; what the rules refuse is written on each of its rows."""
    act = ACTS[run.kind]
    try:
        with transaction.atomic():
            left = act.take_back(batch) if undoing else act.do(batch)
    except DomainError as error:
        for item, _ in batch.rows:
            item.state, item.note = (State.KEPT if undoing else State.FAILED), error.message[:200]
        return
    versions = dict(Lead.objects.filter(pk__in=[lead.pk for _, lead in batch.rows]).values_list("pk", "version"))
    for item, lead in batch.rows:
        if lead.pk in left:
            item.state, item.note = (State.KEPT if undoing else State.FAILED), left[lead.pk]
            continue
        if not undoing:
            held = batch.claims.get(lead.pk)
            item.was_held_by_id = held.user_id if held else None
            item.version_after = versions[lead.pk]
        item.state, item.note, item.done_at = (State.UNDONE if undoing else State.DONE), "", batch.now


def _locked_leads(ids: list[int]) -> dict[int, Lead]:
    """The leads, locked after their subjects, both by id: the order of the evaluation, so that the two never wait for each other."""
    subjects = Lead.objects.filter(pk__in=ids).exclude(subject=None).values("subject_id")
    list(Subject.objects.filter(pk__in=subjects).order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
    found = Lead.objects.filter(pk__in=ids).select_related("subject", "access_class").order_by("pk")
    return {lead.pk: lead for lead in found.select_for_update(of=("self",), no_key=True)}


def _refusal(run: BulkRun, lead: Lead | None, claim: Claim | None, now: datetime) -> str:
    if lead is None:
        return OUT_OF_SIGHT
    refused = refused_states(run.kind).get(lead.state, "")
    if refused or run.kind == BulkRun.Kind.ASSIGN:
        return refused
    return TAKEN if claim is not None and claim.user_id != run.ordered_by_id and claim.until > now else ""


def _changed(run: BulkRun, item: BulkItem, lead: Lead | None, claim: Claim | None) -> str:
    """Why a row is not taken back: somebody, or new evidence, has touched the lead since."""
    if lead is None:
        return OUT_OF_SIGHT
    taken_over = run.kind == BulkRun.Kind.ASSIGN and claim is not None and claim.user_id != run.assignee_id
    return CHANGED if lead.version != item.version_after or taken_over else ""


def _give_up(run: BulkRun, now: datetime) -> None:
    """The person lost the right meanwhile: nothing more is done in that name."""
    undoing = run.state == BulkRun.State.UNDOING
    rows = BulkItem.objects.filter(run=run, state=State.DONE if undoing else State.WAITING)
    rows.update(state=State.KEPT if undoing else State.FAILED, note=NO_LONGER_ALLOWED)
    _close_run(run, now)


def _finish(run: BulkRun, now: datetime) -> None:
    """End a run of which no row waits any more; rows that went out of the person's sight are named to nobody."""
    locked = BulkRun.objects.select_for_update(of=("self",)).select_related("ordered_by").get(pk=run.pk)
    if locked.state != run.state or locked.state not in (BulkRun.State.RUNNING, BulkRun.State.UNDOING):
        return
    wanted = State.WAITING if locked.state == BulkRun.State.RUNNING else State.DONE
    rest = BulkItem.objects.filter(run=run, state=wanted)
    free = list(rest.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
    after = State.FAILED if wanted == State.WAITING else State.KEPT
    BulkItem.objects.filter(pk__in=free).update(state=after, note=OUT_OF_SIGHT)
    if not rest.exists():
        _close_run(locked, now)


def _close_run(run: BulkRun, now: datetime) -> None:
    undone = run.state == BulkRun.State.UNDOING
    run.state, run.finished_at = (BulkRun.State.UNDONE if undone else BulkRun.State.DONE), now
    if not undone and run.kind == BulkRun.Kind.CLOSE:
        run.sampled += _draw(run, now)
    run.save(update_fields=["state", "finished_at", "sampled"])
    changed = BulkItem.objects.filter(run=run, state=State.UNDONE if undone else State.DONE).count()
    news = News(user_id=run.ordered_by_id, kind=Notice.Kind.BULK, run_id=run.pk, count=changed, because="Taken back." if undone else "")
    tell([news], now=now)
    record(Act.BULK, object_kind="bulk run", object_uuid=run.uuid, fields=["finished", run.kind], occurred_at=now)


def _draw(run: BulkRun, now: datetime) -> int:
    """A share of the closings, at least one, drawn by the run's random id and nobody's choice, goes to a second person."""
    done = list(BulkItem.objects.filter(run=run, state=State.DONE).values_list("lead_id", flat=True))
    share = -(-len(done) * settings.QUALITY_SAMPLE_PERMILLE // 1_000)
    wanted = (max(1, share) if done else 0) - run.sampled
    return sample_closings(actor=service_actor(ME), lead_ids=done, salt=str(run.uuid), count=wanted, decided_by=run.ordered_by, now=now)
