"""Judging organizations by their numbers, and opening a lead about one by hand.

At most one open lead an organization. A signal that begins to speak joins the open lead, reopens the newest closed one, or
opens one; the same signal that goes on speaking changes nothing, so what a person closed stays closed.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import connection, transaction

from access.context import acting_as, through_service
from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput
from foundation.registries import births
from leads.models import Finding, Lead
from leads.numbers import new_number
from leads.organizations.signals import (
    DROP_CODES,
    OFFICE_CLOSES,
    OFFICE_OPENS,
    OVER_CAPACITY,
    Share,
    Signal,
    Tally,
    base_rates,
    judge_organization,
    speaking,
)
from leads.organizations.sql import EMPLOYERS, SCHOOLS
from leads.services.transition import LeadMove, move_lead
from leads.snapshots import sources_now
from leads.states import CLOSED_STATES, CloseReason, LeadState
from organizations.models import Organization

BATCH = 200
WHY_LENGTH = 200


def tally_organizations() -> list[Tally]:
    """Count what the signals ask about, for every organization that a standing fact names: two queries in all."""
    with connection.cursor() as cursor:
        cursor.execute(SCHOOLS, {"drops": list(DROP_CODES), "opens": OFFICE_OPENS, "closes": OFFICE_CLOSES})
        found = [_tally_of(*row) for row in cursor.fetchall()]
        cursor.execute(EMPLOYERS)
        employers = cursor.fetchall()
    everybody = sum(workers for _, workers in employers)
    return found + [Tally(pk, "employer", {"org-one-employer": Share(workers, everybody)}) for pk, workers in employers]


def _tally_of(pk: int, kind: str, withdrawn_on: date | None, ended: int, *counts: int | None) -> Tally:
    """One row of `SCHOOLS`."""
    records, students, dropped, training, crowded, housed, odd, issued, enrolled, capacity = (number or 0 for number in counts)
    return Tally(
        organization_id=pk,
        kind=kind,
        shares={
            "org-drop-many": Share(dropped, records),
            "org-drop-none": Share(dropped, records),
            "org-one-address": Share(crowded, housed),
            "org-training": Share(training, students),
            "org-odd-hours": Share(odd, issued),
            OVER_CAPACITY: Share(enrolled, capacity) if capacity else Share(),
        },
        withdrawn_on=withdrawn_on,
        ended_by_withdrawal=ended,
    )


def evaluate_organizations(*, actor: User, now: datetime) -> int:
    """Judge every organization beside the base rates of its kind; returns how many findings were written.

    One transaction for each `BATCH` organizations. Running it again on the same facts writes nothing. Raises `Forbidden`.
    """
    require(actor, Permission.SERVICE)
    with acting_as(actor):
        as_of = max(sources_now().values(), default=None)
        tallies = tally_organizations() if as_of else []
    if as_of is None:
        return 0
    base = base_rates(tallies)
    written = 0
    for start in range(0, len(tallies), BATCH):
        judged = {each.organization_id: judge_organization(each, base, as_of) for each in tallies[start : start + BATCH]}
        with acting_as(actor):
            written += _write(actor, judged, as_of, now)
    return written


def _write(actor: User, judged: dict[int, tuple[Signal, ...]], as_of: date, now: datetime) -> int:
    organizations = list(Organization.objects.filter(pk__in=judged).order_by("pk").select_for_update(no_key=True))
    said = _newest(organizations)
    written, changed = 0, []
    for organization in organizations:
        before = said[organization.pk]
        new = [each for each in judged[organization.pk] if _is_news(each, before.get(each.id))]
        if not new:
            continue
        begun = [each for each in speaking(new) if not _spoke(before.get(each.id))]
        lead = _lead_of(actor, organization, begun, now)
        made = Finding.objects.bulk_create([_finding(organization, lead, each, before.get(each.id), as_of) for each in new])
        newest = list((before | {each.rule_id: each for each in made}).values())
        if lead is not None:
            _name_rules(lead, newest)
        if lead is not None and not begun:
            _close_when_silent(actor, lead, newest, now)
        written += len(new)
        changed.append(lead.uuid if lead else organization.uuid)
    if written:
        payload = {"organizations": len(organizations), "findings": written}
        record(Act.SUBJECTS_EVALUATED, object_kind="organization", results=changed, payload=payload, occurred_at=now)
    return written


def _newest(organizations: Sequence[Organization]) -> dict[int, dict[str, Finding]]:
    """What each signal said last of each of these organizations, by its id; one query."""
    found: dict[int, dict[str, Finding]] = {each.pk: {} for each in organizations}
    rows = Finding.objects.filter(organization__in=organizations).order_by("organization_id", "rule_id", "-pk")
    for each in rows.distinct("organization_id", "rule_id"):
        found[each.organization_id or 0][each.rule_id] = each
    return found


def _name_rules(lead: Lead, newest: Iterable[Finding]) -> None:
    """The lead names every signal that speaks now: the queue and the figures count it under each."""
    Lead.objects.filter(pk=lead.pk).update(rules=sorted(each.rule_id for each in newest if each.holds))


def _close_when_silent(actor: User, lead: Lead, newest: Sequence[Finding], now: datetime) -> None:
    """Close a lead that signals made when none of them speaks any more; one that a person took up, or opened by hand, stays theirs."""
    if not lead.rule_id:  # a signal names the lead that it makes
        return
    if not any(each.lead_id == lead.pk for each in newest) or any(each.holds for each in newest):
        return
    if lead.transitions.select_related("actor").latest("pk").actor.kind != User.Kind.SERVICE:
        return
    reason = f"No signal speaks any more: {max(newest, key=lambda each: each.pk).sentence}"
    move = LeadMove(lead=lead, action="auto_close", close_reason=CloseReason.NO_VIOLATION.value, reason=reason)
    move_lead(actor=actor, move=move, now=now)


def _is_news(signal: Signal, before: Finding | None) -> bool:
    """Whether the answer differs in substance from the newest row; "too few" is no row until something was said before."""
    if before is None:
        return signal.enough
    return (before.rule_version, before.evidence_digest) != (str(signal.version), _digest(signal))


def _spoke(before: Finding | None) -> bool:
    return before is not None and before.holds


def _digest(signal: Signal) -> str:
    return hashlib.sha256(f"{signal.id} {signal.version} {signal.gist}".encode()).hexdigest()


def _finding(organization: Organization, lead: Lead | None, signal: Signal, before: Finding | None, as_of: date) -> Finding:
    joined = lead if signal.speaks else None
    lead_id = joined.pk if joined else (before.lead_id if before else None)
    return Finding(
        organization=organization,
        lead_id=lead_id,
        access_class_id=joined.access_class_id if joined else (before.access_class_id if before else organization.access_class_id),
        rule_id=signal.id,
        rule_version=str(signal.version),
        matter_key=f"organization:{organization.pk}"[:64],
        violation="",
        holds=signal.speaks,
        outcome=Finding.Outcome.REVIEW if signal.speaks else Finding.Outcome.CLEAR,
        sentence=signal.sentence[:500],
        evidence_digest=_digest(signal),
        as_of=as_of,
    )


def _lead_of(actor: User, organization: Organization, begun: Sequence[Signal], now: datetime) -> Lead | None:
    """The open lead, made or reopened when a signal has begun to speak; None when there is none and no cause for one."""
    leads = list(Lead.objects.filter(organization=organization).order_by("-state_since", "-pk").select_for_update(no_key=True))
    lead = next((each for each in leads if each.state not in CLOSED_STATES), None)
    if lead is not None or not begun:
        return lead
    if leads:
        return move_lead(actor=actor, move=LeadMove(lead=leads[0], action="reopen", reason=begun[0].sentence), now=now)
    return _made(actor, organization, begun[0].words, begun[0].id, now)


def _made(service: User, organization: Organization, why: str, rule_id: str, now: datetime) -> Lead:
    """A new lead in the queue, with its retention dates."""
    number = new_number()
    while Lead.objects.filter(number=number).exists():
        number = new_number()
    lead = Lead.objects.create(
        number=number,
        access_class_id=organization.access_class_id,
        organization=organization,
        state=LeadState.NEW,
        state_since=now,
        why=f"{organization.get_kind_display()}: {why}"[:WHY_LENGTH],
        rule_id=rule_id,
        risk=Lead.Band.LOW,
        record_created_on=now.date(),
        uuid=uuid.uuid4(),
    )
    for birth in births:
        birth.born("lead", [lead.pk], now)
    return move_lead(actor=service, move=LeadMove(lead=lead, action="queue"), now=now)


@transaction.atomic
def open_organization_lead(*, actor: User, organization: Organization, reason: str, now: datetime) -> Lead:
    """Open a lead about an organization by hand; signals that speak join it. Raises `Conflict` when one is open.

    `InvalidInput` without a reason, `Forbidden` by role.
    """
    require(actor, Permission.OPEN_LEAD)
    if not reason.strip():
        message = "Say why: a reason is needed."
        raise InvalidInput(message, field="reason")
    service = service_actor("leads")
    with through_service(service):  # retention dates and the first move are the system's to write
        Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        if Lead.objects.filter(organization=organization).exclude(state__in=CLOSED_STATES).exists():
            message = "This organization already has an open lead."
            raise Conflict(message)
        lead = _made(service, organization, "opened by hand", "", now)
        newest = _newest([organization])[organization.pk].values()
        loose = [each.pk for each in newest if each.holds and each.lead_id is None]
        Finding.objects.filter(pk__in=loose).update(lead_id=lead.pk, access_class_id=lead.access_class_id)
        _name_rules(lead, newest)
    record(Act.LEAD_OPENED, object_kind="lead", object_uuid=lead.uuid, payload={"reason": reason.strip()}, scope=lead.uuid, occurred_at=now)
    return lead
