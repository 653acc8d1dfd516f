"""A row that its source corrects is looked at again: it leaves a person whom it speaks against."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from access.context import acting_as
from access.selectors import service_actor
from ingest.models import SourceRow
from ingest.services.requests import request_unimport
from subjects.models import AdmissionFact, DepartureFact, FilingFact, IdentityLink, Judgement, PossibleRecord, Subject
from subjects.services.drain import drain
from subjects.services.judge import judge
from tests.factories.drops import AS_OF, NOW, figures, filing, load, overstay
from tests.factories.people import person

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
HERS, HIS = "A900000123", "A900000456"
HIM = {"admission_number": "999000555X4", "family_name": "OTHER", "given_name": "BEN", "date_of_birth": "1965-07-30"}
HIS_STAY = overstay("R2", **HIM, passport_number="ZZ0005555")
HIS_FILING = filing("SIM2611200777", **HIM, a_number=HIS)


@pytest.fixture(autouse=True)
def sight(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[None]:
    settings.DROP_DIR = tmp_path_factory.mktemp("store")
    with acting_as(service_actor("ingest")):
        yield


@pytest.fixture
def two(tmp_path: Path) -> tuple[Subject, Subject]:
    """Ana and Ben, each with a stay that ended and an application that tells an A-number."""
    load(tmp_path, [overstay("R1"), HIS_STAY])
    load(tmp_path, [filing(a_number=HERS), HIS_FILING], source="claims3")
    ana, ben = Subject.objects.order_by("pk")
    return ana, ben


def removal(**cells: str) -> dict[str, str]:
    """An EID case that tells of a removal, with one digit of the A-number wrong: it is Ana's then."""
    return {
        "event_number": "SIM2606000234",
        "subject_id": "9900000999",
        "event_type": "case",
        "event_date": "2026-09-01",
        "departed_on": "2026-09-10",
        "a_number": HERS,
        "family_name": "EXAMPLE",
        "date_of_birth": "1991",
    } | cells


CORRECTED = removal(a_number=HIS, family_name="OTHER", given_name="BEN", date_of_birth="1965-07-30")


def removed() -> list[int]:
    """Whose removals stand."""
    return list(DepartureFact.objects.filter(superseded_at=None, retracted_at=None).values_list("subject_id", flat=True))


def test_a_removal_goes_to_whom_the_corrected_row_names(tmp_path: Path, two: tuple[Subject, Subject]) -> None:
    ana, ben = two
    load(tmp_path, [removal()], source="eid")
    assert removed() == [ana.pk]

    extract = load(tmp_path, [CORRECTED], source="eid", as_of=AS_OF + WEEK, now=NOW + WEEK)

    assert removed() == [ben.pk]
    assert IdentityLink.objects.get(source="eid", closed_at=None).subject_id == ben.pk
    assert figures(extract) == (1, 0, 0, 0)
    assert set(Subject.objects.values_list("touched_at", flat=True)) == {NOW + WEEK}


def test_later_rows_of_the_other_find_the_other_alone(tmp_path: Path, two: tuple[Subject, Subject]) -> None:
    load(tmp_path, [removal()], source="eid")
    load(tmp_path, [CORRECTED], source="eid", as_of=AS_OF + WEEK)
    load(tmp_path, [filing("SIM2611200888", **HIM | {"admission_number": ""}, a_number=HIS)], source="claims3", as_of=AS_OF + WEEK)

    assert FilingFact.objects.get(receipt_last_four="0888").subject == two[1]
    assert not Judgement.objects.exists()


def test_a_corrected_row_that_fits_nobody_any_more_waits_again(tmp_path: Path, two: tuple[Subject, Subject]) -> None:
    first = load(tmp_path, [removal()], source="eid")
    second = load(tmp_path, [removal(a_number="A900000789")], source="eid", as_of=AS_OF + WEEK)

    first.refresh_from_db()
    assert removed() == []
    assert (figures(first), figures(second)) == ((0, 0, 1, 0), (0, 0, 1, 0))
    assert not SourceRow.objects.filter(source="eid", state="applied").exists()


def test_a_row_that_is_corrected_without_speaking_against_its_person_stays(tmp_path: Path, two: tuple[Subject, Subject]) -> None:
    load(tmp_path, [removal()], source="eid")
    link = IdentityLink.objects.get(source="eid")
    load(tmp_path, [removal(a_number="", given_name="ANA MARIA", date_of_birth="1991-02-17")], source="eid", as_of=AS_OF + WEEK)

    assert removed() == [two[0].pk]
    assert IdentityLink.objects.get(source="eid") == link


