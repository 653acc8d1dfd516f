"""How many records a batch takes."""

from __future__ import annotations

import pytest

from retention.removal.pace import FEWEST, FIRST, Pace


def settled(seconds_a_record: float, overhead: float, *, goal: float = 0.3, most: int = 500, batches: int = 30) -> Pace:
    """After many batches of records that take so long, each batch with its own overhead."""
    pace = Pace(goal_seconds=goal, most=most)
    for _ in range(batches):
        pace.took(pace.records, overhead + seconds_a_record * pace.records)
    return pace


@pytest.mark.parametrize("seconds_a_record", [0.001, 0.004, 0.02, 0.1])
@pytest.mark.parametrize("overhead", [0.0, 0.05])
def test_a_batch_comes_to_take_the_time_that_is_aimed_at(seconds_a_record: float, overhead: float) -> None:
    pace = settled(seconds_a_record, overhead)

    takes = pace.records * seconds_a_record + overhead
    assert takes <= 0.31 or (pace.records == FEWEST and takes <= 0.75)
    assert pace.records >= 1


def test_it_begins_small_and_grows_by_steps() -> None:
    pace = Pace(goal_seconds=0.3, most=500)
    sizes = []
    for _ in range(6):
        sizes.append(pace.records)
        pace.took(pace.records, pace.records * 0.0001)

    assert sizes == [FIRST, 50, 100, 200, 400, 500]


def test_a_slow_spell_is_heeded_by_the_next_batch() -> None:
    pace = settled(0.001, 0.0)
    pace.took(pace.records, 3.0)

    assert pace.records <= 30
    assert pace.longest_seconds == 3.0


def test_on_a_busy_machine_batches_do_not_shrink_until_only_their_own_cost_is_left() -> None:
    pace = settled(0.012, 0.28)

    assert pace.records == FEWEST
    assert pace.longest_seconds <= 0.75


def test_the_most_is_never_exceeded_and_an_empty_batch_tells_nothing() -> None:
    pace = Pace(goal_seconds=0.3, most=2)
    pace.took(2, 0.0001)
    pace.took(0, 9.0)

    assert (pace.records, pace.longest_seconds) == (2, 0.0001)
