"""What allauth's session says about a sign-in: which factors, how long ago."""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest

METHODS_KEY = "account_authentication_methods"  # where allauth keeps the record of how the person signed in
FEDERATED_MFA_KEY = "leadtrac_federated_mfa"  # whether the agency's provider says that it asked for a second factor
STEP_UP_SECONDS = 5 * 60  # records-audit-privacy 6, check 18


def _methods(request: HttpRequest) -> list[dict[str, Any]]:
    return list(request.session.get(METHODS_KEY, []))


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened with a second factor: TOTP, WebAuthn, a recovery code, or one that the provider of a
    federated sign-in says it asked for."""
    used = {entry.get("method") for entry in _methods(request)}
    return "mfa" in used or ("socialaccount" in used and request.session.get(FEDERATED_MFA_KEY) is True)


def is_recent(request: HttpRequest, *, now: float | None = None) -> bool:
    """Whether the person proved who they are at most five minutes ago."""
    latest = max((float(entry.get("at", 0)) for entry in _methods(request)), default=0.0)
    return (now or time.time()) - latest <= STEP_UP_SECONDS
