"""Referrals, as headquarters reads their list, as a table of words."""

from __future__ import annotations

from datetime import datetime

from access.markings import marking_of
from access.models import User
from access.permissions import Permission
from access.policy import require
from foundation.exports import Listed, Row
from foundation.templatetags.desk import desk_date, desk_datetime
from leads.selectors.referral import InboxRow, referrals_for

COLUMNS = ("Lead", "Person", "Office", "Sent", "Status", "Due", "Packet", "Read by", "Assigned to")


def referral_export_for(user: User, *, now: datetime, state: str, office: str, limit: int) -> Listed:
    """At most `limit` referrals of a tab, of one office or (empty) of all, found by the list's own selector. Raises `Forbidden`."""
    require(user, Permission.RECALL_REFERRAL)
    page = referrals_for(user, now=now, state=state, office=office, size=limit)
    rows = page.rows
    marking = marking_of(row.referral.access_class_id for row in rows)
    ids = tuple(row.referral.uuid for row in rows)
    return Listed(COLUMNS, tuple(_words(row) for row in rows), ids, more=bool(page.next_cursor), marking=marking)


def _words(row: InboxRow) -> Row:
    referral = row.referral
    read = referral.acknowledged_by
    reason = f": {str(referral.get_return_reason_display()).lower()}" if referral.return_reason else ""
    return (
        referral.lead_number,
        row.name,
        row.office_name,
        desk_date(referral.sent_at),
        f"{row.state_label}{reason}",
        f"{desk_date(row.due_on)}, {row.due_words}" if row.due_on else "",
        "out of date" if row.out_of_date else "current" if row.due_on else "answered",
        f"{read.label}, {desk_datetime(referral.acknowledged_at)}" if read else "",
        referral.assigned_to.label if referral.assigned_to else "",
    )
