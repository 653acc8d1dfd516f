"""Leads and their subjects, made inside the context of whoever makes them."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from typing import Any

from access.selectors import class_for
from foundation.registries import births
from leads.models import Lead
from subjects.models import Subject

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def make_subject(**values: Any) -> Subject:
    """A subject of the headquarters class."""
    values.setdefault("family_name", "EXAMPLE")
    values.setdefault("given_name", "Ana")
    values.setdefault("access_class_id", class_for(audience="hq"))
    return Subject.objects.create(**values)


def make_lead(*, subject: Subject | None = None, created_on: date = date(2026, 8, 2), **values: Any) -> Lead:
    """A queued lead with its births (retention dates) as the real service makes it."""
    subject = subject or make_subject()
    values.setdefault("state", "queued")
    values.setdefault("number", f"L-{secrets.token_hex(2).upper()}-{secrets.token_hex(2).upper()}")
    lead = Lead.objects.create(
        subject=subject, access_class_id=subject.access_class_id, state_since=NOON, record_created_on=created_on, **values
    )
    for birth in births:
        birth.born("lead", [lead.pk], NOON)
    return lead
