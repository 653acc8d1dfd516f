"""The queue, as the person has filtered it, as a table of words."""

from __future__ import annotations

from datetime import date, datetime

from access.markings import marking_of
from access.models import User
from access.permissions import Permission
from access.policy import require
from foundation.exports import Listed, Row
from foundation.templatetags.desk import desk_date
from leads.models import Lead
from leads.selectors.queue import QueueRow, queue_for
from leads.selectors.queue_filter import QueueFilter

COLUMNS = (
    "Lead", "Subject", "Born", "Citizenship", "Organization", "Why it is here", "Presence", "Risk", "Risk points", "Stop signs",
    "Clock due", "Status", "Closed because", "Owner", "Office", "Rule", "Evidence as of",
)  # fmt: skip


ON_PAPER = (
    "Lead", "Subject", "Born", "Citizenship", "Why it is here", "Presence", "Risk", "Stop signs", "Clock due", "Status", "Owner",
    "Office",
)  # fmt: skip


def queue_export_for(user: User, wanted: QueueFilter, *, now: datetime, limit: int) -> Listed:
    """At most `limit` leads in the filter's order, found by the queue's own selector: what the page shows, the file holds.

    Raises `Forbidden`. No identifier is among the columns: revealing one is an act of its own.
    """
    require(user, Permission.EXPORT)
    page = queue_for(user, wanted, now=now, size=limit)
    leads = tuple(row.uuid for row in page.rows)
    marking = marking_of(Lead.objects.filter(uuid__in=leads).values_list("access_class_id", flat=True).distinct())
    return Listed(COLUMNS, tuple(_words(row) for row in page.rows), leads, more=bool(page.next_cursor), marking=marking)


def _words(row: QueueRow) -> Row:
    return (
        row.number,
        row.name,
        row.birth_year or "",
        row.citizenship,
        row.organization_name,
        row.why,
        row.presence,
        row.risk,
        row.risk_points,
        row.blocking_signs,
        _day(row.clock_due_on),
        row.state_label,
        row.close_reason_label,
        row.owner,
        row.office_name,
        row.rule_title,
        _day(row.as_of),
    )


def _day(day: date | None) -> str:
    return desk_date(day) if day else ""
