"""Deconfliction: which other offices have to do with the same person, or with somebody tied to that person by judgement.

Headquarters reads which and since when. An office reads one sentence: that there is another, and whom to call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from access.context import through_service
from access.models import Office
from access.selectors import service_actor
from leads.models import Lead, Referral
from leads.states import ReferralState
from subjects.models import Associate

REMEMBERED = timedelta(days=180)  # how long an office that has reported an outcome counts as interested [own]
HEADQUARTERS = "HQ-CTCEU"


@dataclass(frozen=True, slots=True)
class Interest:
    """One office's part: what it has, of whom, since when."""

    office: str
    words: str
    since: date


def interests_of(lead: Lead, *, apart_from: int | None, now: datetime, within: Sequence[int] | None = None) -> tuple[Interest, ...]:
    """What offices other than `apart_from` have of the lead's person or of people tied to that person, the newest first.

    For readers of headquarters: row-level security shows an office nothing of the others. `within`: only referrals that carry
    none but these compartments, for a reader whose question goes through a service.
    """
    if lead.subject_id is None:
        return ()
    tied = Associate.objects.filter(retracted_at=None, linked_subject__isnull=False)
    people = {
        *tied.filter(subject_id=lead.subject_id).values_list("linked_subject_id", flat=True),
        *tied.filter(linked_subject_id=lead.subject_id).values_list("subject_id", flat=True),
    }
    held = Q(state__in=(ReferralState.SENT, ReferralState.ACCEPTED)) | Q(state=ReferralState.REPORTED, answered_at__gt=now - REMEMBERED)
    rows = Referral.objects.filter(held, lead__subject_id__in=[lead.subject_id, *people])
    if apart_from is not None:
        rows = rows.exclude(office_id=apart_from)
    if within is not None:
        rows = rows.filter(access_class__compartments__contained_by=list(within))
    found = rows.select_related("office", "lead").order_by("-sent_at", "-pk")
    return tuple(Interest(each.office.name, _words(each, lead), each.sent_at.date()) for each in found)


def _words(referral: Referral, lead: Lead) -> str:
    what = "has reported an outcome on" if referral.state == ReferralState.REPORTED else "holds a referral of"
    return f"{what} {'this person' if referral.lead.subject_id == lead.subject_id else 'somebody tied to this person'}"


def words_for_office(referral: Referral, now: datetime) -> str:
    """The sentence for the office that reads `referral`; empty when no other office has an interest. It has no content."""
    with through_service(service_actor("leads")):
        lead = Lead.objects.get(pk=referral.lead_id)
        others = interests_of(lead, apart_from=referral.office_id, now=now, within=referral.access_class.compartments)
    if not others:
        return ""
    phone = Office.objects.filter(code=HEADQUARTERS).values_list("phone", flat=True).first()
    number = f"headquarters, {phone}," if phone else "headquarters"
    return f"Another office has an interest: call {number} before you act."
