"""Same, different, unsure: merging loses nothing, splitting gives back both, and a word once given holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from leads.snapshots import snapshots
from subjects.models import AdmissionFact, Judgement, PossibleRecord, Subject, SubjectRedirect
from subjects.services.judge import judge, undo
from subjects.services.judge_record import judge_record
from subjects.services.merge import OURS
from subjects.services.protect import protect
from tests.factories.drops import AS_OF, NOW, filing, load, overstay
from tests.factories.people import person

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
DOUBTFUL = {"admission_number": "999000555X4", "family_name": "OTHER", "given_name": "BEN", "date_of_birth": "1965-07-30"}


@pytest.fixture(autouse=True)
def sight(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[None]:
    """A store of this test's own, and the sight of the system for what it looks at."""
    settings.DROP_DIR = tmp_path_factory.mktemp("store")
    with acting_as(service_actor("ingest")):
        yield


@pytest.fixture
def analyst() -> User:
    return person("ana", "analyst")


@pytest.fixture
def doubt(tmp_path: Path) -> Judgement:
    """Two subjects that share a passport number and nothing else."""
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [overstay("R2", **DOUBTFUL)], as_of=AS_OF + WEEK)
    return Judgement.objects.get()


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row that hangs on a subject, byte for byte, and the subjects' own values (when they were touched apart)."""
    found = {}
    with connection.cursor() as cursor:
        for table in OURS:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608
            found[table] = cursor.fetchall()
        cursor.execute(
            "SELECT id, uuid, class_id, family_name, given_name, date_of_birth, identity_strength FROM subjects_subject ORDER BY id"
        )
        found["subjects_subject"] = cursor.fetchall()
    return found


def test_judged_the_same_the_two_are_shown_as_the_first(doubt: Judgement, analyst: User) -> None:
    with acting_as(analyst):
        judge(actor=analyst, judgement=doubt, verdict="same", reason="Same photograph.", now=NOW)

    redirect = SubjectRedirect.objects.get()
    assert (redirect.from_subject_id, redirect.to_subject_id) == (doubt.right_id, doubt.left_id)
    assert set(AdmissionFact.objects.values_list("subject_id", flat=True)) == {doubt.left_id}
    assert Subject.objects.get(pk=doubt.left_id).touched_at == NOW


def test_a_split_gives_back_both_byte_for_byte(doubt: Judgement, analyst: User) -> None:
    before = everything()

    judge(actor=analyst, judgement=doubt, verdict="same", reason="Same photograph.", now=NOW)
    merged = everything()
    undo(actor=analyst, judgement=doubt, now=NOW)

    assert merged != before
    assert everything() == before


def test_merged_split_and_merged_again_is_merged(doubt: Judgement, analyst: User) -> None:
    judge(actor=analyst, judgement=doubt, verdict="same", reason="Same photograph.", now=NOW)
    merged = everything()

    again = undo(actor=analyst, judgement=doubt, now=NOW)
    judge(actor=analyst, judgement=again, verdict="same", reason="Same photograph after all.", now=NOW)

    assert everything() == merged


def test_what_came_since_the_merge_goes_where_its_record_belongs(doubt: Judgement, analyst: User, tmp_path: Path) -> None:
    judge(actor=analyst, judgement=doubt, verdict="same", reason="Same photograph.", now=NOW)
    load(tmp_path, [overstay("R2", **DOUBTFUL, admit_until="2026-10-20")], as_of=AS_OF + 2 * WEEK)

    undo(actor=analyst, judgement=doubt, now=NOW)

    newest = AdmissionFact.objects.get(superseded_at=None, admit_until="2026-10-20")
    assert newest.subject_id == doubt.right_id


def test_different_survives_another_import(doubt: Judgement, analyst: User, tmp_path: Path) -> None:
    judge(actor=analyst, judgement=doubt, verdict="different", now=NOW)

    load(tmp_path, [overstay("R3", **DOUBTFUL, arrival_date="2025-01-01", admit_until="2025-02-01")], as_of=AS_OF + 2 * WEEK)

    assert Judgement.objects.get().verdict == "different"
    assert Subject.objects.count() == 2


def test_a_row_that_belongs_to_a_merged_subject_finds_it(doubt: Judgement, analyst: User, tmp_path: Path) -> None:
    judge(actor=analyst, judgement=doubt, verdict="same", reason="Same photograph.", now=NOW)

    load(
        tmp_path,
        [filing(admission_number="999000555X4", family_name="OTHER", given_name="BEN", date_of_birth="1965-07-30")],
        source="claims3",
    )

    assert Subject.objects.get(pk=doubt.left_id).filingfacts.count() == 1


