"""What was sealed, in the words of a page: parts of a package as lists of labels and values."""

from __future__ import annotations

from typing import Any

TITLES = {
    "leads_lead": "Lead",
    "subjects_subject": "Person",
    "leads_finding": "Findings",
    "leads_note": "Notes",
    "leads_attachment": "Files",
    "leads_decision": "Decisions",
    "leads_transition": "History",
    "leads_referral": "Referrals",
    "leads_packet": "Packets",
    "leads_outcome": "Outcomes",
    "leads_leadvisit": "Visits",
    "leads_notice": "Notices",
    "leads_wait": "What it waited for",
    "leads_bulkitem": "Acts on many leads",
    "subjects_namefact": "Names",
    "subjects_identifierfact": "Numbers",
    "subjects_addressfact": "Addresses",
    "subjects_admissionfact": "Admissions",
    "subjects_departurefact": "Departures",
    "subjects_statusfact": "SEVIS records",
    "subjects_filingfact": "Filings",
    "subjects_visafact": "Visas",
    "subjects_encounterfact": "Encounters",
    "subjects_associate": "Associates",
    "ingest_sourcerow": "Rows as their sources wrote them",
    "organizations_organization": "Organizations",
    "organizations_official": "Officials",
}
LAST = ("access_user", "subjects_matchkey", "subjects_identitylink")
HIDDEN = {
    "id",
    "uuid",
    "class_id",
    "version",
    "recorded_at",
    "digest",
    "blind_index",
    "record_key",
    "name_key",
    "stored_as",
    "evidence_digest",
    "resolver_version",
}

Line = tuple[str, str]


def parts_of(tables: dict[str, list[dict[str, Any]]]) -> list[tuple[str, list[list[Line]]]]:
    """Each part of a package as (title, rows); a row is its filled columns as (label, value). Machinery is left out."""
    order = [*TITLES, *sorted(set(tables) - set(TITLES) - set(LAST))]
    return [(TITLES.get(name, _label(name.partition("_")[2])), [_row(row) for row in tables[name]]) for name in order if tables.get(name)]


def _row(row: dict[str, Any]) -> list[Line]:
    return [
        (_label(name), _value(value))
        for name, value in row.items()
        if name not in HIDDEN and not name.endswith(("_id", "_key")) and value not in (None, "", [], {})
    ]


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
