"""Levels of names and births, bands, and what proposes whom."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.codes.countries import iso3
from ingest.facts import IdentifierKind
from subjects.matching.births import FIRST_OF_JANUARY, Birth, compare_births
from subjects.matching.blocks import block_texts
from subjects.matching.common import table
from subjects.matching.decide import candidate, choose_by_number, choose_by_score, flags
from subjects.matching.names import Part, compare_parts
from subjects.matching.records import JOINING, Known, Number, Person, Record
from subjects.matching.score import best_score, score
from subjects.matching.stated import stated_person
from subjects.matching.weights import WEIGHTS
from subjects.search.names import romanized

ANA = Person("example", "ana maria", date(1991, 2, 17), "", "PRT")


def record(person: Person, *numbers: Number) -> Record:
    return Record(1, True, numbers, person, ())


@pytest.mark.parametrize(
    ("family", "given"),
    [
        ("Sukarno", ""),
        ("SUKARNO", "FNU"),
        ("FNU", "Sukarno"),
        ("", "Sukarno"),
        ("LNU", "SUKARNO"),
        ("Sukarno", "Unknown"),
        ("XXX", "Sukarno"),
    ],
)
def test_a_single_name_is_a_family_name_wherever_it_was_written(family: str, given: str) -> None:
    assert stated_person(family, given, date(1990, 5, 3), "", "IDN") == Person("sukarno", "", date(1990, 5, 3), "", "IDN")


def test_a_person_without_any_name_has_none() -> None:
    assert stated_person("LNU", "FNU", None, "1990") == Person("", "", None, "1990")


def test_words_that_stand_for_no_name_join_nobody() -> None:
    """Two people of one family name, born on one day, of both of whom the given name was not known."""
    known = stated_person("AHMADZAI", "FNU", date(1990, 5, 3), "", "AFG")
    choice = choose_by_score(record(known), {7: Known(7, [known])})
    assert choice.chosen is None
    assert [found.known.subject for found in choice.doubts] == [7]


def test_who_was_known_by_one_name_first_is_asked_about_when_the_other_comes() -> None:
    single = stated_person("AHMADZAI", "FNU", date(1990, 5, 3), "", "AFG")
    whole = stated_person("AHMADZAI", "GUL", date(1990, 5, 3), "", "AFG")
    assert choose_by_score(record(whole), {7: Known(7, [single])}).doubts


def test_two_births_on_1_january_say_the_year_and_no_more() -> None:
    assert compare_births(Person("", "", date(1990, 1, 1)), Person("", "", date(1990, 1, 1))) is Birth.PART


def test_namesakes_born_on_1_january_are_left_to_a_person() -> None:
    """Two men of one common name, each with an admission and a passport of their own."""
    held, brought = Number(IdentifierKind.PASSPORT, 1), Number(IdentifierKind.PASSPORT, 2)
    namesake = Person("ahmed", "mohamed", date(1990, 1, 1), "", "SDN")

    apart = choose_by_score(record(namesake, brought), {7: Known(7, [namesake], {held})})
    nearer = choose_by_score(record(namesake), {7: Known(7, [namesake])})

    assert apart.chosen is nearer.chosen is None
    assert [found.known.subject for found in (*apart.doubts, *nearer.doubts)] == [7, 7]


def test_a_number_joins_one_name_born_on_1_january() -> None:
    named = Person("ahmed", "mohamed", date(1990, 1, 1), "", "SDN")
    found = candidate(record(named), Known(7, [named]), frozenset({IdentifierKind.PASSPORT}))

    assert choose_by_number([found]).chosen is found


def test_day_and_month_in_each_others_place_are_seen() -> None:
    assert compare_births(Person("", "", date(1991, 3, 7)), Person("", "", date(1991, 7, 3))) is Birth.SWAPPED


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("example", "example", Part.EXACT),
        ("ana maria", "ana", Part.SUBSET),
        ("garcia lopez", "lopez garcia", Part.CLOSE),
        ("van dyke", "vandyke", Part.CLOSE),
        ("mohammed", "mohamed", Part.CLOSE),
        ("fsnan", "fanan", Part.CLOSE),  # one slip in a word that is long enough
        ("ezrordu", "ezeordu", Part.CLOSE),
        ("muli", "mulo", Part.ALIKE),  # in a short one it may be another name
        ("filip", "phillip", Part.ALIKE),
        ("example", "other", Part.DIFFERENT),
        ("example", "", Part.UNKNOWN),
    ],
)
def test_names_agree_by_level(left: str, right: str, level: Part) -> None:
    assert compare_parts(left, right) is level


def test_family_and_given_name_in_each_others_place_still_agree() -> None:
    found = score(ANA, Person("ana maria", "example", date(1991, 2, 17)))

    assert found.swapped
    assert found.names_agree


AT_ANY_SPEED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines differ
names = st.text("abcdefgh ", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
births = st.dates(date(1930, 1, 1), date(2010, 1, 1)).filter(lambda born: (born.month, born.day) != FIRST_OF_JANUARY)  # that is a year
people = st.builds(Person, names, names, births, st.just(""), st.sampled_from(["", "PRT", "BRA"]))


@AT_ANY_SPEED
@given(people, people)
def test_a_score_is_the_same_from_both_sides(left: Person, right: Person) -> None:
    assert score(left, right).weight == pytest.approx(score(right, left).weight)


@AT_ANY_SPEED
@given(people)
def test_nobody_scores_better_than_oneself(person: Person) -> None:
    assert score(person, person).weight >= WEIGHTS.accept - WEIGHTS.citizenship_agrees


@AT_ANY_SPEED
@given(people)
def test_swapped_names_and_swapped_days_are_proposed(person: Person) -> None:
    turned = Person(person.given, person.family, person.born)
    assert set(block_texts(turned)) == set(block_texts(person))


def test_the_explanation_holds_no_values() -> None:
    words = str(score(ANA, ANA).explained())

    assert "example" not in words
    assert "1991" not in words


def test_a_namesake_without_a_birth_date_is_not_accepted() -> None:
    choice = choose_by_score(record(Person("example", "ana maria")), {7: Known(7, [ANA])})

    assert choice.chosen is None


def test_two_equally_good_subjects_are_a_doubt() -> None:
    choice = choose_by_score(record(ANA), {7: Known(7, [ANA]), 8: Known(8, [ANA])})

    assert choice.chosen is None
    assert {found.known.subject for found in choice.doubts} == {7, 8}


def test_one_clear_subject_is_accepted_ahead_of_a_weak_one() -> None:
    choice = choose_by_score(record(ANA), {7: Known(7, [ANA]), 8: Known(8, [Person("example", "rosa", date(1975, 8, 1))])})

    assert choice.chosen is not None
    assert choice.chosen.known.subject == 7


def test_a_shared_number_joins_one_birth_date_and_a_part_of_the_name() -> None:
    married = Person("newname", "ana", date(1991, 2, 17))
    found = candidate(record(married), Known(7, [ANA]), frozenset({IdentifierKind.PASSPORT}))

    assert choose_by_number([found]).chosen is found


def test_a_shared_number_with_another_birth_date_is_a_doubt() -> None:
    other = Person("example", "ana maria", date(1965, 7, 30))
    found = candidate(record(other), Known(7, [ANA]), frozenset({IdentifierKind.FIN}))

    choice = choose_by_number([found])

    assert choice.chosen is None
    assert choice.doubts == (found,)


@pytest.mark.parametrize("kind", sorted(JOINING))
def test_a_number_of_two_whose_names_have_nothing_in_common_is_a_doubt(kind: IdentifierKind) -> None:
    """One document with two people, one fingerprint number with two names: never joined by machine, whatever the birth dates."""
    stranger = candidate(record(Person("other", "ben", date(1991, 2, 17))), Known(7, [ANA]), frozenset({kind}))

    choice = choose_by_number([stranger])

    assert choice.chosen is None
    assert choice.doubts == (stranger,)


@pytest.mark.parametrize("born", [Person("newname", "ana maria", None, "1991"), Person("newname", "ana maria", date(1991, 1, 1))])
def test_a_number_beside_a_year_of_birth_joins_no_other_name(born: Person) -> None:
    found = candidate(record(born), Known(7, [ANA]), frozenset({IdentifierKind.FIN}))

    assert choose_by_number([found]).doubts == (found,)


def test_a_number_and_a_year_of_birth_join_a_name_that_is_written_alike() -> None:
    found = candidate(record(Person("exampel", "ana", None, "1991")), Known(7, [ANA]), frozenset({IdentifierKind.FIN}))

    assert choose_by_number([found]).chosen is found


def test_what_contradicts_is_flagged() -> None:
    other = best_score(Person("other", "ben", date(1965, 7, 30)), [ANA])
    married = best_score(Person("newname", "ana maria", date(1991, 2, 17)), [ANA])

    assert flags({IdentifierKind.FIN}, other) == ["shared_identifier", "conflicting_birth_dates", "many_names_one_fin"]
    assert flags({IdentifierKind.PASSPORT}, other) == ["shared_identifier", "conflicting_birth_dates"]
    assert flags({IdentifierKind.FIN}, married) == []
    assert flags({IdentifierKind.SSN}, other) == []


def test_a_social_security_number_alone_does_not_join() -> None:
    unknown = Person("example", "ana maria")
    found = candidate(record(unknown), Known(7, [ANA]), frozenset({IdentifierKind.SSN}))

    assert choose_by_number([found]).chosen is None


def test_a_mistyped_birth_date_with_number_and_name_joins() -> None:
    mistyped = Person("example", "ana maria", date(1991, 2, 7))
    found = candidate(record(mistyped), Known(7, [ANA]), frozenset({IdentifierKind.I94}))

    assert choose_by_number([found]).chosen is found


@pytest.mark.parametrize("kind", [IdentifierKind.FIN, IdentifierKind.A_NUMBER])
def test_twins_with_numbers_of_their_own_are_left_to_a_person(kind: IdentifierKind) -> None:
    twin = Person("example", "ana mira", date(1991, 2, 17), "", "PRT")
    known = Known(7, [ANA], {Number(kind, 1)})

    choice = choose_by_score(record(twin, Number(kind, 2)), {7: known})

    assert choice.chosen is None
    assert [doubt.known.subject for doubt in choice.doubts] == [7]


def test_a_passport_shared_by_two_who_have_different_fingerprint_numbers_is_a_doubt() -> None:
    known = Known(7, [ANA], {Number(IdentifierKind.FIN, 1)})
    found = candidate(record(ANA, Number(IdentifierKind.FIN, 2)), known, frozenset({IdentifierKind.PASSPORT}))

    choice = choose_by_number([found])

    assert choice.chosen is None
    assert choice.doubts == (found,)


def test_the_same_fingerprint_number_among_several_is_the_same_person() -> None:
    known = Known(7, [ANA], {Number(IdentifierKind.FIN, 1), Number(IdentifierKind.FIN, 2)})

    assert choose_by_score(record(ANA, Number(IdentifierKind.FIN, 2)), {7: known}).chosen is not None


def test_a_twin_with_one_given_name_more_and_another_passport_is_a_doubt() -> None:
    held, brought = Number(IdentifierKind.PASSPORT, 1), Number(IdentifierKind.PASSPORT, 2)
    twin = Person("example", "ana", date(1991, 2, 17), "", "PRT")

    choice = choose_by_score(record(twin, brought), {7: Known(7, [ANA], {held})})

    assert choice.chosen is None
    assert [found.known.subject for found in choice.doubts] == [7]


def test_a_renewed_passport_alone_does_not_part_a_person_from_themselves() -> None:
    held, brought = Number(IdentifierKind.PASSPORT, 1), Number(IdentifierKind.PASSPORT, 2)

    choice = choose_by_score(record(ANA, brought), {7: Known(7, [ANA], {held})})

    assert choice.chosen is not None


def test_a_namesake_born_with_day_and_month_swapped_is_a_doubt_without_a_number() -> None:
    born = Person("example", "ana maria", date(1991, 3, 7), "", "PRT")
    other = Person("example", "ana maria", date(1991, 7, 3), "", "PRT")

    choice = choose_by_score(record(born), {7: Known(7, [other])})

    assert choice.chosen is None
    assert choice.doubts


def korean(family: str, given: str, country: str = "KOR") -> Person:
    return Person(family, given, date(1991, 2, 17), "", country)


@pytest.mark.parametrize(
    "namesake",
    [
        korean("kim", "min jun"),
        korean("nguyen", "van anh", "VNM"),
        korean("mohamed", "ahmed", "SDN"),
        korean("silva", "maria", "BRA"),
    ],
    ids=lambda person: person.citizenship,
)
def test_namesakes_of_a_name_that_many_bear_are_left_to_a_person(namesake: Person) -> None:
    choice = choose_by_score(record(namesake), {7: Known(7, [namesake])})

    assert choice.chosen is None
    assert [found.known.subject for found in choice.doubts] == [7]


def test_the_same_birth_and_a_rare_name_are_one_person() -> None:
    rare = korean("example", "min jun")

    assert choose_by_score(record(rare), {7: Known(7, [rare])}).chosen is not None


def test_a_number_joins_two_rows_of_a_common_name() -> None:
    found = candidate(record(korean("kim", "min jun")), Known(7, [korean("kim", "min jun")]), frozenset({IdentifierKind.PASSPORT}))

    assert choose_by_number([found]).chosen is found


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (korean("kim", "min jun"), korean("min jun", "kim")),  # in each other's place
        (korean("pak", "ji woo"), korean("park", "ji woo")),  # spelled differently
        (korean("ngyuen", "van anh", "VNM"), korean("nguyen", "van anh", "VNM")),  # mistyped
        (korean("kim", "min jun", ""), korean("kim", "min jun")),  # one country unknown
    ],
)
def test_a_common_name_is_common_however_it_is_written(left: Person, right: Person) -> None:
    assert score(left, right).family_common > 0
    assert score(left, right).weight == pytest.approx(score(right, left).weight)
    assert WEIGHTS.judge <= score(left, right).weight < WEIGHTS.accept


def test_a_name_is_common_in_its_country_and_two_common_words_together_are_rare() -> None:
    assert score(korean("kim", "ana", "PRT"), korean("kim", "ana", "PRT")).family_common == 0
    assert score(korean("garcia lopez", "x", "MEX"), korean("garcia lopez", "x", "MEX")).family_common == 0
    assert score(korean("garcia lopez", "x", "MEX"), korean("garcia", "x", "MEX")).family_common > 0


@AT_ANY_SPEED
@given(st.sampled_from(sorted({(country, name) for part, country, name in table(WEIGHTS.common_names) if part == "family"})), names)
def test_a_common_name_never_speaks_against_anybody(common: tuple[str, str], given_name: str) -> None:
    country, family = common
    found = score(Person(family, given_name, None, "", country), Person(family, given_name, None, "", country))

    assert 0 <= found.weights_by_field()["family name"] <= WEIGHTS.family[Part.EXACT]
    assert found.weight == pytest.approx(sum(found.weights_by_field().values()))


def test_names_of_the_table_are_written_as_they_are_compared() -> None:
    for part, country, name in table(WEIGHTS.common_names):
        assert romanized(name) == name
        assert part in {"family", "given"}
        assert country == "" or iso3("icao", country) == country


def test_the_explanation_says_that_a_name_is_common_and_not_which() -> None:
    explained = str(score(korean("kim", "min jun"), korean("kim", "min jun")).explained())

    assert "'common': 6.78" in explained
    assert "kim" not in explained
