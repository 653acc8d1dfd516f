"""Accounts: made, closed and opened again by administrators; sessions ended; closed by themselves when nobody uses them."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.policy import require
from access.services import require_another
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput

INACTIVE_AFTER = timedelta(days=90)  # NIST SP 800-53 AC-2(3), FedRAMP moderate; records-audit-privacy 6, check 22
FIRST_PASSPHRASE_BYTES = 18  # 24 characters, 144 random bits


@transaction.atomic
def create_account(*, actor: User, username: str, display_name: str, team: str, email: str) -> tuple[User, str]:
    """Make an account without any role; returns it with a first passphrase that is shown once and kept nowhere.

    The second factor is set up at the first sign-in: no page opens before. Raises `InvalidInput`.
    """
    require(actor, Permission.MANAGE_USER)
    if User.objects.filter(username__iexact=username).exists():
        message = "This sign-in name is taken."
        raise InvalidInput(message, field="username")
    passphrase = secrets.token_urlsafe(FIRST_PASSPHRASE_BYTES)
    user = User.objects.create_user(username=username, email=email, password=passphrase, display_name=display_name, team=team)
    record(Act.USER_CREATED, object_kind="user", object_uuid=user.uuid, payload={"username": username, "display_name": display_name})
    return user, passphrase


@transaction.atomic
def close_account(*, actor: User, user: User, reason: str) -> None:
    """Close an account: its sessions end at once, it sees nothing from now on. Raises `InvalidInput`, `Conflict`, `Forbidden`."""
    require(actor, Permission.MANAGE_USER)
    require_another(actor, user)
    _need(reason)
    _close(user)
    record(Act.USER_CHANGED, object_kind="user", object_uuid=user.uuid, fields=["is_active"], payload={"closed": True, "reason": reason})


@transaction.atomic
def open_account(*, actor: User, user: User, reason: str, now: datetime) -> None:
    """Open a closed account again; its roles are what they were. Raises `InvalidInput`, `Conflict`, `Forbidden`."""
    require(actor, Permission.MANAGE_USER)
    require_another(actor, user)
    _need(reason)
    if not User.objects.filter(pk=user.pk, is_active=False, kind=User.Kind.PERSON).update(is_active=True, opened_at=now):
        message = "This account is open already."
        raise Conflict(message)
    record(Act.USER_CHANGED, object_kind="user", object_uuid=user.uuid, fields=["is_active"], payload={"closed": False, "reason": reason})


@transaction.atomic
def end_sessions(*, actor: User, user: User, reason: str) -> int:
    """End every session of a user at once; returns how many there were. Raises `InvalidInput`."""
    require(actor, Permission.MANAGE_USER)
    _need(reason)
    ended = _end_sessions(user)
    record(Act.SESSION_ENDED, object_kind="user", object_uuid=user.uuid, payload={"sessions": ended, "reason": reason})
    return ended


@transaction.atomic
def close_inactive_accounts(*, actor: User, now: datetime) -> int:
    """Close every person's account that was neither used nor opened in the 90 days before `now`; returns how many."""
    require(actor, Permission.SERVICE)
    idle = list(inactive_since(now - INACTIVE_AFTER))
    for user in idle:
        _close(user)
    if idle:
        payload = {"closed": True, "reason": "not used for 90 days"}
        record(Act.USER_CHANGED, object_kind="user", results=[user.uuid for user in idle], fields=["is_active"], payload=payload)
    return len(idle)


def inactive_since(moment: datetime) -> QuerySet[User]:
    """The open accounts of people that were neither used nor opened since `moment`."""
    unused = Q(last_login=None) | Q(last_login__lt=moment)
    return User.objects.filter(unused, is_active=True, kind=User.Kind.PERSON, opened_at__lt=moment).order_by("pk")


def sessions_of(user: User) -> list[Session]:
    """The sessions in which the user is signed in; sessions are few, and only their content says whose they are."""
    return [session for session in Session.objects.iterator() if session.get_decoded().get("_auth_user_id") == str(user.pk)]


def _close(user: User) -> None:
    if not User.objects.filter(pk=user.pk, is_active=True, kind=User.Kind.PERSON).update(is_active=False):
        message = "This account is closed already."
        raise Conflict(message)
    _end_sessions(user)


def _end_sessions(user: User) -> int:
    keys = [session.session_key for session in sessions_of(user)]
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user).delete()
    return len(keys)


def _need(reason: str) -> None:
    if not reason.strip():
        message = "Say why."
        raise InvalidInput(message, field="reason")
