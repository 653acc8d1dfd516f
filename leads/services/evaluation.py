"""Judging subjects in batches: each batch is one transaction, deterministic, and changes nothing when run again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import islice

from django.conf import settings
from django.db.models import F, Max, Q, QuerySet

from access.context import acting_as
from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from ingest.models import Extract
from ingest.states import ExtractState
from leads.judging import judge
from leads.planning import Plan, plan
from leads.selectors.book import book_now
from leads.services.evaluation_state import lock_batch
from leads.services.evaluation_store import Written, mark_evaluated, write_plans
from leads.services.rejudging import mark_for_judgement
from leads.services.under_judgement import begin_batch, begin_left, end, hold
from leads.snapshots import snapshots, sources_now
from subjects.models import Subject


def evaluate_subjects(*, actor: User, subject_ids: Sequence[int], now: datetime) -> Written:
    """Judge the subjects on what is known and bring findings, leads and referrals up to date.

    One transaction for each `EVALUATION_BATCH_SUBJECTS` subjects, with one event that names the leads it changed.
    `now` (aware) only stamps the rows: verdicts depend on the sources' own dates. Raises `Forbidden`.
    """
    require(actor, Permission.SERVICE)
    total = Written()
    remaining = iter(dict.fromkeys(subject_ids))
    while batch := list(islice(remaining, settings.EVALUATION_BATCH_SUBJECTS)):
        with acting_as(actor):
            total.add(_evaluate_batch(actor, batch, sources_now(), now))
            end(batch)
    return total


def evaluate_touched(*, actor: User, now: datetime) -> Written:
    """Judge every subject of whom a fact changed since the last time, and everybody when the book has changed.

    Several workers share the work without meeting.
    """
    require(actor, Permission.SERVICE)
    mark_for_judgement(actor=actor, now=now)
    touched = Subject.objects.filter(Q(evaluated_at=None) | Q(touched_at__gt=F("evaluated_at")))
    return _drain(actor, touched, now)


def sweep_due(*, actor: User, now: datetime) -> Written:
    """Judge the subjects whose day has come: a stay can end with no new row. The day is that of the newest extract."""
    require(actor, Permission.SERVICE)
    with acting_as(actor):
        as_of = max(sources_now().values(), default=None)
        applied_at = Extract.objects.filter(state=ExtractState.APPLIED).aggregate(newest=Max("applied_at"))["newest"]
    if as_of is None:
        return Written()
    # a rule may wait for a slower source than the newest one: it is asked again when any extract has come since
    unasked = Q(evaluated_as_of=None) | Q(evaluated_as_of__lt=as_of)
    if applied_at is not None:
        unasked |= Q(evaluated_at__lt=applied_at)
    return _drain(actor, Subject.objects.filter(unasked, next_change_on__lte=as_of), now)


def _drain(actor: User, waiting: QuerySet[Subject], now: datetime) -> Written:
    """First those whose judgement broke off, each alone; then batches by id until none is left: every subject once, whatever the
    evaluation leaves behind."""
    total = Written()
    while (left := begin_left(actor=actor, now=now)) is not None:
        total.add(_judge_begun(actor, [left], now, alone=True))
    batch, last = begin_batch(waiting, actor=actor, after=0, now=now)
    while last:
        total.add(_judge_begun(actor, batch, now, alone=False))
        batch, last = begin_batch(waiting, actor=actor, after=last, now=now)
    return total


def _judge_begun(actor: User, subject_ids: Sequence[int], now: datetime, *, alone: bool) -> Written:
    with acting_as(actor):
        held = hold(subject_ids, alone=alone)
        if not held:
            return Written()
        written = _evaluate_batch(actor, held, sources_now(), now)
        end(held)
        return written


def _evaluate_batch(actor: User, subject_ids: Sequence[int], sources: Mapping[str, date], now: datetime) -> Written:
    state = lock_batch(subject_ids, actor=actor, now=now)
    found = snapshots(state.subjects, sources)
    book = book_now()
    plans: dict[int, Plan] = {
        pk: plan(judge(snapshot, book=book, led=state.known[pk].led), state.known[pk]) for pk, snapshot in found.items()
    }
    written = write_plans(actor=actor, state=state, plans=plans, now=now)
    mark_evaluated(plans, state.subjects, max(sources.values(), default=None), now)
    record(
        Act.SUBJECTS_EVALUATED,
        object_kind="lead",
        results=sorted(written.leads),
        payload={
            "subjects": len(state.subjects),
            "opened": written.opened,
            "closed": written.closed,
            "reopened": written.reopened,
            "held": written.held,
            "told": written.told,
            "findings": written.findings,
            "sources": {source: as_of.isoformat() for source, as_of in sorted(sources.items())},
        },
        occurred_at=now,
    )
    return written
