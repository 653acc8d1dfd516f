"""How names and dates get bent between a document and a database."""

from __future__ import annotations

from datetime import date

from ingest.simulator.dice import Dice
from ingest.simulator.names import PersonName
from ingest.simulator.parameters import BIRTH_DATE_VARIANT, NAME_VARIANT

_NEIGHBORS = {"A": "S", "E": "R", "I": "O", "O": "I", "N": "M", "M": "N", "R": "T", "S": "A", "T": "R", "L": "K", "D": "F", "K": "L"}


def bent_name(dice: Dice, name: PersonName) -> tuple[str, str, str]:
    """(family, given, kind of noise); most names come through unbent and have an empty kind."""
    if not dice.chance(NAME_VARIANT):
        return name.family, name.given, ""
    kind = dice.pick(("typo", "swapped", "romanization", "truncated", "dropped", "joined"))
    family, given = name.family, name.given
    if kind == "typo":
        family = _typo(dice, family)
    elif kind == "swapped":
        family, given = given, family
    elif kind == "romanization" and (name.other_family, name.other_given) != (family, given):
        family, given = name.other_family, name.other_given
    elif kind == "truncated" and len(family) > 8:  # old screens cut at eight
        family = family[:8].strip()
    elif kind == "dropped" and " " in family:
        family = family.split(" ")[0]
    elif kind == "joined" and " " in given:
        given = given.replace(" ", "")
    else:
        kind, family = "typo", _typo(dice, family)
    return family, given, f"name_{kind}"


def bent_birth_date(dice: Dice, born: date) -> tuple[str, str]:
    """(text of the cell, kind of noise)."""
    if not dice.chance(BIRTH_DATE_VARIANT):
        return born.isoformat(), ""
    if born.day <= 12 and born.day != born.month:  # only such days can be taken for a month
        return date(born.year, born.day, born.month).isoformat(), "birth_date_swapped"
    if dice.chance(0.5):
        return f"{born.year}", "birth_date_partial"
    return f"{born.year}-01-01", "birth_date_first_of_january"


def _typo(dice: Dice, text: str) -> str:
    place = dice.whole(0, len(text) - 1)
    letter = text[place]
    kind = dice.whole(0, 2)
    if kind == 0 and len(text) > 3:  # keep short names legible
        return text[:place] + text[place + 1 :]
    if kind == 1 and place + 1 < len(text):
        return text[:place] + text[place + 1] + letter + text[place + 2 :]
    return text[:place] + _NEIGHBORS.get(letter, "E") + text[place + 1 :]
