"""Reading organizations and the people who run them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.policy import require
from foundation.errors import NotFound
from organizations.models import Official, Organization

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list in its order; the ids lead on and back, None where the list ends."""

    rows: tuple[Organization, ...]
    next_after: uuid.UUID | None = None
    previous_before: uuid.UUID | None = None


def organizations_for(
    user: User, *, kind: str = "", state: str = "", after: uuid.UUID | None = None, before: uuid.UUID | None = None, size: int = PAGE_ROWS
) -> Page:
    """A page of the list by name: the rows after (or before) one organization, of a kind and a State when given."""
    require(user, Permission.VIEW_ORGANIZATION)
    found = Organization.objects.order_by("name", "id")
    if kind in Organization.Kind.values:
        found = found.filter(kind=kind)
    if state:
        found = found.filter(state=state)
    place = before or after
    border = Organization.objects.filter(uuid=place).values_list("name", "id").first() if place else None
    if border and before:
        rows = list(_on_one_side(found, border, forward=False).order_by("-name", "-id")[: size + 1])
        more = len(rows) > size
        rows = rows[:size][::-1]
        return Page(tuple(rows), rows[-1].uuid if rows else None, rows[0].uuid if rows and more else None)
    if border:
        found = _on_one_side(found, border, forward=True)
    rows = list(found[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return Page(tuple(rows), rows[-1].uuid if more else None, rows[0].uuid if rows and border else None)


def _on_one_side(found: QuerySet[Organization], border: tuple[str, int], *, forward: bool) -> QuerySet[Organization]:
    name, key = border
    if forward:
        return found.filter(Q(name__gt=name) | Q(name=name, id__gt=key))
    return found.filter(Q(name__lt=name) | Q(name=name, id__lt=key))


def named_like(user: User, text: str) -> Page:
    """The organizations whose name or code holds every typed word, at most a page of them."""
    require(user, Permission.VIEW_ORGANIZATION)
    return Page(tuple(_holding(text).order_by("name", "id")[:PAGE_ROWS]))


def ids_named_like(text: str) -> list[int]:
    """As `named_like`, for a search of the people there: ids, under the sight of the current context."""
    return list(_holding(text).order_by("id").values_list("pk", flat=True)[:PAGE_ROWS])


def _holding(text: str) -> QuerySet[Organization]:
    found = Organization.objects.all()
    for word in text.split()[:6]:
        found = found.filter(Q(name__icontains=word) | Q(code__iexact=word))
    return found


def organization_for(user: User, organization_uuid: uuid.UUID) -> Organization:
    """One organization; raises `NotFound` when missing or not for this user."""
    require(user, Permission.VIEW_ORGANIZATION)
    found = Organization.objects.select_related("source_row__extract").filter(uuid=organization_uuid).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class OtherPlace:
    """Another organization that seems to have the same official, and what says so."""

    organization: Organization
    role: str
    because: str


def other_places_of(user: User, officials: Sequence[Official]) -> dict[int, list[OtherPlace]]:
    """Where else each official is named, by the official's id: by the same SEVIS number, or by name and date of birth.

    Officials are never resolved by machine: the page says what agrees, and a person judges. One query. Raises `Forbidden`.
    """
    require(user, Permission.VIEW_ORGANIZATION)
    alike = Q()
    for each in officials:
        if each.sevis_official_id:
            alike |= Q(sevis_official_id=each.sevis_official_id)
        if each.date_of_birth:
            alike |= Q(family_name__iexact=each.family_name, given_name__iexact=each.given_name, date_of_birth=each.date_of_birth)
    if not alike:
        return {}
    here = {each.organization_id for each in officials}
    others = Official.objects.filter(alike, superseded_at=None).exclude(organization_id__in=here).select_related("organization")
    rows = list(others.order_by("organization__name", "pk"))
    found: dict[int, list[OtherPlace]] = {}
    for each in officials:
        for other in rows:
            because = _same_official(each, other)
            if because:
                found.setdefault(each.pk, []).append(OtherPlace(other.organization, str(other.get_role_display()), because))
    return found


def _same_official(one: Official, other: Official) -> str:
    if one.sevis_official_id and one.sevis_official_id == other.sevis_official_id:
        return "same SEVIS number"
    names = [(each.family_name.casefold(), each.given_name.casefold(), each.date_of_birth) for each in (one, other)]
    return "same name and date of birth" if one.date_of_birth and names[0] == names[1] else ""


def official_for(user: User, organization_uuid: uuid.UUID, official_uuid: uuid.UUID) -> Official:
    """One official whom the standing description of an organization names; raises `NotFound` when missing or not for this user."""
    organization = organization_for(user, organization_uuid)
    found = (
        Official.objects.filter(organization=organization, uuid=official_uuid, superseded_at=None).select_related("organization").first()
    )
    if found is None:
        raise NotFound
    return found


def officials_of(organization: Organization) -> list[Official]:
    """The officials whom the description that stands names, the principal ones first."""
    order = {role: place for place, role in enumerate(Official.Role.values)}
    return sorted(organization.officials.filter(superseded_at=None), key=lambda entry: (order[entry.role], entry.family_name, entry.pk))
