"""The pages on extracts: figures that add up, refusals in words, rows repaired where they are wrong."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from ingest.drops import DropWriter
from ingest.models import Extract, QuarantinedRow
from ingest.services.quarantine import raw_text
from ingest.sources.registry import SOURCES
from ingest.states import ExtractState, Wanted
from tests.factories import cases
from tests.factories.people import OfficeFactory, person
from tests.pages import counted_queries, words

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]


@pytest.fixture
def operator() -> User:
    return person("dora.operator", "data_operator")


def row_of(source: str, **cells: str) -> str:
    """A row of `source` whose cells are its contract's own examples, some replaced."""
    layout = SOURCES[source]
    examples = {name: str((layout.contract.model_fields[name].examples or [""])[0]) for name in layout.columns}
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="").writerow([cells.get(name, examples[name]) for name in layout.columns])
    return buffer.getvalue()


def applied(**values: Any) -> Extract:
    with acting_as(service_actor("ingest")):
        return cases.extract(row_count=1000, rows_unchanged=100, rows_buffered=60, rows_quarantined=3, **values)


def test_the_list_shows_what_became_of_each_row(client_as: ClientAs, operator: User) -> None:
    extract = applied()

    text = words(client_as(operator).get(reverse("extract_list")))

    assert f"{extract.extract_id} ADIS" in text
    assert "applied 1,000 837 100 60 3" in text
    assert "22 Nov 2026" in text


def test_the_list_says_how_fresh_each_source_is(client_as: ClientAs, operator: User) -> None:
    with acting_as(service_actor("ingest")):
        cases.extract("sevis", as_of=date(2025, 1, 1))

    text = words(client_as(operator).get(reverse("extract_list")))

    assert "1 Jan 2025" in text
    assert "stale" in text
    assert "nothing yet" in text


def test_an_empty_list_says_what_to_do(client_as: ClientAs, operator: User) -> None:
    assert "Receive a drop" in words(client_as(operator).get(reverse("extract_list")))


def test_the_figures_of_an_extract_add_up_on_one_line(client_as: ClientAs, operator: User) -> None:
    text = words(client_as(operator).get(reverse("extract_detail", args=[applied().uuid])))

    assert "1,000 rows in = 837 applied + 100 unchanged + 60 buffered + 3 quarantined" in text


def test_while_rows_are_applied_the_page_says_what_is_left(client_as: ClientAs, operator: User) -> None:
    with acting_as(service_actor("ingest")):
        extract = cases.extract(
            state=ExtractState.APPLYING, row_count=1000, rows_applied=400, work_started_at=datetime(2026, 11, 23, tzinfo=UTC)
        )
    client = client_as(operator)

    page = client.get(reverse("extract_detail", args=[extract.uuid]))
    part = client.get(reverse("extract_progress", args=[extract.uuid]))

    assert "+ 600 not yet applied" in words(page)
    assert 'hx-trigger="every 1s"' in page.content.decode()
    assert "HX-Refresh" not in part.headers
    assert b"<html" not in part.content


def test_when_the_work_ends_the_page_is_read_anew(client_as: ClientAs, operator: User) -> None:
    part = client_as(operator).get(reverse("extract_progress", args=[applied().uuid]))

    assert part.headers["HX-Refresh"] == "true"


def test_a_refusal_is_shown_in_words(client_as: ClientAs, operator: User) -> None:
    with acting_as(service_actor("ingest")):
        extract = cases.extract(state=ExtractState.REFUSED, refused_because="The SHA-256 is not the one in the manifest.")

    text = words(client_as(operator).get(reverse("extract_detail", args=[extract.uuid])))

    assert "Refused; nothing of it was used The SHA-256 is not the one in the manifest." in text
    assert "100 rows in = 0 applied + 0 unchanged + 0 buffered + 0 quarantined + 100 not used" in text


def test_a_preview_is_printed_with_its_figures(client_as: ClientAs, operator: User) -> None:
    with acting_as(service_actor("ingest")):
        extract = cases.extract(
            state=ExtractState.CHECKED, preview={"subjects created": 412}, previewed_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
        )

    text = words(client_as(operator).get(reverse("extract_detail", args=[extract.uuid])))

    assert "Subjects created 412" in text
    assert "Counted in a trial run on 23 Nov 2026, 09:30 UTC that was rolled back." in text


