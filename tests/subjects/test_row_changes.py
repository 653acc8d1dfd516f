"""A preview names the rows that would change something, and what each would change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from ingest.models import Extract, PreviewedRow
from ingest.services.expire import expire_quarantine
from ingest.services.previewed import Difference, RowChange
from ingest.services.requests import request_apply, request_preview
from ingest.states import Foreseen
from subjects.services.drain import drain
from subjects.services.preview import preview
from tests.factories.drops import AS_OF, NEVER, NOW, adis, filing, load, overstay, receive, write_drop
from tests.factories.people import person
from tests.pages import words

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]
DAY = timedelta(days=1)
SOMEBODY_ELSE = {
    "admission_number": "999000888X4",
    "passport_number": "ZZ0008888",
    "family_name": "SPECIMEN",
    "date_of_birth": "1970-05-05",
}


@pytest.fixture(autouse=True)
def sight(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[None]:
    settings.DROP_DIR = tmp_path_factory.mktemp("store")
    with acting_as(service_actor("ingest")):
        yield


def checked(folder: Path, rows: list[dict[str, str]], *, days: int = 1, source: str = "adis") -> Extract:
    moment = AS_OF + days * DAY
    received = receive(write_drop(folder, rows, as_of=moment, source=source), now=max(NOW, moment), apply=False)
    drain(now=NOW)
    return Extract.objects.get(pk=received.extract.pk)


def foreseen(extract: Extract) -> list[RowChange]:
    return preview(extract=extract, actor=service_actor("ingest"), now=NOW).rows


def test_each_row_that_changes_something_is_named_and_no_other(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1"), overstay("R0", **SOMEBODY_ELSE)])
    waits = adis("R3", admission_number="999000777X4", passport_number="ZZ0007777", family_name="ELSEWHERE", date_of_birth="1960-01-09")
    stranger = overstay(
        "R2", admission_number="999000666X4", passport_number="ZZ0006666", family_name="BEISPIEL", date_of_birth="1950-09-30"
    )
    rows = [overstay("R0", **SOMEBODY_ELSE), stranger, waits, overstay("R1", admit_until=NEVER, sex=""), adis("R4")]

    found = foreseen(checked(tmp_path, rows))

    assert found == [
        RowChange(3, Foreseen.NEW_PERSON),
        RowChange(5, Foreseen.CHANGES, (Difference("admit_until", "2026-10-01", NEVER), Difference("sex", "F", ""))),
        RowChange(6, Foreseen.NEW_RECORD),
    ]


def test_a_row_older_than_what_is_here_goes_into_the_history(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1")])

    assert foreseen(checked(tmp_path, [overstay("R1", admit_until="2026-09-01")], days=-1)) == [RowChange(2, Foreseen.LATE)]


def test_what_a_protected_record_said_is_not_shown_to_the_intake(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [filing(form="I-360", basis="vawa")], source="claims3")

    assert foreseen(checked(tmp_path, [overstay("R1", admit_until=NEVER)])) == [RowChange(2, Foreseen.CHANGES)]


def test_the_page_shows_before_and_after_with_numbers_masked_until_the_extract_is_applied(tmp_path: Path, client_as: ClientAs) -> None:
    load(tmp_path, [overstay("R1")])
    extract = checked(tmp_path, [overstay("R1", admit_until=NEVER, passport_number="ZZ0005678")])
    request_preview(actor=service_actor("ingest"), extract=extract, now=NOW)
    drain(now=NOW)
    address = reverse("extract_detail", args=[extract.uuid])
    operator, analyst = person("dora.operator", "data_operator"), person("ana.analyst", "analyst")

    text = words(client_as(operator).get(address))

    assert "Rows of the extract 1 Rows looked at 1 Applied 1 Unchanged 0" in text
    assert f"changes what the record says admit_until 2026-10-01 {NEVER}" in text
    assert "passport_number ••••1234 ••••5678" in text
    assert "admit_until" not in words(client_as(analyst).get(address))
    request_apply(actor=service_actor("ingest"), extract=Extract.objects.get(pk=extract.pk), now=NOW)
    assert not PreviewedRow.objects.exists()


def test_the_rows_that_could_not_be_used_are_named_with_the_reason_before_anything_is_applied(tmp_path: Path, client_as: ClientAs) -> None:
    extract = checked(tmp_path, [overstay("R1"), overstay("R2", arrival_date="2026-13-45", **SOMEBODY_ELSE)])
    request_preview(actor=service_actor("ingest"), extract=extract, now=NOW)
    drain(now=NOW)

    text = words(client_as(person("dora.operator", "data_operator")).get(reverse("extract_detail", args=[extract.uuid])))

    assert "3 arrival_date This is not a date. Write it as YYYY-MM-DD" in text
    assert "Quarantine No row waits." in text


def test_an_unusable_row_that_may_protect_somebody_is_counted_and_not_named(tmp_path: Path) -> None:
    extract = checked(tmp_path, [filing(form="I-360", basis="vawa", received_on="2026-13-45")], source="claims3")

    found = preview(extract=extract, actor=service_actor("ingest"), now=NOW)

    assert found.figures["quarantined"] == 1
    assert found.rows == []


def test_an_old_preview_goes_with_the_quarantine(tmp_path: Path, settings: Any) -> None:
    extract = checked(tmp_path, [overstay("R1")])
    request_preview(actor=service_actor("ingest"), extract=extract, now=NOW)
    drain(now=NOW)

    expire_quarantine(now=PreviewedRow.objects.get().recorded_at + timedelta(days=settings.QUARANTINE_DAYS + 1))

    assert not PreviewedRow.objects.exists()
