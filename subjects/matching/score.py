"""Scoring a row's person against a subject by Fellegi-Sunter levels, with an explanation that holds no values. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from subjects.matching.births import Birth, compare_births
from subjects.matching.names import AGREEING, Part, compare_parts
from subjects.matching.records import Person
from subjects.matching.weights import WEIGHTS, Weights


@dataclass(frozen=True, slots=True)
class Score:
    """The levels by field and the sum of their weights with the prior, in bits."""

    weight: float
    birth: Birth
    family: Part
    given: Part
    swapped: bool
    citizenship: str  # agrees | differs | unknown
    other_passport: bool = False  # both show passports, none the same

    @property
    def names_agree(self) -> bool:
        """Both parts of the name agree (in either order), or one agrees and the other is missing."""
        parts = {self.family, self.given}
        return bool(parts & AGREEING) and parts <= AGREEING | {Part.UNKNOWN}

    @property
    def names_differ(self) -> bool:
        """Nothing in the two names is alike, and at least one part is another."""
        parts = {self.family, self.given}
        return Part.DIFFERENT in parts and parts <= {Part.DIFFERENT, Part.UNKNOWN}

    def weights_by_field(self, weights: Weights = WEIGHTS) -> dict[str, float]:
        """What each field adds, in bits; `prior` is what the sum starts from."""
        found = {
            "prior": weights.prior,
            "family name": weights.crossed(self.family) if self.swapped else weights.family[self.family],
            "given name": weights.crossed(self.given) if self.swapped else weights.given[self.given],
            "date of birth": weights.birth[self.birth],
            "citizenship": _citizenship(self.citizenship, weights),
        }
        if self.other_passport:
            found["passport"] = weights.other_passport
        if self.swapped:
            found["names swapped"] = weights.swapped_names
        return found

    def explained(self, weights: Weights = WEIGHTS) -> dict[str, object]:
        """Levels and weights by field, for the ledger and its page."""
        levels = {
            "family name": self.family.value,
            "given name": self.given.value,
            "date of birth": self.birth.value,
            "citizenship": self.citizenship,
            "passport": "another",
            "names swapped": "swapped",
        }
        fields: dict[str, object] = {
            name: {"level": levels[name], "weight": weight} if name in levels else {"weight": weight}
            for name, weight in self.weights_by_field(weights).items()
        }
        return {"version": weights.version, "fields": fields}


def score(person: Person, other: Person, weights: Weights = WEIGHTS) -> Score:
    """Compare two persons; names are tried in both orders, the better one counts."""
    birth = compare_births(person, other)
    citizenship = "unknown"
    if person.citizenship and other.citizenship:
        citizenship = "agrees" if person.citizenship == other.citizenship else "differs"
    rest = weights.prior + weights.birth[birth] + _citizenship(citizenship, weights)
    family, given = compare_parts(person.family, other.family), compare_parts(person.given, other.given)
    straight = weights.family[family] + weights.given[given]
    if Part.DIFFERENT in {family, given}:
        crossed_family, crossed_given = compare_parts(person.family, other.given), compare_parts(person.given, other.family)
        crossed = weights.crossed(crossed_family) + weights.crossed(crossed_given) + weights.swapped_names
        if crossed > straight:
            return Score(rest + crossed, birth, crossed_family, crossed_given, swapped=True, citizenship=citizenship)
    return Score(rest + straight, birth, family, given, swapped=False, citizenship=citizenship)


def best_score(person: Person, others: Iterable[Person], weights: Weights = WEIGHTS, *, other_passport: bool = False) -> Score | None:
    """The best score over every name that a subject is known by; None when it has none.

    `other_passport`: row and subject both show passports, and none is the same. Twins are told apart by little else.
    """
    best = max((score(person, other, weights) for other in others), key=lambda found: found.weight, default=None)
    if best is None or not other_passport:
        return best
    return replace(best, weight=best.weight + weights.other_passport, other_passport=True)


def _citizenship(level: str, weights: Weights) -> float:
    return {"agrees": weights.citizenship_agrees, "differs": weights.citizenship_differs}.get(level, 0.0)