def test_the_offending_cells_are_marked_and_said(client_as: ClientAs, operator: User) -> None:
    extract = applied()
    with acting_as(service_actor("ingest")):
        row = cases.quarantined_row(extract, row_of("adis", arrival_date="2026-13-40"), line=17, column="arrival_date")

    client = client_as(operator)
    listed = words(client.get(reverse("extract_detail", args=[extract.uuid])))
    page = client.get(reverse("quarantined_row", args=[row.uuid]))

    assert "17 arrival_date This is not a date." in listed
    assert page.content.decode().count('class="wrong"') == 1
    assert "This is not a date. Write it as YYYY-MM-DD" in words(page)


def test_a_repaired_row_is_kept_for_replay_with_its_other_cells(client_as: ClientAs, operator: User) -> None:
    extract = applied()
    columns = SOURCES["adis"].columns
    with acting_as(service_actor("ingest")):
        row = cases.quarantined_row(extract, row_of("adis", arrival_date="2026-13-40"), column="arrival_date")
    address = reverse("quarantined_row", args=[row.uuid])
    field = f"cell_{columns.index('arrival_date')}"
    client = client_as(operator)

    wrong = client.post(address, {field: "still wrong"})
    right = client.post(address, {field: "2026-01-11"})

    assert wrong.status_code == 422
    assert "This is not a date" in words(wrong)
    assert right.status_code == 302
    with acting_as(operator):
        fresh = QuarantinedRow.objects.select_related("extract").get()
        assert raw_text(fresh) == row_of("adis", arrival_date="2026-01-11")
        assert fresh.replayed_by == operator
        assert Event.objects.filter(act=Act.ROW_REPLAYED).count() == 1


def test_an_empty_cell_that_must_be_filled_is_not_called_optional(client_as: ClientAs, operator: User) -> None:
    extract = applied()
    with acting_as(service_actor("ingest")):
        row = cases.quarantined_row(extract, row_of("adis", record_id="", arrival_date="2026-13-40"), column="record_id")

    text = words(client_as(operator).get(reverse("quarantined_row", args=[row.uuid])))

    assert "Repair edit the whole row record_id This column must be filled" in text
    assert "arrival_date (optional)" in text


def test_a_row_that_cannot_be_split_is_repaired_as_text(client_as: ClientAs, operator: User) -> None:
    extract = applied()
    with acting_as(service_actor("ingest")):
        row = cases.quarantined_row(extract, "one,two", reason="The row has 2 cells.")
    client = client_as(operator)

    page = client.get(reverse("quarantined_row", args=[row.uuid]))
    repaired = client.post(reverse("quarantined_row", args=[row.uuid]), {"text": row_of("adis")})

    assert "The row has 2 cells" in words(page)
    assert repaired.status_code == 302


def test_nobody_is_asked_to_repair_rows_of_an_extract_that_was_taken_back(client_as: ClientAs, operator: User) -> None:
    with acting_as(service_actor("ingest")):
        extract = cases.extract(state=ExtractState.UNIMPORTED)
        row = cases.quarantined_row(extract, "one,two", reason="The row has 2 cells.")
    client = client_as(operator)

    listed = words(client.get(reverse("extract_detail", args=[extract.uuid])))
    page = words(client.get(reverse("quarantined_row", args=[row.uuid])))

    assert "un-imported with its extract Look" in listed
    assert "nothing of it is repaired any more" in page
    assert "Repair" not in listed + page


def test_an_analyst_sees_the_count_of_quarantined_rows_and_not_the_rows(client_as: ClientAs) -> None:
    extract = applied()
    with acting_as(service_actor("ingest")):
        row = cases.quarantined_row(extract, row_of("adis"), column="arrival_date")
    client = client_as(person("ana.analyst", "analyst"))

    text = words(client.get(reverse("extract_detail", args=[extract.uuid])))

    assert "3 rows wait here. Only data operators see them." in text
    assert client.get(reverse("quarantined_row", args=[row.uuid])).status_code == 404
    assert client.post(reverse("extract_apply", args=[extract.uuid])).status_code == 403


def test_a_field_officer_has_no_extracts(client_as: ClientAs) -> None:
    officer = person("olga", "field_officer", office=OfficeFactory.create(code="HSI-BOS"))

    assert client_as(officer).get(reverse("extract_list")).status_code == 403


