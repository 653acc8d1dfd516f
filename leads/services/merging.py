"""What happens to leads when subjects merge or split: one person keeps one open lead, and nothing is lost."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone

from access.models import User
from access.selectors import service_actor
from leads.models import Correction, Finding, Lead, SystemCheck
from leads.services.deciding import end_work
from leads.services.transition import LeadMove, move_leads
from leads.states import CLOSED_STATES, CloseReason
from subjects.models import Subject


def follow_subject(from_subject_id: int, to_subject_id: int) -> None:
    """Move leads, findings, corrections and checks of one subject to another, in the merging transaction.

    Where both have an open lead the older one takes the findings and the other closes as joined to it. Both subjects
    are judged again: the caller touches them.
    """
    actor = service_actor("leads")
    mine = _open_lead(from_subject_id)
    theirs = _open_lead(to_subject_id)
    if mine is not None and theirs is not None:
        older, younger = sorted((mine, theirs), key=lambda lead: (lead.record_created_on, lead.pk))
        _join(actor, younger, older)
    Lead.objects.filter(subject_id=from_subject_id).update(subject_id=to_subject_id, version=F("version") + 1)
    Finding.objects.filter(subject_id=from_subject_id).update(subject_id=to_subject_id)
    Correction.objects.filter(subject_id=from_subject_id).update(subject_id=to_subject_id)
    SystemCheck.objects.filter(subject_id=from_subject_id).update(subject_id=to_subject_id)
    Subject.objects.filter(pk__in=(from_subject_id, to_subject_id)).update(evaluated_at=None)


def _open_lead(subject_id: int) -> Lead | None:
    return Lead.objects.filter(subject_id=subject_id).exclude(state__in=CLOSED_STATES).select_for_update().first()


def _join(actor: User, younger: Lead, older: Lead) -> None:
    now = timezone.now()
    Finding.objects.filter(lead=younger).update(lead=older, access_class_id=older.access_class_id)
    reason = f"Joined to {older.number}: the same person."
    move = LeadMove(lead=younger, action="auto_close", close_reason=CloseReason.JOINED.value, reason=reason)
    move_leads(actor=actor, moves=[move], now=now)
    end_work(younger, now)
