"""Signals speak beside a base rate, and are silent on small numbers."""

from __future__ import annotations

from datetime import date

import pytest

from leads.organizations.signals import Share, Signal, Tally, base_rates, interval, judge_organization

AS_OF = date(2026, 11, 22)


def answers(tally: Tally, *others: Tally) -> dict[str, Signal]:
    return {each.id: each for each in judge_organization(tally, base_rates([tally, *others]), AS_OF)}


def school(pk: int, *, dropped: int = 0, records: int = 0, **more: object) -> Tally:
    shares = {"org-drop-many": Share(dropped, records), "org-drop-none": Share(dropped, records)}
    return Tally(pk, "school", shares, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("share", "low", "high"), [(Share(0, 10), 0.0, 0.2775), (Share(5, 10), 0.2366, 0.7634), (Share(10, 100), 0.0552, 0.1744)]
)
def test_the_interval_is_wilsons(share: Share, low: float, high: float) -> None:
    assert interval(share) == pytest.approx((low, high), abs=0.0001)


def test_nothing_is_said_below_the_smallest_number() -> None:
    found = answers(school(1, dropped=20, records=29), school(2, dropped=100, records=5_000))["org-drop-many"]

    assert not found.speaks and not found.enough
    assert found.sentence == "Too few to say anything: 29 records, at least 30 are needed."


def test_many_terminations_stand_out_with_the_base_rate_beside_them() -> None:
    found = answers(school(1, dropped=12, records=40), school(2, dropped=100, records=5_000))["org-drop-many"]

    assert found.speaks
    assert found.sentence == (
        "12 of 40 records were terminated for reason 01, 04, 11 or 16: 30 % (95 % interval 18 % to 45 %); all of its kind: 2.2 %."
    )


def test_a_share_that_chance_explains_does_not_stand_out() -> None:
    assert not answers(school(1, dropped=2, records=40), school(2, dropped=100, records=5_000))["org-drop-many"].speaks


def test_none_at_all_stands_out_only_where_some_were_to_be_expected() -> None:
    others = school(2, dropped=500, records=5_000)

    assert answers(school(1, records=400), others)["org-drop-none"].speaks
    assert not answers(school(1, records=60), others)["org-drop-none"].speaks
    assert not answers(school(1, records=400), school(2, dropped=10, records=50_000))["org-drop-none"].speaks


def test_a_school_alone_of_its_kind_is_compared_with_nobody() -> None:
    assert not answers(school(1, dropped=40, records=40))["org-drop-many"].speaks


def test_a_withdrawn_school_is_one_event_whatever_the_number_of_its_students() -> None:
    few, many = (school(1, withdrawn_on=date(2026, 9, 1), ended_by_withdrawal=number) for number in (1, 900))

    one, other = answers(few)["org-withdrawn"], answers(many)["org-withdrawn"]
    assert one.speaks and other.speaks
    assert one.gist == other.gist
    assert other.sentence == (
        "The certification was withdrawn on 1 Sep 2026: one event of the school. 900 student records ended for this reason, "
        "which alleges nothing."
    )


def test_an_employer_is_counted_by_its_own_students() -> None:
    small, large = (Tally(pk, "employer", {"org-one-employer": Share(hits, 400)}) for pk, hits in ((1, 19), (2, 200)))
    others = [Tally(pk, "employer", {"org-one-employer": Share(3, 400)}) for pk in range(3, 60)]

    assert not answers(small, large, *others)["org-one-employer"].enough
    assert answers(large, small, *others)["org-one-employer"].speaks


def sized(pk: int, enrolled: int, stated: int) -> Tally:
    return Tally(pk, "school", {"org-over-capacity": Share(enrolled, stated)})


def test_a_school_with_far_more_students_than_it_stated_stands_out() -> None:
    found = answers(sized(1, 400, 250), sized(2, 8_000, 10_000))["org-over-capacity"]

    assert found.speaks
    assert found.sentence == "400 students are enrolled and 250 were stated for the certification: 160 %; all of its kind: 82 %."


@pytest.mark.parametrize(
    ("enrolled", "stated", "others"),
    [(312, 250, 8_000), (313, 250, 30_000), (29, 10, 8_000)],
    ids=["a quarter more", "all are as full", "too few"],
)
def test_a_school_that_is_a_little_fuller_or_as_full_as_all_or_small_does_not(enrolled: int, stated: int, others: int) -> None:
    assert not answers(sized(1, enrolled, stated), sized(2, others, 10_000))["org-over-capacity"].speaks


def test_nothing_is_said_of_a_school_that_never_stated_a_number() -> None:
    found = answers(sized(1, 400, 0), sized(2, 8_000, 10_000))["org-over-capacity"]

    assert not found.speaks and not found.enough
    assert found.sentence == "No source states how many students it is meant for."


def test_forms_issued_by_night_stand_out_beside_those_of_other_schools() -> None:
    night, day = (Tally(pk, "school", {"org-odd-hours": Share(odd, issued)}) for pk, odd, issued in ((1, 25, 40), (2, 120, 4_000)))
    found = answers(night, day)

    assert found["org-odd-hours"].speaks
    assert found["org-odd-hours"].sentence.startswith(
        "25 of 40 forms were issued on a weekend, before 7 am or from 8 pm by the clock of the school: 62 %"
    )
    assert not answers(day, night)["org-odd-hours"].speaks
