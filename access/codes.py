"""One-time codes open once: also while the clocks' tolerance would take the same code again."""

from __future__ import annotations

import hashlib

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as library
from allauth.mfa.models import Authenticator
from django.core.cache import cache


class _Once:
    """The library forgets a used code after one step of 30 s, and takes it for three when clocks may differ by one (check 12)."""

    user: object
    authenticator: Authenticator

    def clean_code(self) -> str:
        """The code, when it is right and was not used before."""
        code: str = super().clean_code()  # type: ignore[misc]  # the form that this is mixed into
        if self.authenticator.type == Authenticator.Type.TOTP and not _is_first_use(self.authenticator, code):
            self._emit_authentication_failed(self.authenticator)  # type: ignore[attr-defined]  # as above
            raise get_adapter().validation_error("incorrect_code")
        return code


def _is_first_use(authenticator: Authenticator, code: str) -> bool:
    seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 2)
    name = hashlib.sha256(f"{authenticator.pk}:{code.strip()}".encode()).hexdigest()
    return bool(cache.add(f"code-used:{name}", 1, seconds))


class AuthenticateForm(_Once, library.AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """At sign-in."""


class ReauthenticateForm(_Once, library.ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """When a signed-in person confirms, or unlocks the screen."""
