"""What arrived while two were shown as one goes, when they are split, to the one of the two whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from subjects.models import AdmissionFact, Associate, DepartureFact, FilingFact, IdentityLink, Judgement, MatchKey, PossibleRecord, Subject
from subjects.services.judge import judge, undo
from subjects.services.judge_record import judge_record
from tests.factories.drops import AS_OF, NOW, filing, load, overstay, student
from tests.factories.people import person
from tests.factories.possible import left
from tests.subjects.test_judge import DOUBTFUL, WEEK

pytestmark = pytest.mark.django_db
LATER = AS_OF + 2 * WEEK
BEN = DOUBTFUL | {"passport_number": "ZZ0001234"}  # shares the passport of the other, and nothing else


@pytest.fixture(autouse=True)
def sight(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[None]:
    settings.DROP_DIR = tmp_path_factory.mktemp("store")
    with acting_as(service_actor("ingest")):
        yield


@pytest.fixture
def analyst() -> User:
    return person("ana", "analyst")


@pytest.fixture
def merged(tmp_path: Path, analyst: User) -> Judgement:
    """Two people who were called one: ANA MARIA EXAMPLE, and BEN OTHER who is shown as her."""
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [overstay("R2", **BEN)], as_of=AS_OF + WEEK)
    pair = Judgement.objects.get()
    judge(actor=analyst, judgement=pair, verdict="same", reason="Same photograph.", now=NOW)
    return pair


def bens_filing(receipt: str = "SIM2611200123", **cells: str) -> dict[str, str]:
    """An application of the person who is shown as the other."""
    return filing(receipt, **{name: BEN[name] for name in ("admission_number", "family_name", "given_name", "date_of_birth")} | cells)


def test_a_record_that_joined_by_a_number_of_the_one_goes_with_that_one(merged: Judgement, analyst: User, tmp_path: Path) -> None:
    load(tmp_path, [bens_filing(), filing("SIM2611200456")], source="claims3", as_of=LATER)
    assert set(FilingFact.objects.values_list("subject_id", flat=True)) == {merged.left_id}

    undo(actor=analyst, judgement=merged, now=NOW)

    standing = FilingFact.objects.filter(retracted_at=None, superseded_at=None)
    assert dict(standing.values_list("receipt_last_four", "subject_id")) == {
        "0123": merged.right_id,
        "0456": merged.left_id,
    }
    links = IdentityLink.objects.filter(source="claims3", closed_at=None).values_list("subject_id", flat=True)
    assert sorted(links) == [merged.left_id, merged.right_id]


def test_a_record_that_joined_by_name_goes_with_whose_name_it_is(merged: Judgement, analyst: User, tmp_path: Path) -> None:
    load(tmp_path, [overstay("R3", **DOUBTFUL | {"admission_number": "999000777X4", "passport_number": ""})], as_of=LATER)
    load(tmp_path, [left("D1", family_name="OTHER", given_name="BEN", date_of_birth="1965-07-30")], as_of=LATER + WEEK)
    assert DepartureFact.objects.get().subject_id == merged.left_id

    undo(actor=analyst, judgement=merged, now=NOW)

    assert DepartureFact.objects.get(retracted_at=None).subject_id == merged.right_id
    assert AdmissionFact.objects.filter(retracted_at=None, subject_id=merged.right_id).count() == 2


def test_associates_whom_a_returned_record_has_named_since_return(analyst: User, tmp_path: Path) -> None:
    named = {"sevis_id": "N9900000777", "family_name": "OTHER", "given_name": "BEN", "date_of_birth": "1965-07-30"}
    trains = {"practical_training": "opt", "employer_name": "SAMPLE WORKS"}
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [overstay("R2", **BEN)], as_of=AS_OF + WEEK)
    load(tmp_path, [student(**named)], source="sevis", as_of=AS_OF + WEEK)
    pair = Judgement.objects.get()
    judge(actor=analyst, judgement=pair, verdict="same", reason="Same photograph.", now=NOW)
    load(tmp_path, [student(**named, **trains)], source="sevis", as_of=LATER)
    assert Associate.objects.get().subject_id == pair.left_id

    undo(actor=analyst, judgement=pair, now=NOW)

    assert Associate.objects.get(retracted_at=None).subject_id == pair.right_id


def test_associates_of_a_record_that_joined_since_go_with_it(merged: Judgement, analyst: User, tmp_path: Path) -> None:
    load(tmp_path, [bens_filing(employer_name="SAMPLE WORKS")], source="claims3", as_of=LATER)
    assert Associate.objects.get().subject_id == merged.left_id

    undo(actor=analyst, judgement=merged, now=NOW)

    assert Associate.objects.get(retracted_at=None).subject_id == merged.right_id


def test_the_coarse_keys_of_each_are_those_of_its_own_names(merged: Judgement, analyst: User, tmp_path: Path) -> None:
    load(tmp_path, [overstay("R2", **BEN | {"family_name": "THIRD"})], as_of=LATER)

    undo(actor=analyst, judgement=merged, now=NOW)
    keys = [set(MatchKey.objects.filter(subject_id=each).values_list("key", flat=True)) for each in (merged.left_id, merged.right_id)]

    assert keys[0]
    assert keys[1]
    assert not keys[0] & keys[1]


def test_a_question_about_the_merged_person_is_asked_of_whom_it_concerns(merged: Judgement, analyst: User, tmp_path: Path) -> None:
    load(tmp_path, [left("D1", family_name="OTHER", given_name="BEN", date_of_birth="1965")], as_of=LATER)
    assert PossibleRecord.objects.get().subject_id == merged.left_id

    undo(actor=analyst, judgement=merged, now=NOW)

    assert PossibleRecord.objects.get(undone_at=None).subject_id == merged.right_id


def test_a_word_that_gave_a_record_to_the_merged_person_is_asked_for_anew(merged: Judgement, analyst: User, tmp_path: Path) -> None:
    load(tmp_path, [left("D1", family_name="OTHER", given_name="BEN", date_of_birth="1965")], as_of=LATER)
    judge_record(actor=analyst, question=PossibleRecord.objects.get(), verdict="same", reason="The photograph.", now=NOW)
    assert DepartureFact.objects.get().subject_id == merged.left_id

    undo(actor=analyst, judgement=merged, now=NOW)

    assert not DepartureFact.objects.filter(retracted_at=None).exists()
    asked = PossibleRecord.objects.get(undone_at=None)
    assert (asked.subject_id, asked.verdict) == (merged.right_id, "")


def test_a_record_given_to_the_one_by_name_before_the_merge_stays_with_that_one(analyst: User, tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [overstay("R2", **BEN)], as_of=AS_OF + WEEK)
    load(tmp_path, [left("D1", family_name="OTHER", given_name="BEN", date_of_birth="1965")], as_of=LATER)
    pair, question = Judgement.objects.get(), PossibleRecord.objects.get()
    judge(actor=analyst, judgement=pair, verdict="same", reason="Same photograph.", now=NOW)
    question.refresh_from_db()
    judge_record(actor=analyst, question=question, verdict="same", reason="The photograph.", now=NOW)

    undo(actor=analyst, judgement=pair, now=NOW)

    assert DepartureFact.objects.get(retracted_at=None).subject_id == pair.right_id
    assert PossibleRecord.objects.get(undone_at=None).verdict == "same"


ARRIVALS: dict[str, Callable[[int], tuple[str, dict[str, str], int]]] = {
    "her filing": lambda place: ("claims3", filing(f"SIM26112{place:05d}"), 0),
    "his filing": lambda place: ("claims3", bens_filing(f"SIM26113{place:05d}"), 1),
    "her stay again": lambda place: ("adis", overstay("R1", admit_until=f"2026-10-{place + 2:02d}"), 0),
    "his stay again": lambda place: ("adis", overstay("R2", **BEN, admit_until=f"2026-10-{place + 2:02d}"), 1),
}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.sampled_from(sorted(ARRIVALS)), max_size=4))
def test_whatever_arrives_in_between_each_is_given_their_own(merged: Judgement, analyst: User, tmp_path: Path, what: list[str]) -> None:
    with transaction.atomic():
        arrived = [ARRIVALS[each](place) for place, each in enumerate(what)]
        for place, (source, row, _) in enumerate(arrived):
            load(tmp_path, [row], source=source, as_of=LATER + place * WEEK)
        undo(actor=analyst, judgement=merged, now=NOW)

        both = (merged.left_id, merged.right_id)
        stands = FilingFact.objects.filter(retracted_at=None)
        assert {row["receipt_number"][-4:]: both[whose] for source, row, whose in arrived if source == "claims3"} == dict(
            stands.values_list("receipt_last_four", "subject_id")
        )
        stays = AdmissionFact.objects.filter(retracted_at=None).values_list("record_key", "subject_id")
        assert {subject for _, subject in stays} == set(both)
        assert len(set(stays)) == 2  # all of a record, old and new, is one person's
        assert Subject.objects.count() == 2
        transaction.set_rollback(True)
