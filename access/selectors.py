"""Reading users, offices and classes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from access.models import AccessClass, Clearance, Compartment, Given, Leaver, Membership, Office, RoleGrant, User
from access.permissions import Permission
from access.policy import require
from access.roles import ROLES
from foundation.errors import NotFound

DEALT_WITHIN = {Leaver.Kind.LEAVES: timedelta(hours=8), Leaver.Kind.CHANGES: timedelta(hours=24)}


def has_security_key(user: User) -> bool:
    """Whether the person can prove with a key of hardware who they are."""
    found: bool = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()
    return found


def service_actor(name: str) -> User:
    """The named service actor `name` (`ingest`, `subjects`, `leads`, `retention`, ...); raises `User.DoesNotExist`."""
    return User.objects.get(username=f"svc-{name}", kind=User.Kind.SERVICE)


def class_for(*, audience: str, office_id: int | None = None, compartments: Iterable[int] = ()) -> int:
    """The id of the interned access class; made on first use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_intern_class(%s, %s, %s::int[])", [audience, office_id, sorted(compartments)])
        row = cursor.fetchone()
    return int(row[0])


def class_of_both(left: int, right: int) -> int:
    """The id of the class of what tells of two things at once: only whoever sees both of their classes sees it.

    Where one of the two is for headquarters at large, the other's audience holds.
    """
    if left == right:
        return left
    classes = AccessClass.objects.in_bulk([left, right])
    one, other = classes[left], classes[right]
    narrow = other if one.audience == "hq" else one
    return class_for(audience=narrow.audience, office_id=narrow.office_id, compartments={*one.compartments, *other.compartments})


def offices_on(day: date) -> QuerySet[Office]:
    """The offices that exist on `day`."""
    return Office.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


def works_at(user: User, office_id: int) -> bool:
    """Whether the user works at the office now."""
    return Membership.objects.filter(_holding_now(), user=user, office_id=office_id).exists()


def cleared_for(user: User) -> frozenset[int]:
    """The compartments that the user is cleared for now."""
    return frozenset(Clearance.objects.filter(_holding_now(), user=user).values_list("compartment_id", flat=True))


def people_at(office: Office, permission: Permission) -> list[User]:
    """The people who work at the office now and whose role holds the permission, by name."""
    holding = _holding_now()
    codes = [role.code for role in ROLES.values() if permission in role.permissions]
    able = RoleGrant.objects.filter(holding, role_id__in=codes).values("user_id")
    here = Membership.objects.filter(holding, office=office).values("user_id")
    found = User.objects.filter(pk__in=able, is_active=True, kind=User.Kind.PERSON).filter(pk__in=here)
    return list(found.order_by("display_name", "username"))


def people_with(permission: Permission) -> list[User]:
    """Everybody whose role holds the permission now, by name; no service."""
    codes = [role.code for role in ROLES.values() if permission in role.permissions]
    able = RoleGrant.objects.filter(_holding_now(), role_id__in=codes).values("user_id")
    return list(User.objects.filter(pk__in=able, is_active=True, kind=User.Kind.PERSON).order_by("display_name", "username"))


def _holding_now() -> Q:
    return Q(revoked_at=None) & (Q(until=None) | Q(until__gt=timezone.now()))


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in the administrator's list."""

    user: User
    roles: str
    offices: str
    idle_days: int  # since it was last used or opened; at 90 it closes by itself


def accounts_for(user: User) -> list[AccountLine]:
    """Every person's account, the open ones first, by name. Raises `Forbidden`."""
    require(user, Permission.MANAGE_USER)
    now, holding = timezone.now(), _holding_now()
    roles: dict[int, list[str]] = defaultdict(list)
    for holder, role in RoleGrant.objects.filter(holding).order_by("role_id").values_list("user_id", "role_id"):
        roles[holder].append(ROLES[role].label)
    offices: dict[int, list[str]] = defaultdict(list)
    for holder, office in Membership.objects.filter(holding).order_by("office__code").values_list("user_id", "office__name"):
        offices[holder].append(office)
    people = User.objects.filter(kind=User.Kind.PERSON).order_by("-is_active", "display_name", "username")
    return [AccountLine(person, ", ".join(roles[person.pk]), ", ".join(offices[person.pk]), _idle_days(person, now)) for person in people]


