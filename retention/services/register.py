"""The register of what is kept elsewhere, the yearly review of schedules, reports of unauthorized destruction."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from foundation.calendar import add_business_days
from foundation.errors import Conflict, InvalidInput
from retention.models import RegisterEntry, ScheduleReview, UnauthorizedDestruction
from retention.selectors import schedule_in_force

if TYPE_CHECKING:
    from access.models import User

REPORT_BUSINESS_DAYS = 5  # our own rule for "promptly" (36 CFR 1230.14)
REVIEW_MONTH, REVIEW_DAY = 9, 30  # the last day of the fiscal year


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the register says of records kept elsewhere: where, under which schedule, what becomes of them. No content."""

    medium: str
    title: str
    location: str
    schedule: str
    container: str = ""
    years_from: int | None = None
    years_to: int | None = None
    destroy_on: date | None = None
    disposition: str = ""


@transaction.atomic
def enter_register(*, actor: User, entry: Elsewhere, now: datetime, replaces: RegisterEntry | None = None) -> RegisterEntry:
    """Write an entry of the register; a change is a new entry that replaces the old one. Raises `InvalidInput`."""
    require(actor, Permission.MANAGE_DISPOSITION)
    if entry.medium not in RegisterEntry.Medium.values:
        message = "Choose data extract or paper."
        raise InvalidInput(message, field="medium")
    if entry.years_from is not None and entry.years_to is not None and entry.years_to < entry.years_from:
        message = "The last year lies before the first."
        raise InvalidInput(message, field="years_to")
    written = RegisterEntry.objects.create(**asdict(entry), entered_by=actor, entered_at=now, replaces=replaces)
    record(Act.DISPOSITION, object_kind="register", object_uuid=written.uuid)
    return written


def open_review(*, year: int) -> ScheduleReview:
    """The review that is due in `year`, made once."""
    review, _ = ScheduleReview.objects.get_or_create(year=year, defaults={"due_on": date(year, REVIEW_MONTH, REVIEW_DAY)})
    return review


@transaction.atomic
def finish_review(*, actor: User, review: ScheduleReview, finding: str, now: datetime) -> ScheduleReview:
    """Say what the yearly review found. Raises `InvalidInput` (nothing said) or `Conflict` (done already)."""
    require(actor, Permission.MANAGE_SCHEDULE)
    review = ScheduleReview.objects.select_for_update().get(pk=review.pk)
    if review.done_at is not None:
        message = "This review is done already."
        raise Conflict(message)
    if not finding.strip():
        message = "Say what the review found."
        raise InvalidInput(message, field="finding")
    review.schedule, review.finding, review.done_by, review.done_at = schedule_in_force(), finding.strip(), actor, now
    review.save(update_fields=["schedule", "finding", "done_by", "done_at"])
    record(Act.SCHEDULE_CHANGED, object_kind="schedule review", payload={"year": review.year, "finding": finding})
    return review


@transaction.atomic
def report_destruction(
    *,
    actor: User,
    discovered_on: date,
    description: str,
    circumstances: str,
    now: datetime,
    record_count: int | None = None,
    safeguards: str = "",
) -> UnauthorizedDestruction:
    """Open a report of records lost or destroyed without authority; it is due to the National Archives in five business days.

    Source: 36 CFR part 1230 (unlawful or accidental removal, defacing, alteration or destruction): "promptly" is its word.
    """
    require(actor, Permission.MANAGE_DISPOSITION)
    if discovered_on > now.date():
        message = "The day of discovery has not come."
        raise InvalidInput(message, field="discovered_on")
    report = UnauthorizedDestruction.objects.create(
        discovered_on=discovered_on,
        description=description.strip(),
        record_count=record_count,
        circumstances=circumstances.strip(),
        safeguards=safeguards.strip(),
        report_due_on=add_business_days(discovered_on, REPORT_BUSINESS_DAYS),
        entered_by=actor,
        entered_at=now,
    )
    record(Act.DISPOSITION, object_kind="unauthorized destruction", object_uuid=report.uuid)
    return report


@transaction.atomic
def send_report(*, actor: User, report: UnauthorizedDestruction, reference: str, on: date) -> UnauthorizedDestruction:
    """Note that the report was sent. Raises `InvalidInput` (no reference) or `Conflict` (sent already)."""
    require(actor, Permission.MANAGE_DISPOSITION)
    report = UnauthorizedDestruction.objects.select_for_update().get(pk=report.pk)
    if report.reported_on is not None:
        message = "This report was sent already."
        raise Conflict(message)
    if not reference.strip():
        message = "Give the reference of the letter."
        raise InvalidInput(message, field="reference")
    report.reported_on, report.reported_reference = on, reference.strip()
    report.save(update_fields=["reported_on", "reported_reference"])
    record(Act.DISPOSITION, object_kind="unauthorized destruction", object_uuid=report.uuid, fields=["reported"])
    return report
