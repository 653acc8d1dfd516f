"""The list of organizations as a table of words, for files."""

from __future__ import annotations

from access.models import User
from foundation.exports import Listed, Row
from foundation.templatetags.desk import desk_date
from organizations.models import Organization
from organizations.selectors import organizations_for

COLUMNS = ("Name", "Kind", "Code", "City", "State", "Certified", "Withdrawn", "As of")


def organization_export_for(user: User, *, kind: str, state: str, limit: int) -> Listed:
    """At most `limit` organizations by name, found by the list's own selector. Raises `Forbidden`."""
    page = organizations_for(user, kind=kind, state=state, size=limit)
    return Listed(COLUMNS, tuple(_words(row) for row in page.rows), tuple(row.uuid for row in page.rows), more=page.next_after is not None)


def _words(row: Organization) -> Row:
    days = [desk_date(day) if day else "" for day in (row.certified_on, row.withdrawn_on, row.as_of)]
    return (row.name, str(row.get_kind_display()), row.code, row.city, row.state, *days)
