"""Two subjects, or a subject and a waiting record, held against each other: the score, what else they share, who comes next."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from subjects.matching.decide import candidate, flags
from subjects.matching.pool import CROWDED, Pool
from subjects.matching.records import FINDING, JOINING, Known, Record
from subjects.matching.score import Score, best_score


@dataclass(frozen=True, slots=True)
class Standing:
    """`score` is None where one side has no name. `runner_up` is the weight (bits) of the likest third person, if any.

    `apart`: each holds a number of a kind that a person has only one of, and they differ. `shared`: the kinds of the
    numbers that both hold.
    """

    score: Score | None
    shared: frozenset[str]
    apart: bool
    runner_up: float | None

    def explained(self) -> dict[str, object]:
        """Levels and weights without values, as the ledger keeps them."""
        found: dict[str, object] = dict(self.score.explained()) if self.score is not None else {}
        if self.shared & JOINING:
            found["numbers"] = sorted(self.shared & JOINING)
        if contradictions := flags(self.shared, self.score):
            found["flags"] = contradictions
        if self.runner_up is not None:
            found["runner_up"] = round(self.runner_up, 2)
        return found


def against(left: int, right: int) -> Standing:
    """Compare two subjects by every name that stands for them, under the sight of the current context."""
    pool = Pool()
    thirds = _near(left, right)
    pool.know({left, right, *thirds})
    shared = _shared(left, right)
    one, other = pool.known[left], pool.known[right]
    rest = [found.weight for third in thirds for known in (one, other) if (found := _compared(known, pool.known[third])) is not None]
    return Standing(
        score=_compared(one, other),
        shared=shared,
        apart=one.holds_another(tuple(other.telling)),
        runner_up=max(rest, default=None),
    )


def against_record(subject: int, record: Record) -> Standing:
    """Compare a subject with a record that is nobody's yet, under the sight of the current context."""
    pool = Pool()
    pool.load((number.key for number in record.numbers if number.kind in FINDING), record.blocks)
    pool.know([subject])
    sharing = pool.sharing(record.numbers)
    near = pool.near(record.blocks) | {each: pool.known[each] for each in sharing}
    found = candidate(record, pool.known[subject], sharing.get(subject, frozenset()))
    others = (candidate(record, known, frozenset()).score for each, known in near.items() if each != subject)
    return Standing(
        score=found.score,
        shared=found.kinds,
        apart=found.apart,
        runner_up=max((each.weight for each in others if each is not None), default=None),
    )


def _compared(one: Known, other: Known) -> Score | None:
    other_passport = one.holds_another_passport(tuple(other.telling))
    scores = (best_score(person, other.people, other_passport=other_passport) for person in one.people)
    return max((found for found in scores if found is not None), key=lambda found: found.weight, default=None)


def _near(left: int, right: int) -> set[int]:
    """Everybody else who shares a coarse key with one of the two."""
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, {"pair": [left, right], "crowded": CROWDED})
        return {row[0] for row in cursor.fetchall()}


def _shared(left: int, right: int) -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, {"left": left, "right": right})
        return frozenset(row[0] for row in cursor.fetchall())


def like(subject: int) -> list[tuple[int, float]]:
    """Who looks most like this subject, best first, with the weight: whom a person may hold against it by hand."""
    thirds = _near(subject, subject)
    pool = Pool()
    pool.know({subject, *thirds})
    scored = ((third, _compared(pool.known[subject], pool.known[third])) for third in thirds)
    return sorted(((third, found.weight) for third, found in scored if found is not None), key=lambda pair: (-pair[1], pair[0]))


_NEAR = """
SELECT DISTINCT m.subject_id FROM subjects_matchkey m
WHERE m.key IN (SELECT key FROM subjects_matchkey WHERE subject_id = ANY (%(pair)s)) AND m.subject_id <> ALL (%(pair)s)
LIMIT %(crowded)s
"""
_SHARED = """
SELECT DISTINCT l.kind FROM subjects_identifierfact l JOIN subjects_identifierfact r ON r.blind_index = l.blind_index
WHERE l.subject_id = %(left)s AND r.subject_id = %(right)s AND l.superseded_at IS NULL AND l.retracted_at IS NULL
  AND r.superseded_at IS NULL AND r.retracted_at IS NULL
"""
