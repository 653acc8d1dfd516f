"""The scripted cast: the same people in every world, and each story as it is told."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest.drops import find_drops, read_manifest
from ingest.facts import (
    Admission,
    BenefitFiling,
    Departure,
    DepartureEvidence,
    IdentifierKind,
    LifeEvent,
    NameForm,
    SevisStatus,
    StatusEvent,
)
from ingest.simulator.cast import people
from ingest.simulator.cast.stories import STORIES, cast_lives
from ingest.simulator.documents import FIRST_PERSON
from ingest.simulator.hidden import Life
from ingest.simulator.parameters import DEFAULT_UNTIL, Parameters
from ingest.simulator.world import simulate
from ingest.sources.base import CheckedRow, checked_rows
from ingest.sources.registry import source_for

PARAMETERS = Parameters(0, 180, 5)


@pytest.fixture(scope="module")
def lives() -> dict[str, list[Life]]:
    found: dict[str, list[Life]] = {}
    for life in cast_lives(PARAMETERS).lives:
        found.setdefault(life.story, []).append(life)
    return found


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[date, CheckedRow]]]:
    """All rows of a world that holds the cast alone, by record key, in the order of the extracts."""
    folder: Path = tmp_path_factory.mktemp("cast")
    simulate(people=0, days=180, seed=5, out=folder)
    found: dict[str, list[tuple[date, CheckedRow]]] = {}
    for drop in find_drops(folder):
        manifest = read_manifest(drop.manifest_path)
        for row in checked_rows(source_for(manifest), drop.data_path, manifest.as_of):
            assert isinstance(row, CheckedRow)
            found.setdefault(row.statement.record_key, []).append((manifest.as_of.date(), row))
    return found


def adis(serial: int, trip: int = 0) -> str:
    return f"ADIS-{serial:09d}-{trip}"


def test_every_story_is_played_and_told(lives: dict[str, list[Life]]) -> None:
    assert {story.slug for story in STORIES} == set(lives)
    assert len(STORIES) >= 16
    for story in STORIES:
        assert story.finds.endswith(".")
        assert story.play.__doc__


def test_the_cast_is_the_same_in_every_world_and_shares_no_number_with_drawn_people(lives: dict[str, list[Life]]) -> None:
    other = cast_lives(Parameters(0, 90, 99)).lives
    here = {life.person.serial: life.person for found in lives.values() for life in found}
    assert {life.person.serial: life.person for life in other} == here
    assert max(life.person.serial for life in other) < FIRST_PERSON


def test_no_two_of_the_cast_share_a_name_with_a_birth_date(lives: dict[str, list[Life]]) -> None:
    persons = [life.person for found in lives.values() for life in found]
    assert len({(person.name, person.born) for person in persons}) == len(persons)


def test_the_cast_speaks_in_four_scripts() -> None:
    scripts = "".join(person.name.script for person in (people.OLEG, people.WEI, people.YOUSEF, people.MINA))
    for sample in ("П", "范", "ي", "예"):
        assert sample in scripts
    assert " " in people.LUCIA.name.family  # a double family name


def test_lucias_departure_comes_with_the_last_extract_only(rows: dict[str, list[tuple[date, CheckedRow]]]) -> None:
    history = rows[adis(people.LUCIA.serial)]
    assert history[-1][0] == DEFAULT_UNTIL
    assert any(isinstance(fact, Departure) for fact in history[-1][1].statement.facts)
    assert history[-2][1].statement.flagged
    assert not any(isinstance(fact, Departure) for _, row in history[:-1] for fact in row.statement.facts)


def test_emma_is_over_by_one_day_on_the_last_extract(rows: dict[str, list[tuple[date, CheckedRow]]]) -> None:
    day, row = rows[adis(people.EMMA.serial)][-1]
    (admission,) = [fact for fact in row.statement.facts if isinstance(fact, Admission)]
    assert admission.admit_until == admission.arrived_on + timedelta(days=89)
    assert admission.admit_until == day - timedelta(days=2)
    assert row.statement.flagged
    (name,) = [fact for fact in row.statement.facts if isinstance(fact, NameForm)]
    assert name.date_of_birth == date(1996, 2, 29)


def test_olegs_departure_rests_on_a_name_alone(rows: dict[str, list[tuple[date, CheckedRow]]]) -> None:
    (departure,) = [fact for fact in rows[adis(people.OLEG.serial)][-1][1].statement.facts if isinstance(fact, Departure)]
    assert departure.evidence is DepartureEvidence.MANIFEST_NAME


def test_yousef_left_under_a_number_that_his_arrival_does_not_know(rows: dict[str, list[tuple[date, CheckedRow]]]) -> None:
    loose = rows[f"ADIS-{people.YOUSEF.serial:09d}-D0"][-1][1].statement
    arrival = rows[adis(people.YOUSEF.serial)][-1][1].statement
    passports = [
        {found.value for found in statement.identifiers if found.kind is IdentifierKind.PASSPORT} for statement in (loose, arrival)
    ]
    assert passports[0]
    assert not passports[0] & passports[1]


def test_ainos_filings_are_protected(rows: dict[str, list[tuple[date, CheckedRow]]], lives: dict[str, list[Life]]) -> None:
    keys = {version.key for version in lives["vawa-filer"][0].versions if version.source == "claims3"}
    assert len(keys) == 2
    for key in keys:
        assert rows[key][-1][1].statement.protected


def test_dewis_filing_was_received_in_time_and_loaded_late(
    rows: dict[str, list[tuple[date, CheckedRow]]], lives: dict[str, list[Life]]
) -> None:
    (key,) = {version.key for version in lives["pending-extension"][0].versions if version.source == "claims3"}
    (filing,) = [fact for fact in rows[key][-1][1].statement.facts if isinstance(fact, BenefitFiling)]
    (stay,) = lives["pending-extension"][0].stays
    assert stay.admit_until is not None
    assert filing.received_on <= stay.admit_until
    assert rows[key][0][0] > stay.admit_until + timedelta(days=28)


def test_noras_record_was_terminated_and_put_back(rows: dict[str, list[tuple[date, CheckedRow]]], lives: dict[str, list[Life]]) -> None:
    (matter,) = lives["corrected-record"][0].matters
    states = [fact.status for _, row in rows[matter.key] for fact in row.statement.facts if isinstance(fact, StatusEvent)]
    assert states[-2:] == [SevisStatus.TERMINATED, SevisStatus.ACTIVE]
    assert [row.statement.flagged for _, row in rows[matter.key]][-2:] == [True, False]


def test_students_of_a_withdrawn_school_are_not_flagged(
    rows: dict[str, list[tuple[date, CheckedRow]]], lives: dict[str, list[Life]]
) -> None:
    assert len(lives["school-withdrawn"]) == 12
    for life in lives["school-withdrawn"]:
        assert not rows[life.matters[0].key][-1][1].statement.flagged
    organization = rows["SIM214F00000001"][-1][1].statement.organization
    assert organization is not None
    assert organization.withdrawn_on is not None


def test_forty_students_live_at_the_school(rows: dict[str, list[tuple[date, CheckedRow]]], lives: dict[str, list[Life]]) -> None:
    assert len({life.person.home for life in lives["crowded-school"]}) == 1
    assert Counter(life.matters[0].outcome for life in lives["crowded-school"]) == {"studying": 34, "terminated": 6}
    organization = rows["SIM214F00000002"][-1][1].statement.organization
    assert organization is not None
    assert organization.address is not None
    assert organization.address.line == people.ONE_ADDRESS.line
    assert ("PLACEHOLDER", "RUTH") in {(official.family_name, official.given_name) for official in organization.officials}


def test_anna_is_a_us_person(rows: dict[str, list[tuple[date, CheckedRow]]], lives: dict[str, list[Life]]) -> None:
    keys = {version.key for version in lives["naturalized"][0].versions if version.source == "claims3"}
    events = {fact.kind for key in keys for fact in rows[key][-1][1].statement.facts if isinstance(fact, LifeEvent)}
    assert events == {"naturalized", "permanent_resident"}


def test_the_two_marcos_differ_by_a_swapped_birthday(rows: dict[str, list[tuple[date, CheckedRow]]], lives: dict[str, list[Life]]) -> None:
    assert (people.MARCO.born.day, people.MARCO.born.month) == (people.MARCO_TOO.born.month, people.MARCO_TOO.born.day)
    assert people.MARCO.name == people.MARCO_TOO.name
    assert [rows[life.matters[0].key][-1][1].statement.flagged for life in lives["wrong-person"]] == [False, True]


def test_jumas_wife_is_his_associate(rows: dict[str, list[tuple[date, CheckedRow]]], lives: dict[str, list[Life]]) -> None:
    juma, asha = lives["terminated-with-family"]
    statement = rows[juma.matters[0].key][-1][1].statement
    assert statement.flagged
    assert {(associate.relation, associate.given_name) for associate in statement.associates} == {("spouse", "ASHA")}
    assert [associate.relation for associate in rows[asha.matters[0].key][-1][1].statement.associates] == ["principal"]


def test_one_alias_stands_with_two_men(lives: dict[str, list[Life]]) -> None:
    for life in lives["shared-alias"]:
        (lookout,) = [version for version in life.versions if version.source == "tecs"]
        assert json.loads(lookout.cells["aliases"]) == [{"family_name": "SAMPLE", "given_name": "JARVIS"}]
    assert len({life.person.serial for life in lives["shared-alias"]}) == 2
