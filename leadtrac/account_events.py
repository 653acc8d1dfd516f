"""What people change about their own accounts is on record: passwords, second factors, addresses of mail, sessions.

The pages are the library's, outside the door that asks each page for its event (`access.middleware`). Its signals are no domain
logic of ours: they are the one place where it says that something was changed.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as factors
from allauth.mfa.recovery_codes.views import download_recovery_codes, view_recovery_codes
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse

from access.context import acting_as
from access.middleware import work_of
from access.models import User
from audit.acts import Act
from audit.services import record

CHANGES: tuple[tuple[Signal, str, str], ...] = (
    (account.password_changed, "password", "changed"),
    (account.password_set, "password", "set"),
    (account.password_reset, "password", "reset by mail"),
    (account.email_added, "email", "added"),
    (account.email_removed, "email", "removed"),
    (account.email_changed, "email", "made the first one"),
    (factors.authenticator_added, "second_factor", "added"),
    (factors.authenticator_removed, "second_factor", "removed"),
    (factors.authenticator_reset, "second_factor", "made anew"),
)


def listen() -> None:
    """Hear what the library tells; called once, when the applications are ready."""
    for signal, field, what in CHANGES:
        signal.connect(_recorder(field, what), weak=False, dispatch_uid=f"account_events_{field}_{what}")
    account.email_confirmed.connect(_confirmed, dispatch_uid="account_events_email_confirmed")
    factors.authentication_failed.connect(_wrong_code, dispatch_uid="account_events_wrong_code")
    factors.authenticator_used.connect(_proved_again, dispatch_uid="account_events_proved_again")


def changed(request: HttpRequest, user: User, field: str, what: str, **words: Any) -> None:
    """Record a change that a person made to their own account; whoever comes by a link of a mail is not signed in."""
    said: dict[str, Any] = {"fields": [field], "payload": {"what": what, **words}}
    if request.user == user:
        with acting_as(user, work_of(request, user, _page(request))):
            record(Act.ACCOUNT, object_kind="user", object_uuid=user.uuid, **said)
    else:
        said["payload"]["origin"] = request.META.get("REMOTE_ADDR", "")
        record(Act.ACCOUNT, object_kind="user", object_uuid=user.uuid, **said)


def _recorder(field: str, what: str) -> Any:
    def tell(sender: Any, request: HttpRequest, user: User, **details: Any) -> None:
        authenticator = details.get("authenticator")
        changed(request, user, field, what, **({"kind": str(authenticator.type)} if authenticator else {}))

    return tell


def _confirmed(sender: Any, request: HttpRequest, email_address: Any, **details: Any) -> None:
    changed(request, email_address.user, "email", "confirmed")


def _proved_again(sender: Any, request: HttpRequest, user: User, *, reauthenticated: bool, **details: Any) -> None:
    if reauthenticated:
        changed(request, user, "sign_in", "confirmed with a second factor")


def _wrong_code(sender: Any, request: HttpRequest, user: User, authenticator: Any, **details: Any) -> None:
    """A wrong one-time code: the password was right, so it is known whose account it was tried on."""
    payload = {"kind": str(authenticator.type), "origin": request.META.get("REMOTE_ADDR", "")}
    record(Act.SIGN_IN_FAILED, object_kind="user", object_uuid=user.uuid, fields=["second_factor"], allowed=False, payload=payload)


class SessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sessions that their own person ends."""

    def end_sessions(self, sessions: Any) -> None:
        """End them, on record."""
        user = self.request.user
        if isinstance(user, User) and sessions:
            with acting_as(user, work_of(self.request, user, "usersessions_list")):
                record(Act.SESSION_ENDED, object_kind="user", object_uuid=user.uuid, payload={"sessions": len(sessions), "of": "one's own"})
        super().end_sessions(sessions)


def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes of one's own account: to see them is on record, or they are not shown."""
    return _shown(request, view_recovery_codes)


def recovery_codes_file(request: HttpRequest) -> HttpResponse:
    """The same as a file."""
    return _shown(request, download_recovery_codes)


def _shown(request: HttpRequest, view: Any) -> HttpResponse:
    response: HttpResponse = view(request)
    if response.status_code == 200 and isinstance(request.user, User):
        changed(request, request.user, "recovery_codes", "shown")
    return response


def _page(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
