"""The purpose of looks at a person: the work in hand about them, if there is any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from audit.context import name_purpose
from foundation.registries import errand_about

if TYPE_CHECKING:
    from access.models import User
    from subjects.models import Subject


def name_errand(user: User, subject: Subject, *, reason: str = "") -> None:
    """Let the events of the work under way name what the user has in hand about the subject, else that a reason was given."""
    errand = errand_about(user, subject, timezone.now())
    if errand is not None:
        name_purpose(*errand)
    elif reason:
        name_purpose("reason")
