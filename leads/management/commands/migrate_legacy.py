"""Take over the leads of the legacy system from its export (one JSON record a line, gzip)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from access.selectors import service_actor
from ingest.facts import Identifier, IdentifierKind
from leads.services.legacy import LegacyLead, migrate_legacy
from subjects.services.legacy import LegacyPerson


class Command(BaseCommand):
    help = "Take over the legacy system's leads, each with the creation date that it always had. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        """The export."""
        parser.add_argument("file", type=Path, help="legacy.jsonl.gz")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate and say how many came."""
        path: Path = options["file"]
        if not path.is_file():
            message = f"There is no file {path.name}."
            raise CommandError(message)
        came = migrate_legacy(actor=service_actor("leads"), records=read_export(path), now=timezone.now())
        self.stdout.write(f"{came} legacy leads taken over.")


def read_export(path: Path) -> Iterator[LegacyLead]:
    """The records of an export. Raises `CommandError` that names the line of one that cannot be read."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield _lead(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                message = f"Line {number} of {path.name} is not a legacy record. Mend it and run again: what came before it stays."
                raise CommandError(message) from error


def _lead(entry: dict[str, Any]) -> LegacyLead:
    subject = entry["subject"]
    created_on = date.fromisoformat(entry["created_on"])
    person = LegacyPerson(
        record_number=entry["legacy_id"],
        family_name=subject["family_name"],
        given_name=subject["given_name"],
        full_name_source_script=subject.get("name_source_script", ""),
        date_of_birth=date.fromisoformat(subject["date_of_birth"]) if subject.get("date_of_birth") else None,
        sex=subject.get("sex", ""),
        citizenship_iso3=subject.get("citizenship_iso3", ""),
        identifiers=tuple(
            Identifier(IdentifierKind(number["kind"]), number["value"], number.get("country", "")) for number in subject["identifiers"]
        ),
        stated_on=created_on,
    )
    return LegacyLead(
        legacy_number=entry["legacy_id"],
        created_on=created_on,
        why=entry["reason"],
        person=person,
        closed_on=date.fromisoformat(entry["closed_on"]) if entry.get("closed_on") else None,
        closed_reason=entry.get("closed_reason") or "",
        notes=tuple((date.fromisoformat(note["on"]), note["text"]) for note in entry["notes"]),
    )
