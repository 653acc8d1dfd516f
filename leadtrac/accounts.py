"""How allauth behaves here: nobody signs up, and who signs in, fails to or signs out is on record."""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest, HttpResponse

from access.context import acting_as
from access.middleware import work_of
from access.models import User
from audit.acts import Act
from audit.services import record


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts are made by administrators; every step of a sign-in is an event."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        """Record a completed sign-in before the person reaches a page."""
        with acting_as(user, work_of(request, user, "account_login")):
            record(Act.SIGNED_IN, object_kind="user", object_uuid=user.uuid)
        response: HttpResponse = super().post_login(request, user, **details)
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a failed sign-in; the name that was tried is kept as a hash only."""
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
    """A federated identity signs in to an account that an administrator made; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False
