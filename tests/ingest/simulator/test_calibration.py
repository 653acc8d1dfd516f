"""The drawn world keeps the public rates when nothing is enriched, and has enough cases of each rule when it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from ingest.simulator.adis_rows import record_key
from ingest.simulator.draw import draw_life, plan_of
from ingest.simulator.hidden import Life
from ingest.simulator.parameters import CLASS_MIX, DEFAULT_UNTIL, DUPLICATE_I94, MISSING_SEX, TWINS, Parameters
from ingest.simulator.schools import all_schools
from ingest.simulator.traces import shown_here

PEOPLE = 5000


def lives(enrich: float, people: int = PEOPLE) -> list[Life]:
    parameters = Parameters(people, 180, 11, enrich=enrich)
    schools, programs = all_schools(parameters)
    return [draw_life(parameters, index, schools, programs) for index in range(people)]


@pytest.fixture(scope="module")
def plain() -> list[Life]:
    return lives(0.0)


@pytest.fixture(scope="module")
def enriched() -> list[Life]:
    return lives(0.3)


def near(share: float, expected: float, people: int) -> bool:
    """Within four standard deviations of a share counted among so many."""
    return abs(share - expected) <= 4 * (expected * (1 - expected) / people) ** 0.5 + 1e-9


def test_the_mix_of_classes_is_the_public_one(plain: list[Life]) -> None:
    counts = Counter(life.stays[0].class_code for life in plain)
    total = sum(weight for _, weight in CLASS_MIX)
    for class_code, weight in CLASS_MIX:
        assert near(counts[class_code] / PEOPLE, weight / total, PEOPLE), class_code


def test_visa_waiver_stays_without_a_matched_departure_are_two_to_four_in_a_hundred(plain: list[Life]) -> None:
    ended = unmatched = 0
    for life in plain:
        stay, matter = life.stays[0], life.matters[0]
        if stay.class_code in {"WT", "WB"} and matter.outcome != "still_authorized" and (stay.left is not None or matter.violated):
            last = [version for version in life.versions if version.key == record_key(stay, life.person)][-1]
            ended += 1
            unmatched += not last.cells.get("departure_date")
    assert ended > 1500
    assert 0.012 < unmatched / ended < 0.04  # domain: 2.53 % WT, 1.16 % WB


def test_true_overstays_keep_the_public_rates(plain: list[Life]) -> None:
    visitors = [life for life in plain if life.stays[0].class_code in {"B1", "B2"}]
    waiver = [life for life in plain if life.stays[0].class_code in {"WT", "WB"}]
    for found, rate in ((visitors, 0.0222), (waiver, 0.0043)):
        over = [life for life in found if life.matters[0].outcome == "overstay"]
        ended = [life for life in found if life.stays[0].admit_until and life.stays[0].admit_until < DEFAULT_UNTIL]
        assert near(len(over) / len(ended), rate + 0.0015, len(ended))  # a few are on their way out, late


def test_stays_last_as_long_as_in_the_public_rows(plain: list[Life]) -> None:
    days = sorted(
        (life.stays[0].left.on - life.stays[0].arrived).days for life in plain if life.stays[0].left and life.stays[0].class_code == "WT"
    )
    assert 5 <= days[len(days) // 2] <= 9  # median 7
    assert 14 <= days[len(days) * 9 // 10] <= 24  # p90 19


def test_rows_are_as_dirty_as_the_public_ones(plain: list[Life]) -> None:
    adis = [next(version for version in life.versions if version.source == "adis") for life in plain]
    assert near(sum(not row.cells["sex"] for row in adis) / PEOPLE, MISSING_SEX, PEOPLE)
    assert near(sum("duplicate_i94" in matter.noise for life in plain for matter in life.matters) / PEOPLE, DUPLICATE_I94, PEOPLE)
    states = Counter(row.cells["us_address_state"] for row in adis)
    assert near(states[""] / PEOPLE, 0.049, PEOPLE)


def test_the_decisive_kinds_of_noise_all_occur(enriched: list[Life]) -> None:
    kinds = {kind for life in enriched for matter in life.matters for kind in matter.noise}
    assert {"name_typo", "name_swapped", "name_romanization", "duplicate_i94", "renewed_passport", "birth_date_swapped"} <= kinds


def test_each_rule_has_enough_true_and_false_cases_for_scoring(enriched: list[Life]) -> None:
    counts = Counter((matter.rule, matter.violated and matter.present) for life in enriched for matter in life.matters)
    enough = 100 * PEOPLE / 20_000
    for rule in ("overstay-dated", "overstay-vwp", "f1-terminated", "overstay-guam-cnmi", "overstay-m1", "f1-completed", "j1-completed"):
        assert counts[rule, True] >= enough, rule
        assert counts[rule, False] >= enough, rule
    for rule in ("j1-terminated", "no-show-student", "visa-revoked", "parole-expired"):
        assert min(counts[rule, True], counts[rule, False]) >= enough * 0.7, rule


def test_most_unmatched_stays_are_no_overstays(enriched: list[Life]) -> None:
    """Domain.md 0.2: about three in four unmatched arrivals are false. Enriched worlds stay above one half."""
    flagged = [
        life.matters[0]
        for life in enriched
        if any(version.source == "adis" and version.cells.get("overstay_flag") == "Y" for version in life.versions)
    ]
    wrong = sum(not (matter.violated and matter.present) for matter in flagged)
    assert wrong / len(flagged) > 0.5


def test_some_give_prints_at_the_exit_and_some_abroad_and_that_shows_nobody_here(enriched: list[Life]) -> None:
    gone = [life for life in enriched if life.stays and life.stays[-1].left is not None]
    prints = {version.cells["reason"]: (life, version) for life in gone for version in life.versions if version.source == "ident"}
    assert {"Entry", "Exit", "Visa application"} <= set(prints)
    for life, version in (prints["Exit"], prints["Visa application"]):
        alone = replace(life, versions=[version])
        assert not shown_here(alone, life.stays[-1].arrived, date.max)


def test_twins_share_a_birthday_a_family_name_and_a_home_but_no_number() -> None:
    parameters = Parameters(4000, 180, 11)
    schools, programs = all_schools(parameters)
    pairs = [index for index in range(4000) if plan_of(parameters, index).twin]
    assert near(len(pairs) / 4000, TWINS, 4000)
    for index in pairs[:5]:
        one, other = (draw_life(parameters, number, schools, programs).person for number in (index - 1, index))
        assert (one.born, one.name.family, one.home, one.iso3) == (other.born, other.name.family, other.home, other.iso3)
        assert one.name.given != other.name.given
        assert one.passport != other.passport
        assert other.twin_of == one.serial


def test_any_person_can_be_drawn_alone(enriched: list[Life]) -> None:
    parameters = Parameters(PEOPLE, 180, 11, enrich=0.3)
    schools, programs = all_schools(parameters)
    for index in (0, 17, PEOPLE - 1):
        assert draw_life(parameters, index, schools, programs) == enriched[index]


def test_what_is_over_is_over(enriched: list[Life]) -> None:
    """A person who left is not present, and one who is present has a stay without a departure."""
    for life in enriched:
        here = any(stay.left is None for stay in life.stays)
        for matter in life.matters:
            if matter.present:
                assert here, matter.outcome
