"""Rows to subjects: `resolve(batch) -> decisions`. Candidates come from the database set by set, the pure modules choose.

Flagged rows make a subject when they match none; the others attach to a known subject or wait. A row that attaches may
bring numbers that a waiting row shares, so the waiting ones are asked again until nothing new is learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet

from subjects.matching.decide import Candidate, Choice, candidate, choose_by_number, choose_by_score, flags
from subjects.matching.pool import Horizon, Pool
from subjects.matching.records import FINDING, JOINING, Decision, Doubt, Maybe, Number, Record
from subjects.matching.weights import WEIGHTS

VERSION = f"numbers-3 {WEIGHTS.version}"  # at most 20 characters, as the column of a link is wide


class Resolver:
    """Links the rows of one transaction; `new_subject` draws the id of a subject that is yet to be written."""

    def __init__(self, new_subject: Callable[[], int]) -> None:
        self.new_subject = new_subject
        self.pool = Pool()
        self._fresh: set[int] = set()

    def load(self, batch: Sequence[Record]) -> None:
        """Read the subjects that share numbers or coarse keys with the rows, where they have not been asked for before."""
        self.pool.load(
            (number.key for record in batch for number in record.numbers if number.kind in FINDING),
            (key for record in batch for key in record.blocks),
        )

    def start_over(self, horizon: Horizon) -> None:
        """Under `one_writer`: forget what was read before, for others may have changed it; remember only which keys they
        learnt since, for whatever waits with one of them may belong to somebody now."""
        self._fresh |= self.pool.since(horizon)
        self.pool = Pool()

    def resolve(self, batch: Sequence[Record]) -> list[Decision]:
        """One decision a row, in the order in which they were taken; rows that only wait come last."""
        self.load(batch)
        decisions = [self._take(record) for record in batch if record.flagged]
        waiting = {record.ref: (record, _keys(record)) for record in batch if not record.flagged}
        maybes: dict[int, tuple[Maybe, ...]] = {}
        learnt: AbstractSet[int] = self.pool.held()
        while asked := [ref for ref, (_, keys) in waiting.items() if not learnt.isdisjoint(keys)]:
            fresh: set[int] = set()
            for ref in asked:
                record = waiting[ref][0]
                choice = self._choose(record)
                maybes[ref] = tuple(_maybe(other) for other in choice.doubts if not other.only_repeats)
                if choice.chosen is not None:
                    del waiting[ref]
                    decision, brought = self._attached(record, choice, choice.chosen)
                    decisions.append(decision)
                    fresh |= brought
            learnt = fresh
        decisions += [Decision(ref, None, maybes=maybes.get(ref, ())) for ref in waiting]
        return decisions

    def forget(self) -> None:
        """What was read of subjects is so no more: records have left them."""
        self.pool = Pool()

    def others(self, record: Record, brought: Iterable[Number], subject: int) -> list[Doubt]:
        """Everybody but `subject`, whose the row is, who holds a number that it brings; their numbers are loaded already."""
        sharing = {other: kinds for other, kinds in self.pool.sharing(brought).items() if other not in record.apart | {subject}}
        choice = choose_by_number([candidate(record, self.pool.known[other], kinds) for other, kinds in sharing.items()])
        return [_doubt(subject, other) for other in (choice.chosen, *choice.doubts) if other is not None]

    def known_row(self, record: Record, subject: int) -> None:
        """A row whose record is linked already: what it brings helps to find others."""
        self.pool.know([subject])
        self._learn(record, subject)

    def ask_again(self, keys: Iterable[int]) -> None:
        """Whatever waits with one of these keys is to be looked at as if somebody had just learnt it."""
        self._fresh.update(keys)

    def take_fresh_keys(self) -> set[int]:
        """The keys learnt since the last call: whatever waits elsewhere with one of them may belong to somebody now."""
        fresh, self._fresh = self._fresh, set()
        return fresh

    def _take(self, record: Record) -> Decision:
        choice = self._choose(record)
        if choice.chosen is not None:
            return self._attached(record, choice, choice.chosen)[0]
        subject = self.new_subject()
        self._learn(record, subject)
        return Decision(record.ref, subject, "new", doubts=tuple(_doubt(subject, other) for other in choice.doubts))

    def _choose(self, record: Record) -> Choice:
        sharing = {subject: kinds for subject, kinds in self.pool.sharing(record.numbers).items() if subject not in record.apart}
        by_number = choose_by_number([candidate(record, self.pool.known[subject], kinds) for subject, kinds in sharing.items()])
        if by_number.chosen is not None:
            return by_number
        against = {doubt.known.subject for doubt in by_number.doubts} | record.apart
        near = {subject: known for subject, known in self.pool.near(record.blocks).items() if subject not in against}
        # a number that is borrowed or mistyped joins nobody by itself, but whoever holds it is compared
        near |= {subject: self.pool.known[subject] for subject, kinds in sharing.items() if subject not in against and not kinds & JOINING}
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
    return [*(number.key for number in record.numbers if number.kind in FINDING), *record.blocks]


def _explained(found: Candidate) -> dict[str, object]:
    """Why this subject, in levels and weights, without values."""
    explanation: dict[str, object] = dict(found.score.explained()) if found.score is not None else {}
    if found.kinds:
        explanation["numbers"] = sorted(found.kinds)
    if contradictions := flags(found.kinds, found.score):
        explanation["flags"] = contradictions
    return explanation


def _maybe(other: Candidate) -> Maybe:
    return Maybe(other.known.subject, other.score.weight if other.score is not None else None, _explained(other))


def _doubt(subject: int, other: Candidate) -> Doubt:
    left, right = sorted((subject, other.known.subject))
    return Doubt(left, right, other.score.weight if other.score is not None else None, _explained(other))
