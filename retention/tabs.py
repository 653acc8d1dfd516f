"""The parts of the records desk, each a page of its own."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

PARTS = (
    ("calendar", "Calendar", "retention_desk", ()),
    ("archive", "Due for archive", "retention_due", ("archive",)),
    ("destroy", "Due for destruction", "retention_due", ("destroy",)),
    ("runs", "Runs", "retention_runs", ()),
    ("holds", "Holds", "retention_holds", ()),
    ("sealed", "Archive", "retention_archive", ()),
    ("certificates", "Certificates", "retention_certificates", ()),
    ("people", "People without a lead", "retention_people", ()),
    ("schedules", "Schedules", "retention_schedules", ()),
    ("register", "Register", "retention_register", ()),
    ("reviews", "Reviews and reports", "retention_reviews", ()),
)


def tabs(current: str) -> list[dict[str, Any]]:
    """Items for the `tabs` component; `current` is the key of the page at hand."""
    return [
        {"label": label, "url": reverse(name, args=arguments), "current": key == current, "count": None}
        for key, label, name, arguments in PARTS
    ]
