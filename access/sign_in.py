"""What allauth's session says about a sign-in: which factors, how long ago."""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest

METHODS_KEY = "account_authentication_methods"  # where allauth keeps the record of how the person signed in
STEP_UP_SECONDS = 5 * 60  # records-audit-privacy 6, check 18


def _methods(request: HttpRequest) -> list[dict[str, Any]]:
    return list(request.session.get(METHODS_KEY, []))


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened with a second factor (TOTP, WebAuthn, recovery code) or by a federated sign-in."""
    return any(entry.get("method") in ("mfa", "socialaccount") for entry in _methods(request))


def is_recent(request: HttpRequest, *, now: float | None = None) -> bool:
    """Whether the person proved who they are at most five minutes ago."""
    latest = max((float(entry.get("at", 0)) for entry in _methods(request)), default=0.0)
    return (now or time.time()) - latest <= STEP_UP_SECONDS
