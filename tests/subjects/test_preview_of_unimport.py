"""Before an extract is taken back, a preview counts what that would change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from foundation.errors import Conflict
from ingest.models import Extract
from ingest.services.requests import request_preview, request_unimport
from ingest.states import ExtractState
from leads.models import Lead
from leads.services.evaluation import evaluate_touched
from subjects.models import AdmissionFact
from subjects.services.drain import drain
from subjects.services.preview import preview_unimport
from tests.factories.drops import AS_OF, NOW, filing, load, overstay, receive, write_drop
from tests.factories.people import person
from tests.pages import words

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]
WEEK = timedelta(days=7)
LATER = NOW + 2 * WEEK


@pytest.fixture(autouse=True)
def sight(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[None]:
    settings.DROP_DIR = tmp_path_factory.mktemp("store")
    with acting_as(service_actor("ingest")):
        yield


@pytest.fixture
def operator() -> User:
    return person("dora.operator", "data_operator")


def corrected(folder: Path) -> Extract:
    """An extract that changed one record of two people's and opened a lead by it."""
    load(folder, [filing(received_on="2026-10-20")], source="claims3")  # too late to help, but it shows the person here
    load(folder, [overstay("R1", admit_until="2027-10-01")])
    other = overstay("R2", admission_number="999000888X4", passport_number="ZZ0008888", family_name="SPECIMEN", date_of_birth="1970-05-05")
    extract = load(folder, [overstay("R1"), other], as_of=AS_OF + WEEK, now=NOW + WEEK)
    judged(NOW + WEEK + timedelta(hours=1))
    return extract


def judged(now: datetime) -> None:
    with acting_as(service_actor("leads")):
        evaluate_touched(actor=service_actor("leads"), now=now)


def open_leads() -> int:
    with acting_as(service_actor("leads")):
        return Lead.objects.exclude(state__in=("closed", "auto_closed")).count()


def standing() -> int:
    return AdmissionFact.objects.filter(superseded_at=None, retracted_at=None).count()


def looked_ahead(extract: Extract) -> Extract:
    request_preview(actor=service_actor("ingest"), extract=extract, now=LATER)
    drain(now=LATER)
    return Extract.objects.get(pk=extract.pk)


def test_it_counts_facts_people_and_leads_and_changes_nothing(tmp_path: Path) -> None:
    extract = corrected(tmp_path)
    assert (before := open_leads())

    found = looked_ahead(extract)

    assert found.state == ExtractState.APPLIED
    assert not found.wanted
    assert found.preview["subjects changed"] == 2
    assert found.preview["facts standing again"] >= 1
    assert found.preview["leads closed"] == 1
    assert (open_leads(), standing()) == (before, 2)


def test_what_is_taken_back_then_is_what_was_foreseen(tmp_path: Path) -> None:
    found = looked_ahead(corrected(tmp_path))
    before = open_leads()

    request_unimport(actor=service_actor("ingest"), extract=found, reason="The source sent the wrong day.", now=LATER)
    drain(now=LATER)
    judged(LATER + timedelta(hours=1))

    assert before - open_leads() == found.preview["leads closed"]
    assert standing() == 1


def test_of_very_many_people_it_counts_no_leads_and_says_so(tmp_path: Path, settings: Settings) -> None:
    extract = corrected(tmp_path)
    settings.PREVIEW_ROWS = 1

    found = preview_unimport(extract=extract, actor=service_actor("ingest"), now=LATER)

    assert "leads closed" not in found
    assert found["subjects whose leads are not foreseen, being too many"] == 2


def test_an_extract_that_was_taken_back_or_refused_has_no_preview(tmp_path: Path) -> None:
    extract = load(tmp_path, [overstay()])
    request_unimport(actor=service_actor("ingest"), extract=extract, reason="wrong", now=NOW)
    drain(now=NOW)

    with pytest.raises(Conflict, match="only a checked or applied one"):
        request_preview(actor=service_actor("ingest"), extract=extract, now=NOW)


def test_the_pages_offer_it_and_show_it_where_the_decision_is_taken(tmp_path: Path, operator: User, client_as: ClientAs) -> None:
    extract = corrected(tmp_path)
    client = client_as(operator)
    decision = reverse("extract_unimport", args=[extract.uuid])

    assert "Nobody has tried it out yet." in words(client.get(decision))
    client.post(reverse("extract_preview", args=[extract.uuid]))
    assert "A preview is being made." in words(client.get(decision))
    drain(now=LATER)
    detail, shown = words(client.get(reverse("extract_detail", args=[extract.uuid]))), words(client.get(decision))

    assert "What un-importing would change" in detail
    assert "Un-import previewed" in detail
    for text in (detail, shown):
        assert "Leads closed 1" in text
        assert "Subjects changed 2" in text


def test_what_a_preview_of_applying_foresaw_is_not_taken_for_one_of_taking_back(
    tmp_path: Path, operator: User, client_as: ClientAs
) -> None:
    received = receive(write_drop(tmp_path, [overstay()]), apply=False)
    drain(now=NOW)
    extract = looked_ahead(received.extract)
    client = client_as(operator)
    client.post(reverse("extract_apply", args=[extract.uuid]))
    drain(now=LATER + WEEK)

    assert "What the preview foresaw" in words(client.get(reverse("extract_detail", args=[extract.uuid])))
    assert "Nobody has tried it out yet." in words(client.get(reverse("extract_unimport", args=[extract.uuid])))
