"""Whose row is it: by numbers first, then by score. Pure: candidates come in, a choice goes out.

- A number that singles out a person joins, unless the birth dates contradict or the names have nothing in common (beside a year
  of birth: any part of them differs): then it is a doubt for a person to settle, flagged with what contradicts.
- So it is with one number beside one birth date and one family name when the given names have nothing in common: twins' papers.
- Without one, the score decides: accept far enough up and far enough ahead of the runner-up, a doubt in between.
- Whoever has another FIN or A-number is never taken for the same person by machine: twins differ in little else.
- A row goes to one subject, never through a chain; that one row carries numbers of two subjects is a doubt about the two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ingest.facts import IdentifierKind
from subjects.matching.births import Birth, compare_births
from subjects.matching.names import AGREEING, Part
from subjects.matching.records import JOINING, Known, Person, Record
from subjects.matching.score import Score, best_score
from subjects.matching.weights import WEIGHTS, Weights


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subject that shares numbers with the row."""

    known: Known
    kinds: frozenset[str]
    score: Score | None
    apart: bool = False  # holds another number of a kind that a person has only one of

    @property
    def only_repeats(self) -> bool:
        """Whether an admission number is all that is shared, and name, birth and passport all are others.

        In 0.67 % of real rows an admission number came twice (domain.md 2.4): the row is about somebody else.
        """
        found = self.score
        return (
            self.kinds == {IdentifierKind.I94}
            and found is not None
            and found.birth is Birth.DIFFERENT
            and found.family is found.given is Part.DIFFERENT
            and found.other_passport
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """The subject chosen, if any; every other subject in doubt, with its score."""

    chosen: Candidate | None
    doubts: tuple[Candidate, ...]


def candidate(record: Record, known: Known, kinds: frozenset[str]) -> Candidate:
    """A subject with its best score against the row."""
    other_passport = known.holds_another_passport(record.numbers)
    score = best_score(record.person or Person("", ""), known.people, other_passport=other_passport)
    return Candidate(known, kinds, score, apart=known.holds_another(record.numbers))


def choose_by_number(candidates: list[Candidate]) -> Choice:
    """The best of the subjects that share a number; the rest, and those that contradict, are doubts."""
    fitting = sorted((found for found in candidates if joins(found)), key=_rank)
    against = tuple(found for found in candidates if contradicts(found))
    if not fitting:
        return Choice(None, against)
    return Choice(fitting[0], (*fitting[1:], *against))


def joins(found: Candidate) -> bool:
    """Whether the shared numbers and what else is known say: the same person. Not where a twin would look the same."""
    return _fits(found) and not _may_be_a_twin(found.kinds, found.score)


def _may_be_a_twin(kinds: Collection[str], score: Score | None) -> bool:
    """Whether one number is all that speaks for one person, and two who were born together would have the rest in common too:
    birth date and family name, and given names that have nothing in common. Papers of twins are mixed up; a FIN comes from
    fingers, and two numbers are not mistyped at once."""
    shared = JOINING & set(kinds)
    return (
        len(shared) == 1
        and IdentifierKind.FIN not in shared
        and score is not None
        and score.birth is Birth.EXACT
        and score.given is Part.DIFFERENT
        and score.family in AGREEING
    )


def _fits(found: Candidate) -> bool:
    score = found.score
    if found.apart:
        return False
    if not found.kinds & JOINING:
        return score is not None and score.birth is Birth.EXACT and score.names_agree
    if score is None:
        return True
    if score.birth is Birth.EXACT:
        return not score.names_differ
    if score.birth is Birth.PART:  # a year of birth is shared by many
        return Part.DIFFERENT not in {score.family, score.given}
    return score.birth is not Birth.DIFFERENT and score.names_agree


def contradicts(found: Candidate) -> bool:
    """Whether a number that singles out a person is shared by two who do not look like one."""
    return bool(found.kinds & JOINING) and not joins(found)


def speaks_against(found: Candidate) -> bool:
    """Whether a row cannot be the subject's: another FIN or A-number, a shared number with another person's name or birth, or,
    without any shared number, another name or birth date. A record may correct a given name: that alone makes no twin of it."""
    score = found.score
    if found.apart or found.kinds & JOINING:
        return not _fits(found)
    return score is not None and (score.birth is Birth.DIFFERENT or score.names_differ)


def flags(kinds: Collection[str], score: Score | None) -> list[str]:
    """What contradicts between two who share numbers: kept with the explanation, read by rules and assessments.

    `shared_identifier` (a number that singles out one person), `conflicting_birth_dates`, `many_names_one_fin`.
    """
    if not JOINING & set(kinds) or score is None:
        return []
    contradicted = score.names_differ or score.birth is Birth.DIFFERENT or _may_be_a_twin(kinds, score)
    found = ["shared_identifier"] if contradicted else []
    if score.birth is Birth.DIFFERENT:
        found.append("conflicting_birth_dates")
    if score.names_differ and IdentifierKind.FIN in kinds:
        found.append("many_names_one_fin")
    return found


def choose_by_score(record: Record, knowns: Mapping[int, Known], weights: Weights = WEIGHTS) -> Choice:
    """Accept the best subject when its score is in the upper band and ahead of the runner-up; doubts lie in the middle band."""
    if record.person is None:
        return Choice(None, ())
    near = [known for known in knowns.values() if _born_alike(record.person, known)]
    scored = [found for found in (candidate(record, known, frozenset()) for known in near) if found.score is not None]
    scored.sort(key=lambda found: (-_weight(found), found.known.subject))
    if not scored or _weight(scored[0]) < weights.judge:
        return Choice(None, ())
    runner_up = _weight(scored[1]) if len(scored) > 1 else weights.prior
    if not scored[0].apart and _weight(scored[0]) >= weights.accept and _weight(scored[0]) - runner_up >= weights.lead:
        return Choice(scored[0], ())
    return Choice(None, tuple(found for found in scored if _weight(found) >= weights.judge)[:3])


def _born_alike(person: Person, known: Known) -> bool:
    """Whether any birth date of the subject fits at all: with another one no names reach the middle band, and most whom a
    coarse key proposes were born on another day."""
    return any(compare_births(person, each) is not Birth.DIFFERENT for each in known.people)


def _weight(found: Candidate) -> float:
    return found.score.weight if found.score is not None else float("-inf")


def _rank(found: Candidate) -> tuple[int, float, int]:
    return (-len(found.kinds & JOINING), -_weight(found), found.known.subject)
