"""The queue as a file: what the page shows, marked, addressed, on record, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from pypdf import PdfReader

from access.context import acting_as
from access.models import Compartment
from access.selectors import class_for
from audit.models import Event
from foundation.exports import safe
from leads.export.queue import COLUMNS, ON_PAPER
from leads.filters import QueueQuery
from leads.models import Lead
from leads.selectors.queue import queue_for
from leadtrac.bench.client import signed_in
from oversight.services.compartments import move_in
from subjects.models import Subject
from tests.factories.facts import NOW
from tests.factories.people import person
from tests.leads.conftest import Desk
from tests.leads.test_queue_pages import make
from tests.leads.test_referral import in_boston, refer

pytestmark = pytest.mark.django_db


def sheet(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def leads(desk: Desk) -> list[Lead]:
    with desk.facts():
        return make(7, risk=lambda n: "high" if n < 3 else "low")


def test_the_file_holds_the_leads_of_the_view_in_its_order(desk: Desk, leads: list[Lead]) -> None:
    response = signed_in(desk.analyst).get("/queue/export/csv/?tab=all&risk=high")
    head, columns, *rows = sheet(response)

    with acting_as(desk.analyst):
        shown = queue_for(desk.analyst, QueueQuery(tab="all", risk="high").wanted, now=NOW).rows
    assert [row[0] for row in rows] == [row.number for row in shown]
    assert len(rows) == 3
    assert columns == list(COLUMNS)
    assert head[5] == "3 leads, all of the view"


def test_marking_recipient_time_and_id_stand_in_the_first_row_and_the_marking_in_the_name(desk: Desk, leads: list[Lead]) -> None:
    response = signed_in(desk.analyst).get("/queue/export/csv/?tab=all")
    head = sheet(response)[0]

    assert head[0] == "UNCLASSIFIED // LAW ENFORCEMENT SENSITIVE"
    assert head[1] == f"For {desk.analyst.label}"
    assert head[2].startswith("Made 23 Nov 2026, 09:00")
    export_id = UUID(head[3].removeprefix("Export "))
    name = response.headers["Content-Disposition"]
    assert name.startswith('attachment; filename="UNCLASSIFIED-LAW-ENFORCEMENT-SENSITIVE_queue_20261123-0900Z_')
    assert str(export_id)[:8] in name
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.check(41)
def test_the_export_is_on_record_with_its_leads_and_columns(desk: Desk, leads: list[Lead]) -> None:
    head = sheet(signed_in(desk.analyst).get("/queue/export/csv/?tab=all"))[0]

    with acting_as(person("audrey", "auditor")):
        event = Event.objects.get(act="export")
    assert f"Export {event.object_uuid}" == head[3]
    assert set(event.result_uuids) == {lead.uuid for lead in leads}
    assert list(event.field_names) == list(COLUMNS)


@pytest.mark.check(33)
def test_what_one_may_not_see_is_not_in_the_file(desk: Desk, leads: list[Lead]) -> None:
    with desk.facts():
        (hidden,) = make(1, class_for(audience="hq", compartments=[Compartment.objects.get(code="protected-person").pk]))
    cleared = person("cleo", "analyst", cleared_for="protected-person")

    assert hidden.number not in signed_in(desk.analyst).get("/queue/export/csv/?tab=all").content.decode()
    assert hidden.number in signed_in(cleared).get("/queue/export/csv/?tab=all").content.decode()
    assert signed_in(desk.boston).get("/queue/export/csv/?tab=all").status_code == 403


@pytest.mark.check(64)
def test_a_long_list_is_cut_and_says_so(desk: Desk, leads: list[Lead], settings: Any) -> None:
    settings.EXPORT_ROWS = 4

    head, _, *rows = sheet(signed_in(desk.analyst).get("/queue/export/csv/?tab=all"))

    assert len(rows) == 4
    assert head[5] == "The first 4 leads; there are more."


@pytest.mark.check(59)
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_begins_like_a_formula(start: str) -> None:
    assert safe(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"
    assert safe("DOE EXAMPLE, ANA") == "DOE EXAMPLE, ANA"
    assert safe(-3) == -3


@pytest.mark.check(59)
def test_a_name_like_a_formula_is_text_in_both_forms(desk: Desk) -> None:
    with desk.facts():
        (lead,) = make(1)
        lead.subject.family_name = '=HYPERLINK("x")'
        lead.subject.save(update_fields=["family_name"])
    client = signed_in(desk.analyst)

    row = sheet(client.get("/queue/export/csv/?tab=all"))[2]
    with zipfile.ZipFile(io.BytesIO(client.get("/queue/export/xlsx/?tab=all").content)) as book:
        cells, strings = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/sharedStrings.xml").decode()

    assert row[1].startswith("'=HYPERLINK")
    assert "<f>" not in cells
    assert "'=HYPERLINK" in strings
    assert "<oddHeader>&amp;CUNCLASSIFIED // LAW ENFORCEMENT SENSITIVE</oddHeader>" in cells


def test_the_pdf_is_marked_and_addressed_on_every_page_and_reads_back_in_every_script(desk: Desk) -> None:
    with desk.facts():
        for lead, name in zip(make(40), ("ДОУ", "王小明", "حسن", *["DOE EXAMPLE"] * 37), strict=True):
            lead.subject.family_name = name
            lead.subject.save(update_fields=["family_name"])

    response = signed_in(desk.analyst).get("/queue/export/pdf/?tab=all")

    assert response.headers["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(response.content))
    assert len(reader.pages) > 1
    with acting_as(person("audrey", "auditor")):
        event = Event.objects.get(act="export")
    for page in reader.pages:
        text = " ".join(page.extract_text().split())
        assert "UNCLASSIFIED // LAW ENFORCEMENT SENSITIVE" in text
        assert f"For {desk.analyst.label} only. Export {event.object_uuid}" in text
    whole = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "ДОУ" in whole
    assert "王小明" in whole
    assert unicodedata.normalize("NFKC", "حسن") in unicodedata.normalize("NFKC", whole)
    root: Any = reader.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"])
    assert list(event.field_names) == list(ON_PAPER)


def test_referrals_are_exported_with_their_offices_by_headquarters_only(desk: Desk) -> None:
    referral = refer(desk, desk.opened(in_boston))
    client = signed_in(desk.analyst)

    _, columns, row = sheet(client.get("/referrals/export/csv/"))

    assert (columns[0], row[0], row[2], row[4]) == ("Lead", referral.lead_number, "HSI Boston", "Sent")
    assert client.get("/referrals/export/pdf/?tab=done").status_code == 200
    assert signed_in(desk.boston).get("/referrals/export/csv/").status_code == 403
    assert signed_in(person("priya", "privacy_officer")).get("/referrals/export/csv/").status_code == 403


@pytest.mark.check(33)
def test_a_list_of_referrals_with_somebody_in_a_compartment_carries_its_mark(desk: Desk) -> None:
    referral = refer(desk, desk.opened(in_boston))
    mover = person("mona", "privacy_officer", cleared_for="protected-person")
    with desk.facts():
        subject = Subject.objects.get(pk=referral.lead.subject_id)
    with acting_as(mover):
        move_in(actor=mover, subject=subject, compartment=Compartment.objects.get(code="protected-person"), reason="x", now=timezone.now())
    cleared = signed_in(person("cleo", "analyst", cleared_for="protected-person"))

    head, _, *rows = sheet(cleared.get("/referrals/export/csv/?tab=done"))

    assert [row[0] for row in rows] == [referral.lead_number]
    assert "// COMPARTMENT" in " ".join(head)
    assert "COMPARTMENT" not in signed_in(desk.analyst).get("/referrals/export/csv/?tab=done").content.decode()


def test_an_unknown_form_is_no_page(desk: Desk) -> None:
    assert signed_in(desk.analyst).get("/queue/export/exe/").status_code == 404
