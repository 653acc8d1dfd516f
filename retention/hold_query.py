"""What a hold by query may ask: fields that say nothing about a person. The same answer in words and in SQL."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from leads.picture import rule_title
from leads.states import CLOSED_STATES, CloseReason

FIELDS = ("created_from", "created_to", "closed", "close_reason", "rule_id", "office_code", "legacy")


@dataclass(frozen=True, slots=True)
class HoldQuery:
    """Leads whose record was created in a span, open or closed, by close reason, rule, office, or of the legacy system.

    Fields left empty ask nothing. A query that asks nothing holds every record, which is allowed: courts do ask for that.
    """

    created_from: date | None = None
    created_to: date | None = None
    closed: bool | None = None
    close_reason: str = ""
    rule_id: str = ""
    office_code: str = ""
    legacy: bool | None = None

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> HoldQuery:
        """The query as a hold keeps it; an unknown field is a programming error."""
        unknown = set(stored) - set(FIELDS)
        if unknown:
            message = f"a hold cannot ask for {', '.join(sorted(unknown))}"
            raise ValueError(message)
        days = {name: date.fromisoformat(stored[name]) for name in ("created_from", "created_to") if stored.get(name)}
        return cls(**{**{name: value for name, value in stored.items() if value not in (None, "")}, **days})

    def to_json(self) -> dict[str, Any]:
        """For the hold's row; fields that ask nothing are left out."""
        kept = {name: value for name, value in asdict(self).items() if value not in (None, "")}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in kept.items()}

    def live_sql(self) -> tuple[str, list[Any]]:
        """The condition on a live lead `l`."""
        parts: list[tuple[str, Any]] = []
        if self.created_from:
            parts.append(("l.record_created_on >= %s", self.created_from))
        if self.created_to:
            parts.append(("l.record_created_on <= %s", self.created_to))
        if self.closed is not None:
            closed = [str(state) for state in CLOSED_STATES]
            parts.append(("l.state = ANY (%s)" if self.closed else "l.state <> ALL (%s)", closed))
        if self.close_reason:
            parts.append(("l.close_reason = %s", self.close_reason))
        if self.rule_id:
            parts.append(("%s = ANY (l.rules || l.rule_id)", self.rule_id))
        if self.office_code:
            parts.append(("l.office_id = (SELECT o.id FROM access_office o WHERE o.code = %s)", self.office_code))
        if self.legacy is not None:
            parts.append(("(l.legacy_number <> '') = %s", self.legacy))
        return " AND ".join(part for part, _ in parts) or "true", [value for _, value in parts]

    def sealed_sql(self) -> tuple[str, list[Any]]:
        """The condition on a package `p`. A sealed record tells its dates only and is closed: what else is asked counts as met."""
        parts: list[tuple[str, Any]] = []
        if self.created_from:
            parts.append(("p.record_created_on >= %s", self.created_from))
        if self.created_to:
            parts.append(("p.record_created_on <= %s", self.created_to))
        if self.closed is False:
            return "false", []
        return " AND ".join(part for part, _ in parts) or "true", [value for _, value in parts]

    def words(self) -> str:
        """One line for the page."""
        said = [
            f"created on or after {self.created_from:%-d %b %Y}" if self.created_from else "",
            f"created on or before {self.created_to:%-d %b %Y}" if self.created_to else "",
            "" if self.closed is None else ("closed" if self.closed else "open"),
            f"closed as “{CloseReason(self.close_reason).label}”" if self.close_reason else "",
            f"rule “{rule_title(self.rule_id)}”" if self.rule_id else "",
            f"office {self.office_code}" if self.office_code else "",
            "" if self.legacy is None else ("of the legacy system" if self.legacy else "not of the legacy system"),
        ]
        return ", ".join(part for part in said if part) or "every record"
