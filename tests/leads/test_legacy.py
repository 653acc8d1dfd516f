"""Leads of the legacy system keep the creation date that they always had."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from access.context import acting_as
from access.selectors import service_actor
from leads.models import Lead, Note
from leads.sealing import read_words
from retention.models import RetentionClock
from subjects.models import IdentifierFact

pytestmark = pytest.mark.usefixtures("world")


def export(folder: Path, *entries: dict[str, object]) -> Path:
    path = folder / "legacy.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(entry) + "\n" for entry in entries)
    return path


def entry(number: str, **changes: object) -> dict[str, object]:
    return {
        "legacy_id": number,
        "created_on": "2004-02-29",
        "reason": "Period of admission ended, no departure recorded",
        "state": "open",
        "closed_on": None,
        "closed_reason": None,
        "subject": {
            "family_name": "EXAMPLE",
            "given_name": "ANA",
            "name_source_script": "",
            "date_of_birth": "1961-03-03",
            "sex": "F",
            "citizenship_iso3": "PRT",
            "identifiers": [{"kind": "passport", "value": "ZZ0292281", "country": "UTO"}],
        },
        "notes": [{"on": "2004-03-07", "text": "No viable address found."}],
        **changes,
    }


def test_a_migrated_lead_keeps_its_creation_date_and_is_dated_by_it(tmp_path: Path) -> None:
    call_command("migrate_legacy", export(tmp_path, entry("LT-2004-1")))

    with acting_as(service_actor("leads")):
        lead = Lead.objects.get(legacy_number="LT-2004-1")
        assert lead.record_created_on == date(2004, 2, 29)
        assert lead.state == "queued"
        assert RetentionClock.objects.get(lead=lead).destroy_on == date(2079, 3, 1)
        note = Note.objects.get(lead=lead)
        assert read_words(lead.uuid, note.sealed) == "No viable address found."
        assert IdentifierFact.objects.get(subject=lead.subject_id).last_four == "2281"


def test_a_closed_legacy_lead_stays_closed_with_its_reason(tmp_path: Path) -> None:
    call_command("migrate_legacy", export(tmp_path, entry("LT-2004-2", closed_on="2005-01-10", closed_reason="adjusted")))

    with acting_as(service_actor("leads")):
        lead = Lead.objects.get(legacy_number="LT-2004-2")
    assert (lead.state, lead.close_reason) == ("closed", "in_status")


def test_migrating_twice_takes_each_record_over_once(tmp_path: Path) -> None:
    path = export(tmp_path, entry("LT-2004-1"), entry("LT-2004-2"))

    call_command("migrate_legacy", path)
    call_command("migrate_legacy", path)

    with acting_as(service_actor("leads")):
        assert Lead.objects.count() == 2


def test_a_broken_line_is_named_and_the_records_before_it_stay(tmp_path: Path) -> None:
    broken = entry("LT-2004-2")
    del broken["subject"]

    with pytest.raises(CommandError, match="Line 2"):
        call_command("migrate_legacy", export(tmp_path, entry("LT-2004-1"), broken))

    with acting_as(service_actor("leads")):
        assert list(Lead.objects.values_list("legacy_number", flat=True)) == ["LT-2004-1"]
