"""What happens to leads when subjects merge or split: one person keeps one open lead, and nothing is lost.

Where a merge finds two open leads the younger one is joined to the older. What that took from it (findings, claim, wait,
referral, state) is remembered with the merge, so that a split lets each person have the own lead again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import F

from access.models import AccessClass, Compartment, User
from access.reference import PROTECTED
from access.selectors import service_actor
from leads.models import Claim, Correction, Finding, Lead, Notice, Referral, SystemCheck, Wait
from leads.services.deciding import end_work
from leads.services.evaluation_store import OPEN_REFERRALS
from leads.services.notices import tell_each, working_on
from leads.services.transition import LeadMove, move_leads
from leads.staleness import no_longer_holds
from leads.states import CLOSED_STATES, JOIN, REFERRED_STATES, CloseReason, LeadState, ReferralState, part_to
from subjects.models import Subject

APART = "Taken for one person with another record, and taken apart again."
STANDS_AGAIN = "Headquarters had withdrawn this referral by mistake; it stands again. Ask “safe to act now?” before you rely on it."


def follow_subject(from_subject_id: int, to_subject_id: int, now: datetime) -> dict[str, Any]:
    """Move leads, findings, corrections and checks of one subject to another, in the merging transaction.

    Where both have an open lead the older one takes the findings and the other closes as joined to it. Both subjects
    are judged again: the caller touches them. Returns what a split needs (`part_subjects`); empty when nothing was joined.
    """
    actor = service_actor("leads")
    mine = _open_lead(from_subject_id)
    theirs = _open_lead(to_subject_id)
    remembered: dict[str, Any] = {}
    if mine is not None and theirs is not None:
        older, younger = sorted((mine, theirs), key=lambda lead: (lead.record_created_on, lead.pk))
        remembered = _remember(younger)
        _join(actor, younger, older, now)
    Lead.objects.filter(subject_id=from_subject_id).update(subject_id=to_subject_id, version=F("version") + 1)
    Finding.objects.filter(subject_id=from_subject_id).update(subject_id=to_subject_id)
    Correction.objects.filter(subject_id=from_subject_id).update(subject_id=to_subject_id)
    SystemCheck.objects.filter(subject_id=from_subject_id).update(subject_id=to_subject_id)
    _judge_again(from_subject_id, to_subject_id)
    return remembered


def part_subjects(from_subject_id: int, to_subject_id: int, remembered: Mapping[str, Any], now: datetime) -> None:
    """Undo a join in the splitting transaction, once leads, findings, corrections and checks have returned to `from_subject_id`.

    The joined lead stands again as it was when the merge closed it, with its findings, claim, wait and referral; what
    people settled meanwhile about the returning matters goes along. It stays closed when its person has another open lead. Where
    the person has become protected meanwhile, a referral stays recalled and the lead goes into the queue.
    """
    lead = _joined(remembered)
    if lead is not None:
        Finding.objects.filter(pk__in=remembered["findings"]).update(lead=lead, access_class_id=lead.access_class_id)
        if lead.subject_id is not None and _open_lead(lead.subject_id) is None:
            _stand_again(service_actor("leads"), lead, remembered, now)
    _settled_meanwhile(from_subject_id, to_subject_id)
    for subject in Subject.objects.filter(pk__in=(from_subject_id, to_subject_id)):
        strangers = Finding.objects.filter(subject=subject, lead__isnull=False).exclude(lead__subject=subject)
        strangers.update(lead=None, access_class_id=subject.access_class_id)  # the next evaluation joins them to the own lead
    _judge_again(from_subject_id, to_subject_id)


def _open_lead(subject_id: int) -> Lead | None:
    return Lead.objects.filter(subject_id=subject_id).exclude(state__in=CLOSED_STATES).select_for_update(no_key=True).first()


def _judge_again(*subject_ids: int) -> None:
    Subject.objects.filter(pk__in=subject_ids).update(evaluated_at=None)


def _remember(lead: Lead) -> dict[str, Any]:
    """What a join takes from a lead, as ids and plain words."""
    referrals = Referral.objects.filter(lead=lead, state__in=OPEN_REFERRALS).values_list("pk", "state")
    return {
        "lead": lead.pk,
        "state": lead.state,
        "hold_until": lead.hold_until.isoformat() if lead.hold_until else None,
        "office": lead.office_id,
        "findings": sorted(Finding.objects.filter(lead=lead).values_list("pk", flat=True)),
        "claims": sorted(Claim.objects.filter(lead=lead, released_at=None).values_list("pk", flat=True)),
        "waits": sorted(Wait.objects.filter(lead=lead, ended_at=None).values_list("pk", flat=True)),
        "referrals": sorted([pk, state] for pk, state in referrals),
    }


def _join(actor: User, younger: Lead, older: Lead, now: datetime) -> None:
    Finding.objects.filter(lead=younger).update(lead=older, access_class_id=older.access_class_id)
    reason = f"Joined to {older.number}: the same person."
    tell_each(working_on([younger.pk]), Notice.Kind.CLOSED, now=now, because=reason)
    move_leads(actor=actor, moves=[LeadMove(lead=younger, action=JOIN, close_reason=CloseReason.JOINED.value, reason=reason)], now=now)
    end_work(younger, now)


def _joined(remembered: Mapping[str, Any]) -> Lead | None:
    """The lead that the merge closed, unless it has left the live tables or somebody has opened it since."""
    if not remembered:
        return None
    joined = Lead.objects.filter(pk=remembered["lead"], state=LeadState.AUTO_CLOSED, close_reason=CloseReason.JOINED)
    return joined.select_for_update(no_key=True).first()


def _stand_again(actor: User, lead: Lead, remembered: Mapping[str, Any], now: datetime) -> None:
    hold_until = date.fromisoformat(remembered["hold_until"]) if remembered["hold_until"] else None
    office = remembered["office"]
    if remembered["state"] in REFERRED_STATES and _is_protected(lead):
        # the office lost sight of the person meanwhile and was told to stop: the desk decides anew
        move_leads(actor=actor, moves=[LeadMove(lead=lead, action=part_to(LeadState.QUEUED), reason=APART)], now=now)
        return
    move = LeadMove(lead=lead, action=part_to(remembered["state"]), reason=APART, hold_until=hold_until, office_id=office)
    move_leads(actor=actor, moves=[move], now=now)
    Claim.objects.filter(pk__in=remembered["claims"]).update(released_at=None)  # a lease that is over ends by itself
    Wait.objects.filter(pk__in=remembered["waits"]).update(ended_at=None)
    for pk, state in remembered["referrals"]:
        Referral.objects.filter(pk=pk, state=ReferralState.RECALLED).update(
            state=state, answered_at=None, version=F("version") + 1, **no_longer_holds(now, STANDS_AGAIN)
        )
    tell_each(working_on([lead.pk]), Notice.Kind.APART, now=now, because="It had been joined to another lead.")


def _is_protected(lead: Lead) -> bool:
    mark = Compartment.objects.get(code=PROTECTED).pk
    return AccessClass.objects.filter(pk=lead.access_class_id, compartments__contains=[mark]).exists()


def _settled_meanwhile(from_subject_id: int, to_subject_id: int) -> None:
    """What people settled while the two were one goes along with the matter that it settles."""
    returned = Finding.objects.filter(subject_id=from_subject_id).values("matter_key")
    Correction.objects.filter(subject_id=to_subject_id, matter_key__in=returned).update(subject_id=from_subject_id)
