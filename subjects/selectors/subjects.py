"""Reading one person."""

from __future__ import annotations

import uuid

from access.models import User
from access.permissions import Permission
from access.policy import require
from foundation.errors import NotFound
from subjects.models import Associate, IdentifierFact, Subject, SubjectRedirect

MOST_REDIRECTS = 10


def subject_for(user: User, subject_uuid: uuid.UUID) -> Subject:
    """The subject with this id, or the one that it was merged into; raises `NotFound` when missing or not for this user."""
    require(user, Permission.VIEW_SUBJECT)
    subject = Subject.objects.filter(uuid=subject_uuid).first()
    for _ in range(MOST_REDIRECTS):
        if subject is None:
            raise NotFound
        onward = SubjectRedirect.objects.filter(from_subject=subject, closed_at=None).select_related("to_subject").first()
        if onward is None:
            return subject
        subject = onward.to_subject
    raise NotFound


def identifier_for(user: User, identifier_uuid: uuid.UUID) -> IdentifierFact:
    """One identifier of a person whom the user may see; raises `NotFound`."""
    require(user, Permission.VIEW_SUBJECT)
    found = IdentifierFact.objects.select_related("subject").filter(uuid=identifier_uuid, retracted_at=None).first()
    if found is None:
        raise NotFound
    return found


def associates_of(subject: Subject) -> list[Associate]:
    """The standing associates, relations in the order of closeness, then by name."""
    order = ("spouse", "child", "parent", "sibling", "principal", "dependent", "sponsor", "employer", "other")
    found = Associate.objects.filter(subject=subject, retracted_at=None).select_related("organization", "linked_subject", "entered_by")
    return sorted(found, key=lambda entry: (order.index(entry.relation), entry.family_name, entry.organization_name, entry.pk))


def associate_for(user: User, associate_uuid: uuid.UUID) -> Associate:
    """One standing associate of a person whom the user may see; raises `NotFound`."""
    require(user, Permission.VIEW_SUBJECT)
    standing = Associate.objects.select_related("subject", "organization", "linked_subject", "entered_by")
    found = standing.filter(uuid=associate_uuid, retracted_at=None).first()
    if found is None:
        raise NotFound
    return found
