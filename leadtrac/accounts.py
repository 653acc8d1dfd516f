"""How allauth behaves here: nobody signs up, guessing is slowed down, and who signs in, fails to or signs out is on record."""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import SignupClosedException
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from access import lockout
from access.context import acting_as
from access.middleware import work_of
from access.models import User
from access.services.accounts import end_oldest_sessions
from access.sign_in import FEDERATED_MFA_KEY
from audit.acts import Act
from audit.services import record


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts are made by administrators; every step of a sign-in is an event."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse a locked account in place of the library's own count, which knows no sources."""
        if not lockout.may_try(request, str(credentials.get("username", ""))):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Check a password; a right one forgets the failures before it."""
        user = super().authenticate(request, **credentials)
        if user is not None:
            lockout.was_right(request, str(credentials.get("username", "")))
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether the password is that of the signed-in person who confirms with it; that it was is on record."""
        confirmed = bool(super().reauthenticate(user, password))
        if confirmed:
            with acting_as(user, work_of(self.request, user, "account_reauthenticate")):
                payload = {"what": "confirmed with the password"}
                record(Act.ACCOUNT, object_kind="user", object_uuid=user.uuid, fields=["sign_in"], payload=payload)
        return confirmed

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        """Record a completed sign-in before the person reaches a page; end what is one session too many."""
        with acting_as(user, work_of(request, user, "account_login")):
            record(Act.SIGNED_IN, object_kind="user", object_uuid=user.uuid)
        response: HttpResponse = super().post_login(request, user, **details)
        with acting_as(user, work_of(request, user, "account_login")):
            end_oldest_sessions(user, but=request.session.session_key or "", keep=settings.PARALLEL_SESSIONS)
        lockout.remember_device(response, user)
        return response

    def set_password(self, user: User, password: str) -> None:
        """A password that its person has chosen need not be changed."""
        user.must_change_password = False
        super().set_password(user, password)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a failed sign-in; the name that was tried is kept as a hash only."""
        lockout.was_wrong(request, str(credentials.get("username", "")))
        tried = hashlib.sha256(str(credentials.get("username", "")).lower().encode()).hexdigest()[:16]
        record(Act.SIGN_IN_FAILED, allowed=False, payload={"tried": tried, "origin": request.META.get("REMOTE_ADDR", "")})

    def logout(self, request: HttpRequest) -> None:
        """Record the end of a session, then end it."""
        user = request.user
        if isinstance(user, User):
            with acting_as(user, work_of(request, user, "account_logout")):
                record(Act.SIGNED_OUT, object_kind="user", object_uuid=user.uuid)
        super().logout(request)


class FederatedAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """A federated identity signs in to an account that an administrator tied it to; nobody makes one, or ties one of their own."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Refuse an identity that is tied to no account, and everything but signing in: the library would tie it to whoever is
        signed in. What this identity's provider said of a second factor is then nobody's."""
        if sociallogin.is_existing and sociallogin.state.get("process") == "login":
            return
        request.session.pop(FEDERATED_MFA_KEY, None)
        refuse_identity(request)
        raise SignupClosedException


def refuse_identity(request: HttpRequest) -> None:
    """Record that somebody came with an identity that opens nothing, or would have tied one to their own account."""
    user = request.user
    if isinstance(user, User):
        with acting_as(user, work_of(request, user, "openid_connect_login")):
            record(Act.DENIED, object_kind="user", object_uuid=user.uuid, fields=["identity"], allowed=False)
    else:
        record(Act.SIGN_IN_FAILED, fields=["identity"], allowed=False, payload={"origin": request.META.get("REMOTE_ADDR", "")})
