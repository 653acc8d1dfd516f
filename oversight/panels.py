"""Who looked, on the pages of leads and people, for those who may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from access.permissions import Permission
from access.policy import can
from oversight.selectors.disclosures import count_for
from oversight.selectors.events import looks_at

if TYPE_CHECKING:
    from access.models import User
    from leads.models import Lead
    from subjects.models import Subject

NEWEST = 10


def who_looked_at_lead(user: User, lead: Lead) -> dict[str, Any] | None:
    """The newest looks at a lead, and the way to all of them."""
    if not can(user, Permission.WHO_LOOKED):
        return None
    return {"lines": looks_at(user, lead.uuid).lines[:NEWEST], "object_uuid": lead.uuid}


def who_looked_at_subject(user: User, subject: Subject) -> dict[str, Any] | None:
    """Only the way to the looks, with those at leads and packets for whoever reads the record: the subject page is long enough."""
    if not can(user, Permission.WHO_LOOKED):
        return None
    return {"lines": (), "object_uuid": subject.uuid, "whole_person": bool(can(user, Permission.VIEW_AUDIT))}


def compartment_of(user: User, subject: Subject) -> dict[str, Any] | None:
    """The way to move a person into a compartment, or out of one."""
    return {"url": reverse("compartment_move", args=[subject.uuid])} if can(user, Permission.PROTECT_PERSON) else None


def disclosures_of(user: User, subject: Subject) -> dict[str, Any] | None:
    """The way to the accounting of disclosures, with how many there are."""
    if not can(user, Permission.VIEW_DISCLOSURE):
        return None
    return {"url": reverse("disclosure_person", args=[subject.uuid]), "count": count_for(user, subject)}
