"""Reading users, offices and classes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from access.models import Office, User


def service_actor(name: str) -> User:
    """The named service actor `name` (`ingest`, `subjects`, `leads`, `retention`, ...); raises `User.DoesNotExist`."""
    return User.objects.get(username=f"svc-{name}", kind=User.Kind.SERVICE)


def class_for(*, audience: str, office_id: int | None = None, compartments: Iterable[int] = ()) -> int:
    """The id of the interned access class; made on first use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_intern_class(%s, %s, %s::int[])", [audience, office_id, sorted(compartments)])
        row = cursor.fetchone()
    return int(row[0])


def offices_on(day: date) -> QuerySet[Office]:
    """The offices that exist on `day`."""
    return Office.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


def offices_of(user: User) -> QuerySet[Office]:
    """The offices where the user works now."""
    return Office.objects.filter(memberships__user=user, memberships__revoked_at=None)
