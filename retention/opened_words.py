"""What was sealed, in the words of a page: parts of a package as lists of labels and values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from django.apps import apps

from foundation.templatetags.desk import desk_date, desk_datetime
from subjects.words import country, identifier_words, source_name

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
    "leads_stopsignoverride": "Stop signs that were overridden",
    "leads_claim": "Claims",
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
    "lead_uuid",
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
    # what the machine noted for itself
    "blocking_signs",
    "risk_points",
    "touched_at",
    "evaluated_at",
    "evaluated_as_of",
    "next_change_on",
    "conditions",
    "routable",
    "rules",
    "evidence",
    "explanation",
    "moved",
    "followed",
}
LABELS = {
    "citizenship_iso3": "Citizenship",
    "known_at": "Known since",
    "as_of": "As of",
    "why": "Why",
    "sha256": "SHA-256",
    "json": "JSON",
    "pdf": "PDF",
    "size_bytes": "Bytes",
}
LABELS_OF = {("subjects_identifierfact", "words"): "Number"}

Line = tuple[str, str]


def parts_of(tables: dict[str, list[dict[str, Any]]]) -> list[tuple[str, list[list[Line]]]]:
    """Each part of a package as (title, rows); a row is its filled columns as (label, value). Machinery is left out."""
    order = [*TITLES, *sorted(set(tables) - set(TITLES) - set(LAST))]
    return [
        (TITLES.get(name, _label(name.partition("_")[2])), [_row(name, row) for row in tables[name]]) for name in order if tables.get(name)
    ]


def _row(table: str, row: dict[str, Any]) -> list[Line]:
    choices = _choices(table)
    return [
        (LABELS_OF.get((table, name)) or _label(name), _word(table, name, value) or _chosen(choices.get(name, {}), value) or _value(value))
        for name, value in row.items()
        if name not in HIDDEN and not name.endswith(("_id", "_key")) and value not in (None, "", [], {})
    ]


def _word(table: str, name: str, value: Any) -> str:
    """What the desk calls a value of a list that is no choice of its column; empty for any other."""
    if name == "source":
        return source_name(value)
    if name.startswith("citizenship"):
        return country(value)
    return identifier_words(value) if (table, name) == ("subjects_identifierfact", "kind") else ""


def _chosen(words: Mapping[Any, str], value: Any) -> str:
    return words.get(value, "") if isinstance(value, str | int) else ""


@cache
def _choices(table: str) -> Mapping[str, Mapping[Any, str]]:
    """The words of a table's columns whose values are a closed list, by column and value."""
    model = next((each for each in apps.get_models() if each._meta.db_table == table), None)
    fields = model._meta.concrete_fields if model else ()
    return {field.attname: {value: str(label) for value, label in field.flatchoices} for field in fields if field.choices}


def _label(name: str) -> str:
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def _value(value: Any) -> str:
    """As the desk says it: a package holds days and moments as ISO 8601 texts."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value[:4].isdigit() and value[4:5] == "-":
        try:
            return desk_date(date.fromisoformat(value)) if len(value) == len("2026-07-10") else desk_datetime(datetime.fromisoformat(value))
        except ValueError:
            return value
    return str(value)