def test_applying_is_asked_for_once(client_as: ClientAs, operator: User) -> None:
    with acting_as(service_actor("ingest")):
        extract = cases.extract(state=ExtractState.RECEIVED)
    client = client_as(operator)

    client.post(reverse("extract_apply", args=[extract.uuid]))
    again = client.post(reverse("extract_apply", args=[extract.uuid]), follow=True)

    assert "Somebody has asked already" in words(again)
    extract.refresh_from_db()
    assert extract.wanted == Wanted.APPLY


def test_a_checked_extract_is_discarded_with_a_reason(client_as: ClientAs, operator: User) -> None:
    with acting_as(service_actor("ingest")):
        extract = cases.extract(state=ExtractState.CHECKED, row_count=1000)
    client = client_as(operator)
    address = reverse("extract_discard", args=[extract.uuid])

    offered = client.get(reverse("extract_detail", args=[extract.uuid]))
    without = client.post(address, {"reason": ""})
    right = client.post(address, {"reason": "Sent for a rehearsal."}, follow=True)

    assert address in offered.content.decode()
    assert without.status_code == 422
    assert "Discarded by" in words(right)
    assert "Sent for a rehearsal." in words(right)


def test_un_importing_needs_a_reason_and_the_count(client_as: ClientAs, operator: User) -> None:
    extract = applied()
    address = reverse("extract_unimport", args=[extract.uuid])
    client = client_as(operator)

    without = client.post(address, {"reason": "", "confirmation": "837"})
    wrong = client.post(address, {"reason": "sent by mistake", "confirmation": "836"})
    right = client.post(address, {"reason": "sent by mistake", "confirmation": "837"})

    assert (without.status_code, wrong.status_code, right.status_code) == (422, 422, 302)
    extract.refresh_from_db()
    assert extract.wanted == Wanted.UNIMPORT


def test_a_drop_is_received_by_upload_and_the_same_file_again_changes_nothing(
    client_as: ClientAs, operator: User, tmp_path: Path, settings: Any
) -> None:
    settings.DROP_DIR = tmp_path / "store"
    writer = DropWriter(
        tmp_path,
        "ADIS-1",
        source="adis",
        layout=SOURCES["adis"].layout,
        columns=SOURCES["adis"].columns,
        as_of=datetime(2026, 11, 22, 5, tzinfo=UTC),
        kind="delta",
    )
    writer.write(next(csv.reader([row_of("adis")])))
    writer.close()
    client = client_as(operator)

    def upload() -> Any:
        manifest = SimpleUploadedFile("ADIS-1.json", (tmp_path / "ADIS-1.json").read_bytes())
        data = SimpleUploadedFile("ADIS-1.csv.gz", (tmp_path / "ADIS-1.csv.gz").read_bytes())
        return client.post(reverse("extract_receive"), {"manifest": manifest, "data_file": data}, follow=True)

    first, second = upload(), upload()

    assert "ADIS-1" in words(first)
    assert "here already" in words(second)
    with acting_as(operator):
        assert Extract.objects.count() == 1


def test_a_file_that_is_no_manifest_is_refused_in_words(client_as: ClientAs, operator: User, tmp_path: Path, settings: Any) -> None:
    settings.DROP_DIR = tmp_path / "store"

    response = client_as(operator).post(
        reverse("extract_receive"),
        {"manifest": SimpleUploadedFile("x.json", b"{}"), "data_file": SimpleUploadedFile("../../x.csv.gz", b"zz")},
    )

    assert response.status_code == 422
    assert "manifest" in words(response).lower()


def test_the_list_asks_as_many_queries_for_twenty_extracts_as_for_one(client_as: ClientAs, operator: User) -> None:
    applied()
    client = client_as(operator)
    client.get(reverse("extract_list"))
    with counted_queries() as one:
        client.get(reverse("extract_list"))
    for _ in range(20):
        applied()
    with counted_queries() as many:
        client.get(reverse("extract_list"))

    assert len(many) == len(one) <= 16


def test_older_extracts_lie_behind_a_key_and_not_a_page_number(client_as: ClientAs, operator: User) -> None:
    for _ in range(51):
        applied()
    client = client_as(operator)

    first = client.get(reverse("extract_list"))
    address = first.content.decode().split('href="?after=')[1].split('"')[0]
    second = client.get(f"{reverse('extract_list')}?after={address}")

    assert uuid.UUID(address)
    assert second.content.decode().count('scope="row"') == 1
