"""What a hold by query may ask: fields that say nothing about a person. The same answer in words and in SQL."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from leads.picture import rule_title
from leads.selectors.queue_filter import under_rule
from leads.states import CLOSED_STATES, CloseReason

FIELDS = ("person_of", "created_from", "created_to", "closed", "close_reason", "rule_id", "office_code", "legacy")

# The lead that is named stays as it is, because it is held; it may be live or sealed. A sealed one is known by the opaque ids of its
# person, with those merged into them, and by the keyed hashes of the person's numbers. A merged person's leads are the other's: they
# have moved, but not those that were sealed before.
LIVE_OF_THE_SAME = """(
    l.subject_id IN (SELECT b.subject_id FROM leads_lead b WHERE b.number = %s)
    OR l.organization_id IN (SELECT b.organization_id FROM leads_lead b WHERE b.number = %s)
    OR l.subject_id IN (SELECT coalesce(r.to_subject_id, s.id) FROM retention_archivepackage b
        JOIN subjects_subject s ON s.uuid = ANY (b.shred)
        LEFT JOIN subjects_subjectredirect r ON r.from_subject_id = s.id AND r.closed_at IS NULL WHERE b.lead_number = %s)
    OR l.subject_id IN (SELECT f.subject_id FROM retention_archivepackage b
        JOIN retention_archiveidentifier i ON i.package_id = b.id
        JOIN subjects_identifierfact f ON f.blind_index = i.blind_index WHERE b.lead_number = %s))"""
SEALED_OF_THE_SAME = """(p.lead_number = %s
    OR p.shred && (SELECT b.shred FROM retention_archivepackage b WHERE b.lead_number = %s)
    OR p.shred && ARRAY(SELECT s.uuid FROM leads_lead b JOIN subjects_subject s ON s.id = b.subject_id
        OR s.id IN (SELECT r.from_subject_id FROM subjects_subjectredirect r WHERE r.to_subject_id = b.subject_id AND r.closed_at IS NULL)
        WHERE b.number = %s)
    OR p.id IN (
    SELECT i.package_id FROM retention_archiveidentifier i WHERE i.blind_index IN (
        SELECT f.blind_index FROM leads_lead b JOIN subjects_identifierfact f ON f.subject_id = b.subject_id WHERE b.number = %s
        UNION SELECT o.blind_index FROM retention_archivepackage b
            JOIN retention_archiveidentifier o ON o.package_id = b.id WHERE b.lead_number = %s)))"""


@dataclass(frozen=True, slots=True)
class HoldQuery:
    """Leads of the person or organization of one lead (by its number), or whose record was created in a span, open or closed,
    by close reason, rule, office, or of the legacy system.

    Fields left empty ask nothing. A query that asks nothing holds every record, which is allowed: courts do ask for that.
    """

    person_of: str = ""
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
        parts: list[tuple[str, list[Any]]] = [(LIVE_OF_THE_SAME, [self.person_of] * 4)] if self.person_of else []
        if self.created_from:
            parts.append(("l.record_created_on >= %s", [self.created_from]))
        if self.created_to:
            parts.append(("l.record_created_on <= %s", [self.created_to]))
        if self.closed is not None:
            closed = [str(state) for state in CLOSED_STATES]
            parts.append(("l.state = ANY (%s)" if self.closed else "l.state <> ALL (%s)", [closed]))
        if self.close_reason:
            parts.append(("l.close_reason = %s", [self.close_reason]))
        if self.rule_id:
            parts.append((under_rule("l", "%s"), [self.rule_id] * 2))
        if self.office_code:
            parts.append(("l.office_id = (SELECT o.id FROM access_office o WHERE o.code = %s)", [self.office_code]))
        if self.legacy is not None:
            parts.append(("(l.legacy_number <> '') = %s", [self.legacy]))
        return _all_of(parts)

    def sealed_sql(self) -> tuple[str, list[Any]]:
        """The condition on a package `p`; `false` when it can match none.

        A sealed record tells its dates and the keyed hashes of its person's numbers, and is closed: what else is asked counts
        as met.
        """
        if self.closed is False:
            return "false", []
        parts: list[tuple[str, list[Any]]] = [(SEALED_OF_THE_SAME, [self.person_of] * 5)] if self.person_of else []
        if self.created_from:
            parts.append(("p.record_created_on >= %s", [self.created_from]))
        if self.created_to:
            parts.append(("p.record_created_on <= %s", [self.created_to]))
        return _all_of(parts)

    def takes_new(self, day: date) -> bool:
        """Whether a lead that is opened on `day`, of whatever rule, may come under it."""
        of_some = self.person_of or self.office_code or self.close_reason or self.closed or self.legacy
        return not of_some and not (self.created_to and self.created_to < day)

    def words(self) -> str:
        """One line for the page."""
        said = [
            f"of the same person or organization as {self.person_of}" if self.person_of else "",
            f"created on or after {self.created_from:%-d %b %Y}" if self.created_from else "",
            f"created on or before {self.created_to:%-d %b %Y}" if self.created_to else "",
            "" if self.closed is None else ("closed" if self.closed else "open"),
            f"closed as “{CloseReason(self.close_reason).label}”" if self.close_reason else "",
            f"rule “{rule_title(self.rule_id)}”" if self.rule_id else "",
            f"office {self.office_code}" if self.office_code else "",
            "" if self.legacy is None else ("of the legacy system" if self.legacy else "not of the legacy system"),
        ]
        return ", ".join(part for part in said if part) or "every record"


def _all_of(parts: list[tuple[str, list[Any]]]) -> tuple[str, list[Any]]:
    return " AND ".join(part for part, _ in parts) or "true", [value for _, values in parts for value in values]
