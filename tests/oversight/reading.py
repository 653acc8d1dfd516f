"""Looks at records, and what a search through their day finds."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from leads.models import Lead
from oversight.selectors.readings import readings_for
from oversight.services.readings import find_unusual
from tests.factories.leads import make_lead, make_subject

WEDNESDAY = date(2026, 11, 18)
MORNING = datetime(2026, 11, 18, 15, tzinfo=UTC)  # 10:00 at headquarters


def leads(number: int, family: str = "EXAMPLE") -> list[Lead]:
    with acting_as(service_actor("leads")):
        return [make_lead(subject=make_subject(family_name=family)) for _ in range(number)]


def look(user: User, lead: Lead, when: datetime = MORNING, act: Act = Act.VIEW) -> None:
    with acting_as(user):
        record(act, object_kind="lead", object_uuid=lead.uuid, occurred_at=when)


def found(auditor: User, day: date = WEDNESDAY) -> dict[str, int]:
    """Kinds with the number of looks of what waits, after looking through the day."""
    service = service_actor("audit")
    with acting_as(service):
        find_unusual(actor=service, day=day, now=MORNING + timedelta(days=1))
    with acting_as(auditor):
        return {line.reading.kind: line.reading.looks for line in readings_for(auditor).lines}


def look_at_others(user: User, records: int, when: datetime) -> None:
    """Looks at so many different records."""
    with acting_as(user):
        for _ in range(records):
            record(Act.VIEW, object_kind="subject", object_uuid=uuid.uuid4(), occurred_at=when)
