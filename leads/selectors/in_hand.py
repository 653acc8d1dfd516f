"""What a person has in hand: a lead they have claimed, a referral to the office where they work. It says why they read (design 7)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.permissions import Permission
from access.policy import can, require
from access.selectors import works_at
from foundation.errors import Forbidden
from leads.models import Claim, Lead, LeadGrant, Referral
from leads.states import LeadState

if TYPE_CHECKING:
    from access.models import User
    from subjects.models import Subject


def errand_about_subject(user: User, subject: Subject, now: datetime) -> tuple[str, UUID] | None:
    """The lead about the person that the user has claimed, as a purpose; None without one."""
    claim = _claims(user, now).filter(lead__subject_id=subject.pk).select_related("lead").first()
    return ("lead", claim.lead.uuid) if claim else None


def reader_marks(user: User, now: datetime) -> dict[str, Exists]:
    """Annotations of a query of leads: whether the reader has claimed it, whether it is open to the reader by break-glass."""
    glass = LeadGrant.objects.filter(user=user, content_object=OuterRef("pk"), kind="break_glass", until__gt=now)
    return {"claimed_by_reader": Exists(_claims(user, now).filter(lead=OuterRef("pk"))), "open_by_glass": Exists(glass)}


def purpose_of_lead(lead: Lead) -> tuple[str, UUID] | None:
    """Why the reader reads a lead that carries `reader_marks`: it is claimed, or open by break-glass (no errand: it reveals nothing)."""
    if lead.claimed_by_reader:  # type: ignore[attr-defined]  # annotated by the selector
        return "lead", lead.uuid
    return ("break_glass", lead.uuid) if lead.open_by_glass else None  # type: ignore[attr-defined]  # annotated by the selector


def errand_about_referral(user: User, referral: Referral, now: datetime) -> tuple[str, UUID] | None:
    """The same for a referral: the referral itself to its own office, at headquarters the claimed lead behind it."""
    if is_of_the_office(user, referral):
        return "referral", referral.uuid
    return ("lead", referral.lead_uuid) if _claims(user, now).filter(lead_id=referral.lead_id).exists() else None


def is_of_the_office(user: User, referral: Referral) -> bool:
    """Whether the user is one of the people whom the referral was sent to."""
    return bool(can(user, Permission.ANSWER_REFERRAL)) and works_at(user, referral.office_id)


def require_office(user: User, permission: Permission, referral: Referral) -> None:
    """Raise `Forbidden` unless the user holds the permission and works at the office that has the referral."""
    require(user, permission)
    if not works_at(user, referral.office_id):
        message = f"The referral is with {referral.office.name}; you do not work there."
        raise Forbidden(message)


def _claims(user: User, now: datetime) -> QuerySet[Claim]:
    return Claim.objects.filter(Q(until__gt=now) | Q(lead__state=LeadState.IN_REVIEW), user=user, released_at=None)
