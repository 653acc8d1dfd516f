"""Writing what an evaluation changes: a fixed number of statements a batch, whatever the number of subjects."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import F

from access.models import User
from foundation.registries import births
from leads.bulk import Column, array_of, insert_rows
from leads.judging import Judged, why_words
from leads.models import Claim, Finding, Lead, Notice, Referral
from leads.numbers import new_number
from leads.planning import HOLDING, OUT_OF_DATE, WITHDRAWN, Plan, Row, closing_code
from leads.routing.route import route
from leads.rules.base import Outcome
from leads.services.clocks import recompute_clocks
from leads.services.evaluation_state import BatchState
from leads.services.notices import last_to, tell_each, working_on
from leads.services.returning import give_back, holders_of
from leads.services.transition import LeadMove, move_leads
from leads.staleness import no_longer_holds
from leads.states import LeadState, ReferralState
from subjects.models import Subject

OPEN_REFERRALS = (ReferralState.SENT, ReferralState.ACCEPTED)
GONE = "The source's record is no longer there."

_REFRESH = """
UPDATE leads_lead AS lead
SET why = coalesce(nullif(new.why, ''), lead.why), rule_id = coalesce(nullif(new.rule_id, ''), lead.rule_id),
    rules = new.rules::varchar[],
    over_since = coalesce(new.over_since, lead.over_since), presence = new.presence, risk = new.risk, risk_points = new.risk_points,
    blocking_signs = new.blocking_signs, routable = new.routable, as_of = new.as_of, evaluation_digest = new.digest,
    version = lead.version + CASE WHEN lead.evaluation_digest = new.digest THEN 0 ELSE 1 END
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::date[], %s::text[], %s::text[], %s::int[], %s::int[], %s::bool[],
        %s::date[], %s::text[])
    AS new (id, why, rule_id, rules, over_since, presence, risk, risk_points, blocking_signs, routable, as_of, digest)
WHERE lead.id = new.id
  AND (lead.evaluation_digest, lead.presence, lead.risk, lead.risk_points, lead.blocking_signs, lead.routable, lead.as_of)
      IS DISTINCT FROM (new.digest, new.presence, new.risk, new.risk_points, new.blocking_signs, new.routable, new.as_of)
