"""Reset links: ten minutes, once, and of the latest request only (ASVS 6.5.5, 6.6.2; check 13)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from django.conf import settings
from django.core.cache import cache

if TYPE_CHECKING:
    from access.models import User


class LatestRequestToken(EmailAwarePasswordResetTokenGenerator):  # type: ignore[misc]  # allauth ships no types
    """A token that a later request makes worthless; the ten minutes are `PASSWORD_RESET_TIMEOUT`."""

    def make_token(self, user: User) -> str:
        """A token of a request that begins now."""
        cache.set(_name(user), secrets.token_hex(16), settings.PASSWORD_RESET_TIMEOUT)
        token: str = super().make_token(user)
        return token

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        request = cache.get(_name(user), "")
        return f"{super()._make_hash_value(user, timestamp)}|{request}"

    def check_token(self, user: User | None, token: str) -> bool:
        """Whether the token is of the latest request, in its time, and not used."""
        return user is not None and bool(cache.get(_name(user))) and bool(super().check_token(user, token))


def _name(user: User) -> str:
    return f"reset-request:{user.pk}"
