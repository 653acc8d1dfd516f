"""The best value of each element of a subject, by one stated rule. Pure.

- Name and date of birth: what most facts say; among equals the newest, then the source that comes first in the registry.
  Aliases and former names never win over a primary name. A partial date of birth is no date of birth.
- Sex and citizenship: what the newest fact says that says anything.
- U.S. person: yes as soon as one standing fact says so; no only when facts say no and none says yes; else unknown.
- Identity is strong with a number that singles out a person, a whole date of birth and both parts of a name; fair without
  one of them; weak without two, or while fewer than two thirds of the facts agree on the date of birth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


class NameValue(Protocol):
    """A standing name fact, as far as the rule looks at it."""

    @property
    def family_name(self) -> str: ...
    @property
    def given_name(self) -> str: ...
    @property
    def full_name_source_script(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def date_of_birth(self) -> date | None: ...
    @property
    def sex(self) -> str: ...
    @property
    def citizenship_iso3(self) -> str: ...
    @property
    def us_person(self) -> bool | None: ...
    @property
    def as_of(self) -> date: ...
    @property
    def source(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Best:
    """The values that lists and headlines show."""

    family_name: str
    given_name: str
    full_name_source_script: str
    date_of_birth: date | None
    sex: str
    citizenship: str
    us_person: bool | None
    identity_strength: str  # strong | fair | weak


def best(names: Sequence[NameValue], *, has_number: bool, life_says_us_person: bool, source_order: Sequence[str]) -> Best | None:
    """The best values of one subject from its standing names; None when it has none. `source_order`: codes, first is best."""
    if not names:
        return None
    order = {code: place for place, code in enumerate(source_order)}

    def newest_first(name: NameValue) -> tuple[int, int]:
        return (-name.as_of.toordinal(), order.get(name.source, len(order)))

    ranked = sorted(names, key=newest_first)
    primary = [name for name in ranked if name.kind == "primary"] or ranked
    said = Counter((name.family_name, name.given_name) for name in primary)
    chosen = max(primary, key=lambda name: said[name.family_name, name.given_name])  # the first of the most said: the newest
    births = [name.date_of_birth for name in ranked if name.date_of_birth is not None]
    born = max(births, key=Counter(births).__getitem__) if births else None
    return Best(
        family_name=chosen.family_name,
        given_name=chosen.given_name,
        full_name_source_script=next((name.full_name_source_script for name in primary if name.full_name_source_script), ""),
        date_of_birth=born,
        sex=next((name.sex for name in ranked if name.sex), ""),
        citizenship=next((name.citizenship_iso3 for name in ranked if name.citizenship_iso3), ""),
        us_person=_us_person(ranked, life_says_us_person=life_says_us_person),
        identity_strength=_strength(chosen, births, has_number=has_number),
    )


def _us_person(names: Sequence[NameValue], *, life_says_us_person: bool) -> bool | None:
    said = {name.us_person for name in names}
    if life_says_us_person or True in said:
        return True
    return False if False in said else None


def _strength(chosen: NameValue, births: Sequence[date], *, has_number: bool) -> str:
    missing = (not has_number) + (not births) + (not (chosen.family_name and chosen.given_name))
    agreed = max(Counter(births).values(), default=0)
    if missing > 1 or agreed * 3 < len(births) * 2:
        return "weak"
    return "fair" if missing else "strong"