@pytest.fixture
def two_names(tmp_path: Path) -> Judgement:
    """Two subjects of one date of birth that share a passport number, and no name."""
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [overstay("R2", **DOUBTFUL | {"date_of_birth": overstay("R1")["date_of_birth"]})], as_of=AS_OF + WEEK)
    return Judgement.objects.get()


def flags_of(*subjects: int) -> list[frozenset[str]]:
    """What the rules are told of the matching of each."""
    found = snapshots([Subject.objects.get(pk=each) for each in subjects])
    return [found[each].link_flags for each in subjects]


def test_two_names_on_one_document_are_two_people_with_a_flag(two_names: Judgement) -> None:
    assert two_names.explanation["flags"] == ["shared_identifier"]
    assert flags_of(two_names.left_id, two_names.right_id) == [frozenset({"possible_twin", "shared_identifier"})] * 2


def test_a_pair_that_was_judged_leaves_the_doubt_about_another(two_names: Judgement, analyst: User, tmp_path: Path) -> None:
    judge(actor=analyst, judgement=two_names, verdict="different", now=NOW)
    assert flags_of(two_names.left_id) == [frozenset()]

    load(tmp_path, [overstay("R3", **DOUBTFUL | {"given_name": "CARL", "family_name": "THIRD"})], as_of=AS_OF + 2 * WEEK)

    assert "possible_twin" in flags_of(two_names.left_id)[0]


def printed(encounter: str, **cells: str) -> dict[str, str]:
    """A fingerprint encounter of the person of `overstay`, under one fingerprint number."""
    person = {name: value for name, value in overstay().items() if name.startswith(("family", "given", "date_of", "passport"))}
    return person | {"encounter_id": encounter, "fin": "9900000123", "encountered_on": "2026-04-02", "agency": "CBP"} | cells


def test_one_person_of_several_names_under_one_fingerprint_number_stays_that(analyst: User, tmp_path: Path) -> None:
    other = {"family_name": "OTHER", "given_name": "BEN", "date_of_birth": "1965-07-30", "passport_number": "ZZ0009999"}
    load(tmp_path, [overstay("R1"), overstay("R2", **other, admission_number="999000999X4")])
    load(tmp_path, [printed("I1"), printed("I2", **other)], source="ident")
    pair = Judgement.objects.get()
    assert all("many_names_one_fin" in found for found in flags_of(pair.left_id, pair.right_id))

    judge(actor=analyst, judgement=pair, verdict="same", reason="Same fingerprints.", now=NOW)
    assert flags_of(pair.left_id) == [frozenset({"many_names_one_fin"})]

    judge(actor=analyst, judgement=undo(actor=analyst, judgement=pair, now=NOW), verdict="different", now=NOW)
    assert flags_of(pair.left_id, pair.right_id) == [frozenset(), frozenset()]


def test_another_name_that_waits_under_the_fingerprint_number_is_flagged(analyst: User, tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [printed("I1"), printed("I2", family_name="OTHER", given_name="BEN", passport_number="")], source="ident")
    question = PossibleRecord.objects.get()
    assert flags_of(question.subject_id) == [frozenset({"many_names_one_fin"})]

    judge_record(actor=analyst, question=question, verdict="same", reason="Same fingerprints.", now=NOW)
    assert flags_of(question.subject_id) == [frozenset({"many_names_one_fin"})]


def test_a_pair_is_judged_once(doubt: Judgement, analyst: User) -> None:
    judge(actor=analyst, judgement=doubt, verdict="unsure", now=NOW)

    with pytest.raises(Conflict):
        judge(actor=analyst, judgement=doubt, verdict="different", now=NOW)


def test_a_pair_that_left_the_judge_s_sight_since_the_page_was_made_is_not_there(doubt: Judgement, analyst: User) -> None:
    with acting_as(service_actor("subjects")):
        protect([doubt.right_id])

    with acting_as(analyst), pytest.raises(NotFound):
        judge(actor=analyst, judgement=doubt, verdict="different", now=NOW)
    with acting_as(analyst), pytest.raises(NotFound):
        undo(actor=analyst, judgement=doubt, now=NOW)


def test_calling_two_people_one_needs_a_reason(doubt: Judgement, analyst: User) -> None:
    with pytest.raises(InvalidInput):
        judge(actor=analyst, judgement=doubt, verdict="same", now=NOW)


def test_a_field_officer_judges_nobody(doubt: Judgement) -> None:
    officer = person("felix", "field_officer")

    with pytest.raises(Forbidden):
        judge(actor=officer, judgement=doubt, verdict="different", now=NOW)
