"""People of the hidden world: who they truly are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingest.simulator import documents, names, places
from ingest.simulator.dice import Dice
from ingest.simulator.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Person:
    """One human being. `serial` numbers everything that belongs to them; `iso3` is citizenship."""

    serial: int
    name: names.PersonName
    born: date
    sex: str
    iso3: str
    birth_iso3: str
    culture: str
    home: places.Place
    visa_waiver: bool
    twin_of: int | None = None

    @property
    def key(self) -> str:
        """The person's name in the truth file."""
        return f"P{self.serial:08d}"

    @property
    def passport(self) -> str:
        """The first passport."""
        return documents.passport(self.serial)

    @property
    def renewed_passport(self) -> str:
        """The passport that replaced it, for those who renewed between arrival and departure."""
        return documents.passport(self.serial, 1)


def draw_person(parameters: Parameters, index: int, *, visa_waiver: bool, adult: bool) -> Person:
    """The `index`-th drawn person (from 0); `adult`: of an age at which people study or work (19 to 45)."""
    dice = Dice(parameters.seed, "person", index)
    iso3, culture = dice.weighted(names.VISA_WAIVER_COUNTRIES if visa_waiver else names.VISA_COUNTRIES)
    sex = "F" if dice.chance(0.5) else "M"
    age_days = dice.whole(19 * 365, 45 * 365) if adult else dice.quantiles((1 * 365, 18 * 365, 41 * 365, 65 * 365, 75 * 365))
    return Person(
        serial=documents.FIRST_PERSON + index,
        name=names.draw_name(dice, culture, sex),
        born=parameters.until - timedelta(days=age_days + dice.whole(0, 364)),
        sex=sex,
        iso3=iso3,
        birth_iso3=iso3 if dice.chance(0.95) else dice.weighted(names.VISA_COUNTRIES)[0],
        culture=culture,
        home=places.residence(dice),
        visa_waiver=visa_waiver,
    )


def twin_of(parameters: Parameters, index: int, other: Person) -> Person:
    """The twin of `other`: same day of birth, family name and home, another given name, numbers of their own."""
    dice = Dice(parameters.seed, "twin", index)
    name = names.sibling_name(dice, other.culture, other.sex, other.name)
    return replace(other, serial=documents.FIRST_PERSON + index, name=name, twin_of=other.serial)