def _idle_days(person: User, now: datetime) -> int:
    return (now - max(person.opened_at, person.last_login or person.opened_at)).days


def account_called(user: User, account_uuid: UUID) -> User:
    """One person's account; raises `NotFound`."""
    require(user, Permission.MANAGE_USER)
    found = User.objects.filter(uuid=account_uuid, kind=User.Kind.PERSON).first()
    if found is None:
        raise NotFound
    return found


def given_to(person: User, kind: str) -> list[Given]:
    """The roles, offices or clearances that a person holds or held, those in force first."""
    manager, related = GIVEN[kind]
    found = (
        manager.filter(user=person).select_related("granted_by", related).order_by(F("revoked_at").desc(nulls_first=True), "-granted_at")
    )
    return list(found)


GIVEN: dict[str, tuple[QuerySet[Any], str]] = {
    "role": (RoleGrant.objects.all(), "role"),
    "office": (Membership.objects.all(), "office"),
    "clearance": (Clearance.objects.all(), "compartment"),
}


@dataclass(frozen=True, slots=True)
class LeaverLine:
    """One word of a leaver that no administrator has dealt with, and until when one should."""

    leaver: Leaver
    due_at: datetime
    overdue: bool


def colleagues_for(user: User) -> QuerySet[User]:
    """The people with an open account of the user's team or of an office where the user works, by name. Raises `Forbidden`."""
    require(user, Permission.TELL_OF_LEAVER)
    mine = Membership.objects.filter(_holding_now(), user=user).values("office_id")
    here = Membership.objects.filter(_holding_now(), office_id__in=mine).values("user_id")
    same = Q(pk__in=here) | Q(team=user.team) if user.team else Q(pk__in=here)
    found = User.objects.filter(same, is_active=True, kind=User.Kind.PERSON).exclude(pk=user.pk)
    return found.order_by("display_name", "username")


def leavers_for(user: User, *, now: datetime) -> list[LeaverLine]:
    """What no administrator has dealt with yet, the most urgent first. Raises `Forbidden`."""
    require(user, Permission.MANAGE_USER)
    waiting = Leaver.objects.filter(settled_at=None).select_related("user", "told_by")
    return sorted((_line(leaver, now) for leaver in waiting), key=lambda line: line.due_at)


def leaver_of(user: User, account: User, *, now: datetime) -> LeaverLine | None:
    """What waits to be dealt with of one account. Raises `Forbidden`."""
    return next((line for line in leavers_for(user, now=now) if line.leaver.user_id == account.pk), None)


def _line(leaver: Leaver, now: datetime) -> LeaverLine:
    due_at = leaver.told_at + DEALT_WITHIN[Leaver.Kind(leaver.kind)]
    return LeaverLine(leaver, due_at, overdue=due_at < now)


@dataclass(frozen=True, slots=True)
class CompartmentLine:
    """A compartment and the names of the people who are cleared for it now."""

    compartment: Compartment
    cleared: tuple[str, ...]


def compartments_for(user: User) -> list[CompartmentLine]:
    """Every compartment, by name. Raises `Forbidden`."""
    require(user, Permission.MANAGE_USER)
    names: dict[int, list[str]] = defaultdict(list)
    for clearance in Clearance.objects.filter(_holding_now(), user__is_active=True).select_related("user").order_by("user__display_name"):
        names[clearance.compartment_id].append(clearance.user.label)
    return [CompartmentLine(each, tuple(names[each.pk])) for each in Compartment.objects.order_by("name")]
