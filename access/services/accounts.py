"""Accounts: made, closed and opened again by administrators; sessions ended; closed by themselves when nobody uses them."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from access.home import home_index
from access.lockout import release
from access.models import RoleGrant, User
from access.permissions import Permission
from access.policy import require
from access.services.grants import require_another
from access.services.leavers import settle_leaver
from access.temporary import TEMPORARY_FOR
from audit.acts import Act
from audit.changes import changed
from audit.services import record
from foundation.errors import Conflict, InvalidInput

INACTIVE_AFTER = timedelta(days=90)  # NIST SP 800-53 AC-2(3), FedRAMP moderate; records-audit-privacy 6, check 22
IDENTITY_PROVIDER = "agency"  # the id under which the settings name the agency's provider
ADMINISTRATOR = "administrator"
FIRST_PASSPHRASE_BYTES = 18  # 24 characters, 144 random bits


@transaction.atomic
def create_account(
    *, actor: User, username: str, display_name: str, team: str, email: str, temporary: bool = False, now: datetime
) -> tuple[User, str]:
    """Make an account without any role; returns it with a first passphrase that is shown once and kept nowhere.

    The second factor is set up and the passphrase changed at the first sign-in: no page opens before. A temporary account
    closes by itself 96 hours after `now`. Raises `InvalidInput`.
    """
    require(actor, Permission.MANAGE_USER)
    user, passphrase = _make(username=username, display_name=display_name, team=team, email=email)
    if temporary:
        user.temporary, user.closes_at = True, now + TEMPORARY_FOR
        user.save(update_fields=["temporary", "closes_at"])
    return user, passphrase


@transaction.atomic
def make_administrator(*, actor: User, username: str, display_name: str, email: str, reason: str, now: datetime) -> tuple[User, str]:
    """Make the account of an administrator where nobody is one: after an installation, or when the last one cannot sign in.

    For whoever keeps the server (`manage.py administrator`); no page calls it. Returns the account with a first passphrase, as
    `create_account` does. Raises `Forbidden` (not a service), `Conflict` (there is an administrator), `InvalidInput`.
    """
    require(actor, Permission.SERVICE)
    _need(reason)
    User.objects.select_for_update().get(pk=actor.pk)  # two of these at once make one administrator
    in_force = RoleGrant.objects.filter(Q(until=None) | Q(until__gt=now), role_id=ADMINISTRATOR, revoked_at=None)
    if in_force.filter(user__is_active=True, user__kind=User.Kind.PERSON).exists():
        message = "There is an administrator already, who makes accounts and gives roles under Accounts."
        raise Conflict(message)
    user, passphrase = _make(username=username, display_name=display_name, team="", email=email)
    RoleGrant.objects.create(user=user, role_id=ADMINISTRATOR, reason=reason)
    payload = {**changed({}, {"role": ADMINISTRATOR, "until": None}), "reason": reason}
    record(Act.ROLE_GRANTED, object_kind="user", object_uuid=user.uuid, payload=payload)
    return user, passphrase


def _make(*, username: str, display_name: str, team: str, email: str) -> tuple[User, str]:
    if User.objects.filter(username__iexact=username).exists():
        message = "This sign-in name is taken."
        raise InvalidInput(message, field="username")
    passphrase = secrets.token_urlsafe(FIRST_PASSPHRASE_BYTES)
    user = User.objects.create_user(username=username, email=email, password=passphrase, display_name=display_name, team=team)
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])
    record(Act.USER_CREATED, object_kind="user", object_uuid=user.uuid, payload={"username": username, "display_name": display_name})
    return user, passphrase


@transaction.atomic
def close_account(*, actor: User, user: User, reason: str, now: datetime) -> None:
    """Close an account: its sessions end at once, it sees nothing from now on. Raises `InvalidInput`, `Conflict`, `Forbidden`."""
    require(actor, Permission.MANAGE_USER)
    require_another(actor, user)
    _need(reason)
    _close(user, actor, now)
    record(
        Act.USER_CHANGED,
        object_kind="user",
        object_uuid=user.uuid,
        fields=["is_active"],
        payload={**changed({"account": "open"}, {"account": "closed"}), "reason": reason},
    )


@transaction.atomic
def open_account(*, actor: User, user: User, reason: str, now: datetime) -> None:
    """Open a closed account again; its roles are what they were, and a temporary one has its time anew.

    Raises `InvalidInput`, `Conflict`, `Forbidden`.
    """
    require(actor, Permission.MANAGE_USER)
    require_another(actor, user)
    _need(reason)
    closed = User.objects.filter(pk=user.pk, is_active=False, kind=User.Kind.PERSON)
    if not closed.update(is_active=True, opened_at=now, closes_at=now + TEMPORARY_FOR if user.temporary else None):
        message = "This account is open already."
        raise Conflict(message)
    record(
        Act.USER_CHANGED,
        object_kind="user",
        object_uuid=user.uuid,
        fields=["is_active"],
        payload={**changed({"account": "closed"}, {"account": "open"}), "reason": reason},
    )


@transaction.atomic
def end_sessions(*, actor: User, user: User, reason: str) -> int:
    """End every session of a user at once; returns how many there were. Raises `InvalidInput`."""
    require(actor, Permission.MANAGE_USER)
    _need(reason)
    ended = _end_sessions(user)
    record(Act.SESSION_ENDED, object_kind="user", object_uuid=user.uuid, payload={"sessions": ended, "reason": reason})
    return ended


@transaction.atomic
def end_all_sessions(*, actor: User, keep: str, reason: str) -> int:
    """End every session of everybody at once but the one with the key `keep`; returns how many. Raises `InvalidInput`, `Forbidden`."""
    require(actor, Permission.MANAGE_USER)
    _need(reason)
    UserSession.objects.exclude(session_key=keep).delete()
    ended, _ = Session.objects.exclude(session_key=keep).delete()
    record(Act.SESSION_ENDED, object_kind="user", payload={"sessions": ended, "of": "everybody", "reason": reason})
    return ended


@transaction.atomic
def release_lockout(*, actor: User, user: User, reason: str) -> None:
    """Forget the failed sign-ins of an account: it was its person. Raises `InvalidInput`, `Forbidden`."""
    require(actor, Permission.MANAGE_USER)
    require_another(actor, user)
    _need(reason)
    release(user.username)
    record(Act.USER_CHANGED, object_kind="user", object_uuid=user.uuid, payload={"lockout": "released", "reason": reason})


@transaction.atomic
def give_passphrase(*, actor: User, user: User, reason: str) -> str:
    """Replace a forgotten password by a passphrase that is shown once and changed at the next sign-in; the second factor stays.

    Every session ends. Raises `InvalidInput`, `Forbidden`.
    """
    require(actor, Permission.MANAGE_USER)
    require_another(actor, user)
    _need(reason)
    passphrase = secrets.token_urlsafe(FIRST_PASSPHRASE_BYTES)
    user.set_password(passphrase)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    _end_sessions(user)
    release(user.username)
    record(Act.USER_CHANGED, object_kind="user", object_uuid=user.uuid, fields=["password"], payload={"reason": reason})
    return passphrase


@transaction.atomic
def forget_second_factor(*, actor: User, user: User, reason: str) -> None:
    """Take a lost phone or key off an account: a new one is set up at the next sign-in, before any page opens.

    Every session ends. Raises `InvalidInput`, `Forbidden`.
    """
    require(actor, Permission.MANAGE_USER)
    require_another(actor, user)
    _need(reason)
    Authenticator.objects.filter(user=user).delete()
    _end_sessions(user)
    record(Act.USER_CHANGED, object_kind="user", object_uuid=user.uuid, fields=["second_factor"], payload={"reason": reason})


@transaction.atomic
def tie_identity(*, actor: User, user: User, identity: str, reason: str) -> None:
    """Let the person with the subject id `identity` at the agency's provider sign in to this account; an empty one takes it away.

    Raises `InvalidInput`, `Conflict`, `Forbidden`.
    """
    require(actor, Permission.MANAGE_USER)
    require_another(actor, user)
    _need(reason)
    SocialAccount.objects.filter(user=user, provider=IDENTITY_PROVIDER).delete()
    if identity and SocialAccount.objects.filter(provider=IDENTITY_PROVIDER, uid=identity).exists():
        message = "This identity is tied to another account."
        raise Conflict(message)
    if identity:
        SocialAccount.objects.create(user=user, provider=IDENTITY_PROVIDER, uid=identity)
    payload = {"identity": identity, "reason": reason}
    record(Act.USER_CHANGED, object_kind="user", object_uuid=user.uuid, fields=["identity"], payload=payload)


@transaction.atomic
def keep_home(*, actor: User, user: User, line: str, postal_code: str, reason: str) -> None:
    """Keep a keyed hash of where the person lives, or forget it when both parts are empty. Raises `InvalidInput`, `Forbidden`."""
    require(actor, Permission.MANAGE_USER)
    require_another(actor, user)
    _need(reason)
    index = home_index(line, postal_code)
    if index is None and (line.strip() or postal_code.strip()):
        message = "Write the house number, the street and the ZIP code."
        raise InvalidInput(message, field="line")
    user.home_index = index
    user.save(update_fields=["home_index"])
    record(Act.USER_CHANGED, object_kind="user", object_uuid=user.uuid, fields=["home_index"], payload={"reason": reason})


def end_oldest_sessions(user: User, *, but: str, keep: int) -> int:
    """End the user's oldest sessions beyond `keep`, never the one with the key `but`; returns how many."""
    known = list(UserSession.objects.filter(user=user).exclude(session_key=but).order_by("-created_at", "-pk"))
    alive = set(Session.objects.filter(session_key__in=[each.session_key for each in known]).values_list("session_key", flat=True))
    surplus = [each.session_key for each in known if each.session_key in alive][keep - 1 :]
    if surplus:
        Session.objects.filter(session_key__in=surplus).delete()
        UserSession.objects.filter(session_key__in=surplus).delete()
        payload = {"sessions": len(surplus), "reason": f"more than {keep} at once"}
        record(Act.SESSION_ENDED, object_kind="user", object_uuid=user.uuid, payload=payload)
    return len(surplus)