def test_taking_the_correction_back_gives_the_removal_back(tmp_path: Path, two: tuple[Subject, Subject]) -> None:
    load(tmp_path, [removal(a_number="A900000789", date_of_birth="1965-07-30", family_name="OTHER", given_name="BEN")], source="eid")
    load(tmp_path, [removal()], source="eid", as_of=AS_OF + WEEK)
    assert removed() == [two[0].pk]
    wrong = load(tmp_path, [CORRECTED], source="eid", as_of=AS_OF + 2 * WEEK)
    assert removed() == [two[1].pk]

    request_unimport(actor=service_actor("ingest"), extract=wrong, reason="The wrong file.", now=NOW)
    drain(now=NOW + WEEK)

    assert removed() == [two[0].pk]


def test_a_flagged_row_leaves_too_and_makes_a_person_of_its_own(tmp_path: Path) -> None:
    second = {"admission_number": "999000777X4", "arrival_date": "2025-04-02", "admit_until": "2025-09-01"}
    load(tmp_path, [overstay("R1"), overstay("R3", **second)])
    ana = Subject.objects.get()

    load(tmp_path, [overstay("R3", **second | HIM)], as_of=AS_OF + WEEK)

    assert AdmissionFact.objects.get(subject=ana, retracted_at=None).admit_until == date(2026, 10, 1)
    assert AdmissionFact.objects.exclude(subject=ana).get().admit_until == date(2025, 9, 1)
    assert Judgement.objects.get().explanation["flags"] == ["shared_identifier", "conflicting_birth_dates"]


def test_the_row_that_made_a_person_keeps_them_and_what_no_longer_fits_waits(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1")])
    extract = load(tmp_path, [filing()], source="claims3")
    ana = Subject.objects.get()

    load(tmp_path, [overstay("R1", **HIM | {"admission_number": "999000123X4"})], as_of=AS_OF + WEEK)

    extract.refresh_from_db()
    assert Subject.objects.get().family_name == "OTHER"
    assert AdmissionFact.objects.get(superseded_at=None, retracted_at=None).subject == ana
    assert not FilingFact.objects.filter(retracted_at=None).exists()
    assert figures(extract) == (0, 0, 1, 0)
    assert PossibleRecord.objects.get().subject == ana


def test_a_row_that_now_carries_a_number_of_another_is_a_doubt(tmp_path: Path, two: tuple[Subject, Subject]) -> None:
    ana, ben = two
    load(tmp_path, [overstay("R1", passport_number="ZZ0005555")], as_of=AS_OF + WEEK)

    doubt = Judgement.objects.get()
    assert (doubt.left, doubt.right, doubt.verdict) == (ana, ben, "")
    assert doubt.explanation["flags"] == ["shared_identifier", "conflicting_birth_dates"]


def test_a_word_that_two_are_one_holds_when_a_row_of_theirs_comes_again(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1"), overstay("R2", **HIM)])
    judge(actor=person("ana", "analyst"), judgement=Judgement.objects.get(), verdict="same", reason="The photograph.", now=NOW)
    links = set(IdentityLink.objects.filter(closed_at=None).values_list("pk", "subject_id"))

    load(tmp_path, [overstay("R2", **HIM | {"given_name": "BENJAMIN"})], as_of=AS_OF + WEEK)

    assert set(IdentityLink.objects.filter(closed_at=None).values_list("pk", "subject_id")) == links


@pytest.mark.proof
def test_the_order_in_which_the_two_rows_come_makes_no_difference(tmp_path: Path) -> None:
    drops = [
        ("adis", [overstay("R1"), HIS_STAY], 0),
        ("claims3", [filing(a_number=HERS), HIS_FILING], 0),
        ("eid", [removal()], 0),
        ("eid", [CORRECTED], 1),
    ]
    ends = set()
    for order in itertools.permutations(drops):
        with transaction.atomic():
            for source, rows, weeks in order:
                load(tmp_path, rows, source=source, as_of=AS_OF + weeks * WEEK)
            ends.add((*Subject.objects.filter(pk__in=removed()).values_list("family_name", flat=True), Judgement.objects.count()))
            transaction.set_rollback(True)

    assert ends == {("OTHER", 0)}