RETURNING lead.id
"""
_SUBJECTS = """
UPDATE subjects_subject AS subject
SET evaluated_at = greatest(%s, subject.touched_at), evaluated_as_of = %s, next_change_on = new.next_change_on
FROM unnest(%s::bigint[], %s::date[]) AS new (id, next_change_on)
WHERE subject.id = new.id
"""
_LEAD = tuple(
    Column(name, kind)
    for name, kind in (
        ("uuid", "uuid"),
        ("number", "text"),
        ("class_id", "bigint"),
        ("subject_id", "bigint"),
        ("state", "text"),
        ("state_since", "timestamptz"),
        ("close_reason", "text"),
        ("why", "text"),
        ("rule_id", "text"),
        ("rules", "text[]"),
        ("over_since", "date"),
        ("presence", "text"),
        ("risk", "text"),
        ("risk_points", "int"),
        ("blocking_signs", "int"),
        ("routable", "bool"),
        ("as_of", "date"),
        ("evaluation_digest", "text"),
        ("record_created_on", "date"),
        ("legacy_number", "text"),
        ("version", "int"),
    )
)
_LEAD_FIELDS = tuple("access_class_id" if column.name == "class_id" else column.name for column in _LEAD)
_FINDING = tuple(
    Column(name, kind)
    for name, kind in (
        ("uuid", "uuid"),
        ("class_id", "bigint"),
        ("lead_id", "bigint"),
        ("subject_id", "bigint"),
        ("rule_id", "text"),
        ("rule_version", "text"),
        ("matter_key", "text"),
        ("violation", "text"),
        ("holds", "bool"),
        ("outcome", "text"),
        ("closing", "text"),
        ("holds_from", "date"),
        ("sentence", "text"),
        ("evidence", "uuid[]"),
        ("evidence_digest", "text"),
        ("as_of", "date"),
        ("next_change_on", "date"),
    )
)


@dataclass(slots=True)
class Written:
    """What one batch changed. `leads` are the opaque ids of every lead that was made, moved or refreshed."""

    opened: int = 0
    closed: int = 0
    reopened: int = 0
    held: int = 0
    unheld: int = 0
    refreshed: int = 0
    told: int = 0
    findings: int = 0
    leads: set[uuid.UUID] = field(default_factory=set)

    def add(self, other: Written) -> None:
        """Add the figures of another batch; lead ids stay with their own batch's event."""
        for name in ("opened", "closed", "reopened", "held", "unheld", "refreshed", "told", "findings"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def changes(self) -> int:
        """How much is different now; zero when nothing new was known."""
        return self.opened + self.closed + self.reopened + self.held + self.unheld + self.refreshed + self.told + self.findings


def write_plans(*, actor: User, state: BatchState, plans: dict[int, Plan], now: datetime) -> Written:
    """Write the plans of a batch: leads, findings, moves, the queue's columns, what offices are told."""
    written = Written()
    _open_leads(actor, state, plans, now, written)
    _write_findings(state, plans, written)
    _join_findings(state, plans)
    _move(actor, state, plans, now, written)
    _tell_offices(state, plans, now, written)
    _refresh(state, plans, written)
    return written


def mark_evaluated(plans: dict[int, Plan], subjects: Sequence[Subject], as_of: date | None, now: datetime) -> None:
    """Note on each subject that it was judged, as of when, and on which day time alone may change the answer."""
    ids = [subject.pk for subject in subjects]
    days = [plans[pk].judged.next_change_on for pk in ids]
    with connection.cursor() as cursor:
        cursor.execute(_SUBJECTS, [now, as_of, ids, days])


def make_leads(*, actor: User, subjects: Sequence[Subject], now: datetime, values: Sequence[dict[str, Any]]) -> list[Lead]:
    """Make one lead for each subject, with retention dates and holds (births), and put it in the queue."""
    made = [
        Lead(
            uuid=uuid.uuid4(),
            number=number,
            access_class_id=subject.access_class_id,
            subject=subject,
            state=LeadState.NEW,
            state_since=now,
            record_created_on=now.date(),
            **columns,
        )
        for subject, columns, number in zip(subjects, values, _numbers(len(subjects)), strict=True)
    ]
    ids = insert_rows("leads_lead", _LEAD, [[getattr(lead, name) for name in _LEAD_FIELDS] for lead in made])
    for lead, pk in zip(made, ids, strict=True):
        lead.pk = pk
    for birth in births:
        birth.born("lead", ids, now)
    move_leads(actor=actor, moves=[LeadMove(lead=lead, action="queue") for lead in made], now=now)
    for lead in made:
        lead.state, lead.version = LeadState.QUEUED, lead.version + 1
    return made


def _numbers(count: int) -> list[str]:
    """Numbers that no lead has yet: also none that the reader may not see, for the constraint counts them all."""
    drawn: set[str] = set()
    while len(drawn) < count:
        drawn.add(new_number())
    taken = set(Lead.objects.filter(number__in=drawn).values_list("number", flat=True))
    return _numbers(count) if taken else list(drawn)


def queue_columns(judged: Judged) -> dict[str, Any]:
    """What the queue shows of a judgement, by column."""
    leading = judged.leading
    return {
        "why": why_words(judged),
        "rule_id": leading.rule_id if leading else "",
        "rules": array_of({each.rule_id for each in judged.evaluation.verdicts if each.outcome in HOLDING}),
        "over_since": leading.holds_from if leading else None,
        "presence": judged.presence.band,
        "risk": judged.risk.band,
        "risk_points": judged.risk.points,
        "blocking_signs": len(judged.blocking),
        "routable": route(judged.snapshot.addresses, max(judged.snapshot.sources.values(), default=date.min)).routable,
        "as_of": judged.evaluation.as_of,
        "evaluation_digest": judged.digest,
    }


def _open_leads(actor: User, state: BatchState, plans: dict[int, Plan], now: datetime, written: Written) -> None:
    subjects = [subject for subject in state.subjects if plans[subject.pk].opens]
    if not subjects:
        return
    made = make_leads(actor=actor, subjects=subjects, now=now, values=[queue_columns(plans[each.pk].judged) for each in subjects])
    for subject, lead in zip(subjects, made, strict=True):
        plans[subject.pk].lead_id = lead.pk
        state.leads[lead.pk] = lead
        written.leads.add(lead.uuid)
    written.opened = len(made)


def _write_findings(state: BatchState, plans: dict[int, Plan], written: Written) -> None:
    rows = []
    for subject in state.subjects:
        plan = plans[subject.pk]
        before = state.known[subject.pk].findings
        for row in plan.rows:
            old = before.get((row.rule_id, row.matter_key))
            alleged = row.verdict is not None and row.verdict.outcome in HOLDING
            lead_id = plan.lead_id if alleged and plan.lead_id else (old.lead_id if old else None)
            lead = state.leads.get(lead_id) if lead_id else None
            class_id = lead.access_class_id if lead else subject.access_class_id
            rows.append(_finding(row, plan, subject.pk, class_id, lead_id))
    insert_rows("leads_finding", _FINDING, rows)
    written.findings = len(rows)


def _finding(row: Row, plan: Plan, subject_id: int, class_id: int, lead_id: int | None) -> tuple[Any, ...]:
    """The values of one row, in the order of `_FINDING`."""
    verdict = row.verdict
    claim = verdict.claim if verdict else None
    evidence = set(claim.evidence if claim else ())
    sentence = verdict.sentence if verdict else GONE
    if verdict is not None and verdict.outcome is Outcome.REBUTTED:
        evidence |= set(verdict.closing[0].fact_ids)
        sentence = verdict.closing[0].sentence
    as_of = verdict.as_of if verdict else (plan.judged.evaluation.as_of or max(plan.judged.snapshot.sources.values(), default=date.min))
    return (
        uuid.uuid4(),
        class_id,
        lead_id,
        subject_id,
        row.rule_id,
        str(verdict.rule_version) if verdict else "",
        row.matter_key,
        claim.violation.value if claim else "",
        bool(verdict and verdict.outcome in HOLDING),
        verdict.outcome.value if verdict else Finding.Outcome.CLEAR.value,
        closing_code(verdict) if verdict else "",
        claim.holds_from if claim else None,
        sentence[:500],
        f"{{{','.join(sorted(evidence))}}}",
        claim.evidence_digest if claim else "",
        as_of,
        verdict.next_change_on if verdict else None,
    )


def _join_findings(state: BatchState, plans: dict[int, Plan]) -> None:
    """Findings that had no lead and still allege something join the lead that is open now."""
    joined: dict[int, list[int]] = {}
    for pk, plan in plans.items():
        if plan.lead_id is None:
            continue
        alleged = {(each.rule_id, each.matter_key) for each in plan.judged.evaluation.verdicts if each.outcome in HOLDING}
        rewritten = {(row.rule_id, row.matter_key) for row in plan.rows}
        loose = [old.pk for matter, old in state.known[pk].findings.items() if old.lead_id is None and matter in alleged - rewritten]
        if loose:
            joined[plan.lead_id] = loose
    for lead_id, ids in joined.items():
        Finding.objects.filter(pk__in=ids).update(lead_id=lead_id, access_class_id=state.leads[lead_id].access_class_id)


def _move(actor: User, state: BatchState, plans: dict[int, Plan], now: datetime, written: Written) -> None:
    moves = [
        LeadMove(lead=state.leads[plan.lead_id], action=plan.action, reason=plan.reason, close_reason=plan.close_reason)
        for plan in plans.values()
        if plan.action and plan.lead_id
    ]
    _tell_people(moves, now)
    holders = holders_of(woken, now) if (woken := [move.lead for move in moves if move.action == "unhold"]) else {}
    move_leads(actor=actor, moves=moves, now=now)
    give_back(actor=actor, holders=holders, now=now)
    counted = {"auto_close": "closed", "reopen": "reopened", "hold": "held", "unhold": "unheld"}
    for move in moves:
        setattr(written, counted[move.action], getattr(written, counted[move.action]) + 1)
        written.leads.add(move.lead.uuid)
    closed = [move.lead.pk for move in moves if move.action == "auto_close"]
    if closed:
        Claim.objects.filter(lead_id__in=closed, released_at=None).update(released_at=now)


def _tell_people(moves: Sequence[LeadMove], now: datetime) -> None:
    """Whoever works on a lead that closes by itself, and whoever closed one that opens again; before the claims end."""
    closed = [move.lead.pk for move in moves if move.action == "auto_close"]
    reopened = [move.lead.pk for move in moves if move.action == "reopen"]
    tell_each(working_on(closed), Notice.Kind.CLOSED, now=now, because="Evidence closed it: the lead says which.")
    tell_each(last_to("close", reopened), Notice.Kind.REOPENED, now=now, because="New evidence contradicts the closing.")


def _tell_offices(state: BatchState, plans: dict[int, Plan], now: datetime, written: Written) -> None:
    """Content-free: an office learns that its packet is out of date, or that it must not act, and nothing else."""
    for words in sorted({plan.tell for plan in plans.values() if plan.tell}):
        leads = [plan.lead_id for plan in plans.values() if plan.tell == words and plan.lead_id]
        changes = no_longer_holds(now, words)
        if words == WITHDRAWN:
            changes |= {"state": ReferralState.RECALLED, "answered_at": now}
        open_ones = Referral.objects.filter(lead_id__in=leads, state__in=OPEN_REFERRALS)
        if words == OUT_OF_DATE:  # an office that has not yet read so is told once
            open_ones = open_ones.exclude(out_of_date_since__isnull=False, acknowledged_at=None)
        tell_each(set(open_ones.values_list("lead_id", "sent_by_id")), Notice.Kind.OUT_OF_DATE, now=now, because=words)
        told = open_ones.update(version=F("version") + 1, **changes)
        written.told += told
        written.leads.update(state.leads[pk].uuid for pk in leads)


def _refresh(state: BatchState, plans: dict[int, Plan], written: Written) -> None:
    columns: list[list[Any]] = [[] for _ in range(12)]
    for plan in plans.values():
        if plan.lead_id is None or plan.opens or not plan.refresh:
            continue
        values = queue_columns(plan.judged)
        for column, value in zip(columns, (plan.lead_id, *values.values()), strict=True):
            column.append(value)
    if not columns[0]:
        return
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, columns)
        changed = [row[0] for row in cursor.fetchall()]
    recompute_clocks(changed)
    written.refreshed = len(changed)
    written.leads.update(state.leads[pk].uuid for pk in changed)