@transaction.atomic
def close_inactive_accounts(*, actor: User, now: datetime) -> int:
    """Close every person's account that was neither used nor opened in the 90 days before `now`, and every temporary one
    whose time is over; returns how many."""
    require(actor, Permission.SERVICE)
    over = list(User.objects.filter(is_active=True, kind=User.Kind.PERSON, closes_at__lte=now).order_by("pk"))
    idle = list(inactive_since(now - INACTIVE_AFTER).exclude(pk__in=[user.pk for user in over]))
    for users, reason in ((over, "its time is over"), (idle, "not used for 90 days")):
        for user in users:
            _close(user, actor, now)
        if users:
            payload = {"closed": True, "reason": reason}
            record(Act.USER_CHANGED, object_kind="user", results=[user.uuid for user in users], fields=["is_active"], payload=payload)
    return len(over) + len(idle)


def inactive_since(moment: datetime) -> QuerySet[User]:
    """The open accounts of people that were neither used nor opened since `moment`."""
    unused = Q(last_login=None) | Q(last_login__lt=moment)
    return User.objects.filter(unused, is_active=True, kind=User.Kind.PERSON, opened_at__lt=moment).order_by("pk")


def sessions_of(user: User) -> list[Session]:
    """The sessions in which the user is signed in; sessions are few, and only their content says whose they are."""
    return [session for session in Session.objects.iterator() if session.get_decoded().get("_auth_user_id") == str(user.pk)]


def _close(user: User, actor: User, now: datetime) -> None:
    if not User.objects.filter(pk=user.pk, is_active=True, kind=User.Kind.PERSON).update(is_active=False):
        message = "This account is closed already."
        raise Conflict(message)
    settle_leaver(actor=actor, user=user, now=now)
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
