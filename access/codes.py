"""One-time codes open once: also while the clocks' tolerance would take the same code again. A key that fails is told like a code."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as library
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from allauth.mfa.webauthn import forms as keys
from django.core.cache import cache
from django.core.exceptions import ValidationError

from access.models import User


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


class _Told:
    """The library tells of a wrong code and says nothing of a security key that fails."""

    user: User

    def clean_credential(self) -> Authenticator:
        """The key that answered, when it is one of the person's."""
        try:
            with _junk_is_wrong():
                answered: Authenticator = super().clean_credential()  # type: ignore[misc]  # the form that this is mixed into
        except ValidationError:
            tried = Authenticator(user=self.user, type=Authenticator.Type.WEBAUTHN)
            authentication_failed.send(sender=Authenticator, request=context.request, user=self.user, authenticator=tried)
            raise
        return answered


@contextmanager
def _junk_is_wrong() -> Iterator[None]:
    """What no key sends breaks the library's parser in many ways, and would be answered as an error of the server."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, struct.error) as error:
        raise get_adapter().validation_error("incorrect_code") from error


class AuthenticateByKeyForm(_Told, keys.AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """At sign-in."""


class ReauthenticateByKeyForm(_Told, keys.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """When a signed-in person confirms, or unlocks the screen."""


class AddKeyForm(keys.AddWebAuthnForm):  # type: ignore[misc]  # as above
    """A key that its person sets up."""

    def clean(self) -> dict[str, object]:
        """What the key sent of itself."""
        with _junk_is_wrong():
            told: dict[str, object] = super().clean()
        return told
