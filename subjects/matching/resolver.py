"""Rows to subjects: `resolve(batch) -> decisions`. Candidates come from the database set by set, the pure modules choose.

Flagged rows make a subject when they match none; the others attach to a known subject or wait. A row that attaches may
bring numbers that a waiting row shares, so the waiting ones are asked again until nothing new is learnt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from subjects.matching.decide import Candidate, Choice, candidate, choose_by_number, choose_by_score
from subjects.matching.pool import Pool
from subjects.matching.records import JOINING, SUPPORTING, Decision, Doubt, Record
from subjects.matching.weights import WEIGHTS

VERSION = f"numbers-1 weights-{WEIGHTS.version}"[:20]


class Resolver:
    """Links the rows of one transaction; `new_subject` draws the id of a subject that is yet to be written."""

    def __init__(self, new_subject: Callable[[], int]) -> None:
        self._new_subject = new_subject
        self.pool = Pool()
        self._fresh: set[int] = set()

    def resolve(self, batch: Sequence[Record]) -> list[Decision]:
        """One decision a row, in the order in which they were taken; rows that only wait come last."""
        self.pool.load(
            (number.key for record in batch for number in record.numbers if number.kind in JOINING or number.kind in SUPPORTING),
            (key for record in batch for key in record.blocks),
        )
        decisions: list[Decision] = []
        waiting: dict[int, Record] = {}
        for record in batch:
            if record.flagged:
                decisions.append(self._take(record))
            else:
                waiting[record.ref] = record
        by_key: defaultdict[int, list[int]] = defaultdict(list)
        for record in waiting.values():
            for key in _keys(record):
                by_key[key].append(record.ref)
        asked = set(waiting)
        while asked:
            learnt: set[int] = set()
            for ref in sorted(asked):
                choice = self._choose(waiting[ref])
                if choice.chosen is not None:
                    decision, fresh = self._attached(waiting.pop(ref), choice, choice.chosen)
                    decisions.append(decision)
                    learnt |= fresh
            asked = {ref for key in learnt for ref in by_key.get(key, ()) if ref in waiting}
        decisions += [Decision(ref, None) for ref in waiting]
        return decisions

    def known_row(self, record: Record, subject: int) -> None:
        """A row whose record is linked already: what it brings helps to find others."""
        self.pool.know([subject])
        self._learn(record, subject)

    def take_fresh_keys(self) -> set[int]:
        """The keys learnt since the last call: whatever waits elsewhere with one of them may belong to somebody now."""
        fresh, self._fresh = self._fresh, set()
        return fresh

    def _take(self, record: Record) -> Decision:
        choice = self._choose(record)
        if choice.chosen is not None:
            return self._attached(record, choice, choice.chosen)[0]
        subject = self._new_subject()
        self._learn(record, subject)
        return Decision(record.ref, subject, "new", doubts=tuple(_doubt(subject, other) for other in choice.doubts))

    def _choose(self, record: Record) -> Choice:
        sharing = self.pool.sharing(record.numbers)
        by_number = choose_by_number([candidate(record, self.pool.known[subject], kinds) for subject, kinds in sharing.items()])
        if by_number.chosen is not None:
            return by_number
        against = {doubt.known.subject for doubt in by_number.doubts}
        near = {subject: known for subject, known in self.pool.near(record.blocks).items() if subject not in against}
        by_score = choose_by_score(record, near)
        return Choice(by_score.chosen, (*by_number.doubts, *by_score.doubts))

    def _attached(self, record: Record, choice: Choice, chosen: Candidate) -> tuple[Decision, set[int]]:
        subject = chosen.known.subject
        explanation = _explained(chosen)  # before the row's own name is learnt
        doubts = tuple(_doubt(subject, other) for other in choice.doubts)
        fresh = self._learn(record, subject)
        weight = chosen.score.weight if chosen.score is not None else None
        return Decision(record.ref, subject, "identifier" if chosen.kinds else "scored", weight, explanation, doubts), fresh

    def _learn(self, record: Record, subject: int) -> set[int]:
        fresh = self.pool.learn(subject, record.person, record.numbers, _keys(record))
        self._fresh |= fresh
        return fresh


def _keys(record: Record) -> list[int]:
    """The keys by which a row finds, and is found."""
    return [number.key for number in record.numbers if number.kind in JOINING or number.kind in SUPPORTING] + list(record.blocks)


def _explained(found: Candidate) -> dict[str, object]:
    """Why this subject, in levels and weights, without values."""
    explanation: dict[str, object] = dict(found.score.explained()) if found.score is not None else {}
    if found.kinds:
        explanation["numbers"] = sorted(found.kinds)
    return explanation


def _doubt(subject: int, other: Candidate) -> Doubt:
    left, right = sorted((subject, other.known.subject))
    return Doubt(left, right, other.score.weight if other.score is not None else None, _explained(other))
