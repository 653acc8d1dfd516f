"""Scoring a row's person against a subject by Fellegi-Sunter levels, with an explanation that holds no values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from subjects.matching.births import Birth, compare_births
from subjects.matching.common import FAMILY, GIVEN, holds_common, taken_off
from subjects.matching.fuller import in_full
from subjects.matching.names import AGREEING, Part, compare_given, compare_parts
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
    family_common: float = 0.0  # bits that it is worth less, because many bear it
    given_common: float = 0.0

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
            "family name": (weights.crossed(self.family) if self.swapped else weights.family[self.family]) - self.family_common,
            "given name": (weights.crossed(self.given) if self.swapped else weights.given[self.given]) - self.given_common,
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
        weights_by_field = self.weights_by_field(weights)
        fields: dict[str, object] = {
            name: {"level": levels[name], "weight": weight} if name in levels else {"weight": weight}
            for name, weight in weights_by_field.items()
        }
        for name, less in (("family name", self.family_common), ("given name", self.given_common)):
            if less:
                fields[name] = {"level": levels[name], "weight": round(weights_by_field[name], 2), "common": round(less, 2)}
        return {"version": weights.version, "fields": fields}


def score(person: Person, other: Person, weights: Weights = WEIGHTS) -> Score:
    """Compare two persons; names are tried in both orders, the better one counts."""
    birth = compare_births(person, other)
    citizenship = "unknown"
    if person.citizenship and other.citizenship:
        citizenship = "agrees" if person.citizenship == other.citizenship else "differs"
    rest = weights.prior + weights.birth[birth] + _citizenship(citizenship, weights)
    countries = (person.citizenship, other.citizenship)
    family, given = compare_parts(person.family, other.family), compare_given(person.given, other.given)
    less = _less(weights.family, FAMILY, family, person.family, other.family, countries, weights.common_names)
    less_given = _less(weights.given, GIVEN, given, person.given, other.given, countries, weights.common_names)
    straight = Score(rest + weights.family[family] + weights.given[given], birth, family, given, swapped=False, citizenship=citizenship)
    if less or less_given:
        straight = _less_common(straight, less, less_given, weights)
    if {family, given} & {Part.DIFFERENT, Part.ALIKE}:  # a family name may be like a given name by chance
        crossed_family, crossed_given = compare_parts(person.family, other.given), compare_parts(person.given, other.family)
        weight = rest + weights.crossed(crossed_family) + weights.crossed(crossed_given) + weights.swapped_names
        if weight > straight.weight:
            crossed = Score(weight, birth, crossed_family, crossed_given, swapped=True, citizenship=citizenship)
            crossed = _less_when_crossed(crossed, person, other, weights)
            return crossed if crossed.weight > straight.weight else straight
    return straight


def _less_when_crossed(found: Score, person: Person, other: Person, weights: Weights) -> Score:
    """A name in the other's place may be common as a family name or as a given name."""
    countries = (person.citizenship, other.citizenship)
    bits = {level: weights.crossed(level) for level in Part}
    less = _less(bits, FAMILY + GIVEN, found.family, person.family, other.given, countries, weights.common_names)
    less_given = _less(bits, FAMILY + GIVEN, found.given, person.given, other.family, countries, weights.common_names)
    return _less_common(found, less, less_given, weights)


def _less_common(found: Score, less: float, less_given: float, weights: Weights) -> Score:
    """A common name takes a pair from the machine and gives it to a person; it never takes it out of a person's sight."""
    most = max(0.0, found.weight - weights.asked)
    share = min(1.0, most / (less + less_given)) if less + less_given else 0.0
    less, less_given = less * share, less_given * share
    return replace(found, weight=found.weight - less - less_given, family_common=less, given_common=less_given)


def _less(
    bits: Mapping[Part, float], parts: tuple[str, ...], level: Part, left: str, right: str, countries: tuple[str, str], source: str
) -> float:
    """By how many bits a name is worth less because many bear it; it never speaks against anybody."""
    if level not in AGREEING or not (holds_common(source, left) or holds_common(source, right)):
        return 0.0
    less = max(taken_off(source, part, left, right, countries, bits[Part.EXACT]) for part in parts)
    return min(less, max(bits[level], 0.0))


def best_score(person: Person, others: Iterable[Person], weights: Weights = WEIGHTS, *, other_passport: bool = False) -> Score | None:
    """The best score over every name that a subject is known by; None when it has none.

    `other_passport`: row and subject both show passports, and none is the same. Twins are told apart by little else.
    """
    best = max((score(person, other, weights) for other in in_full(person, others)), key=lambda found: found.weight, default=None)
    if best is None or not other_passport:
        return best
    return replace(best, weight=best.weight + weights.other_passport, other_passport=True)


def _citizenship(level: str, weights: Weights) -> float:
    return {"agrees": weights.citizenship_agrees, "differs": weights.citizenship_differs}.get(level, 0.0)
