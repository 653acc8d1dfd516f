"""Precision and recall are counted as the page says, on worlds small enough to count by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.simulator.scoring import Answers, Count, TrueLife, TrueMatter, read_truth, score_identities, score_leads
from ingest.simulator.world import simulate
from leadtrac.score_words import kind_lines


def life(person: str, records: dict[str, tuple[str, ...]], *matters: tuple[str, str, bool], noise: tuple[str, ...] = ()) -> TrueLife:
    return TrueLife(person, records, tuple(TrueMatter(rule, "adis", key, "x", true, noise) for rule, key, true in matters))


def test_leads_are_counted_once_for_a_person_and_a_rule() -> None:
    lives = [
        life("P1", {"adis": ("a",)}, ("overstay-dated", "a", True)),  # said and true
        life("P2", {"adis": ("b",)}, ("overstay-dated", "b", False)),  # said and false
        life("P3", {"adis": ("c",)}, ("overstay-dated", "c", True)),  # not said and true
        life("P4", {"adis": ("d",)}, ("overstay-dated", "d", False)),  # not said and false
        life("P5", {"adis": ("e",)}, ("overstay-dated", "e", True)),  # no source flagged the person
    ]
    subjects = {"a": 1, "b": 2, "c": 3, "d": 4}
    dated = frozenset({"overstay-dated"})
    answers = Answers(
        open={1: dated, 2: dated, 3: frozenset({"overstay-vwp"})}, waiting={3: dated}, naive={1: dated, 3: dated}, naive_rules=dated
    )
    score = score_leads(lives, lambda _, key: subjects.get(key), answers)
    assert score.by_rule["overstay-dated"] == Count(right_yes=1, wrong_yes=1, wrong_no=1, right_no=1)
    assert (score.by_rule["overstay-dated"].precision, score.by_rule["overstay-dated"].recall) == (0.5, 0.5)
    assert score.kept["overstay-dated"].recall == 1.0  # the one that has no lead waits for evidence
    assert score.naive_by_rule["overstay-dated"] == Count(right_yes=2, right_no=2)
    assert score.not_flagged["overstay-dated"] == 1


def test_true_leads_that_no_row_shows_are_counted_beside() -> None:
    seen = TrueMatter("overstay-dated", "adis", "a", "overstay", true_lead=True, noise=(), shown_here=True)
    unseen = TrueMatter("overstay-dated", "adis", "b", "overstay", true_lead=True, noise=(), shown_here=False)
    left = TrueMatter("overstay-dated", "adis", "c", "left_in_time_unseen", true_lead=False, noise=())
    lives = [TrueLife(str(place), {}, (matter,)) for place, matter in enumerate((seen, unseen, left))]
    dated = frozenset({"overstay-dated"})
    answers = Answers(open={1: dated, 3: dated}, waiting={}, naive={})
    score = score_leads(lives, lambda _, key: {"a": 1, "b": 2, "c": 3}.get(key), answers)
    assert (score.by_rule["overstay-dated"].recall, score.shown["overstay-dated"].recall) == (0.5, 1.0)
    assert score.kept["overstay-dated"].wrong_no == 1  # let go
    assert (score.false_in_time["overstay-dated"], score.in_time["overstay-dated"]) == (1, 1)


def test_identities_are_counted_in_pairs() -> None:
    lives = [
        life("P1", {"adis": ("a", "b"), "sevis": ("c",)}),  # three records, one of them with P2
        life("P2", {"adis": ("d",)}),
    ]
    subjects = {("adis", "a"): 1, ("adis", "b"): 1, ("sevis", "c"): 2, ("adis", "d"): 2}
    score = score_identities(lives, lambda source, key: subjects.get((source, key)))
    assert (score.true_pairs, score.found_pairs, score.together) == (3, 2, 1)
    assert (score.subjects, score.mixed) == (2, 1)
    assert (score.precision, score.recall) == (1 / 2, 1 / 3)
    assert (score.by_source["adis"].found.recall, score.by_source["sevis"].found.recall) == (1.0, 0.0)


# who: matters of one person each: source, rule holds in truth, noise, shown here; open lead, waits
LEADS = [
    ("adis", True, ("late_departure",), True, "open"),
    ("adis", True, ("late_departure", "name_variant"), True, "waits"),
    ("adis", False, ("name_variant",), True, "open"),
    ("adis", True, (), False, "nothing"),
    ("sevis", True, (), True, "open"),
    ("sevis", False, (), True, "nothing"),
]
# kind: right_yes, wrong_yes, wrong_no, right_no over all; right_yes, wrong_no of those shown here; found of the true ones
BY_KIND = {
    "adis": ((1, 1, 2, 0), (1, 1), (2, 1)),
    "sevis": ((1, 0, 0, 1), (1, 0), (1, 0)),
    "late_departure": ((1, 0, 1, 0), (1, 1), (2, 0)),
    "name_variant": ((0, 1, 1, 0), (0, 1), (1, 0)),
    "none": ((1, 0, 1, 1), (1, 0), (1, 1)),
}


@pytest.mark.parametrize("kind", BY_KIND)
def test_leads_are_counted_by_source_and_by_each_kind_of_noise(kind: str) -> None:
    lives = [
        TrueLife(str(place), {}, (TrueMatter("rule", source, str(place), "x", true, noise, shown),))
        for place, (source, true, noise, shown, _) in enumerate(LEADS)
    ]
    said = {answer: {place: frozenset({"rule"}) for place, row in enumerate(LEADS) if row[4] == answer} for answer in ("open", "waits")}

    score = score_leads(lives, lambda _, key: int(key), Answers(open=said["open"], waiting=said["waits"], naive={}))

    counts = (score.by_source | score.by_noise)[kind]
    everything, shown, found = BY_KIND[kind]
    assert (counts.all.right_yes, counts.all.wrong_yes, counts.all.wrong_no, counts.all.right_no) == everything
    assert (counts.shown.right_yes, counts.shown.wrong_no) == shown
    assert (counts.kept.right_yes, counts.kept.wrong_no) == found
    assert set(score.by_source) | set(score.by_noise) == set(BY_KIND)
    (line,) = [line for line in kind_lines(score) if line.startswith(f"{kind} ")]
    assert line.split()[1:3] == [str(everything[0] + everything[2]), str(everything[1] + everything[3])]


def test_links_have_a_precision_and_a_recall_by_source_and_by_noise() -> None:
    lives = [
        life("P1", {"adis": ("a", "b"), "sevis": ("c",)}),
        life("P2", {"adis": ("d",), "ccd": ("e",)}, ("overstay-dated", "d", True), noise=("name_variant",)),
    ]
    subjects = {"a": 1, "b": 1, "c": 2, "d": 1, "e": 3}  # d lies with P1, c is astray, e is alone

    score = score_identities(lives, lambda _, key: subjects[key])

    assert {name: (each.owned.precision, each.found.recall) for name, each in score.by_source.items()} == {
        "adis": (2 / 3, 1.0),
        "sevis": (1.0, 0.0),
        "ccd": (1.0, 0.0),
    }
    assert {name: (each.owned.precision, each.found.recall) for name, each in score.by_noise.items()} == {
        "none": (1.0, 2 / 3),
        "name_variant": (0.5, 0.5),
    }


def test_records_that_wait_in_the_buffer_count_for_no_identity() -> None:
    score = score_identities([life("P1", {"adis": ("a", "b")})], lambda _, key: 1 if key == "a" else None)
    assert (score.true_pairs, score.found_pairs, score.subjects) == (0, 0, 1)
    assert score.precision is None
    assert score.recall is None


def test_a_perfect_desk_scores_one_on_a_simulated_world(tmp_path: Path) -> None:
    simulate(people=80, days=60, seed=2, out=tmp_path, every_days=60)
    lives = list(read_truth(tmp_path / "truth.jsonl.gz"))
    subjects = {(source, key): number for number, each in enumerate(lives) for source, keys in each.records.items() for key in keys}
    standing = {number: frozenset(matter.rule for matter in each.matters if matter.true_lead) for number, each in enumerate(lives)}
    identities = score_identities(lives, lambda source, key: subjects.get((source, key)))
    leads = score_leads(lives, lambda source, key: subjects.get((source, key)), Answers(standing, {}, {}))
    assert (identities.precision, identities.recall, identities.mixed) == (1.0, 1.0, 0)
    assert not [rule for rule, count in leads.by_rule.items() if count.wrong_no or count.wrong_yes]
    assert sum(count.right_yes for count in leads.by_rule.values()) > 10
