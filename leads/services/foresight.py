"""What an extract would do to leads, counted in a preview's transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from access.selectors import service_actor
from leads.services.evaluation import evaluate_subjects


def foreseen(subject_ids: list[int], now: datetime) -> Mapping[str, int]:
    """Judge the touched subjects as after an apply; returns how many leads would open, close, reopen or be held."""
    written = evaluate_subjects(actor=service_actor("leads"), subject_ids=subject_ids, now=now)
    return {
        "leads opened": written.opened,
        "leads closed": written.closed,
        "leads reopened": written.reopened,
        "leads on hold": written.held,
    }
