"""SEVIS termination, end and cancel codes with what each means for a lead (domain.md 3.3); the table is data.

The codes are those of the public batch schema 6.27; the meaning of each is our reading [inf].
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources


class Meaning(StrEnum):
    """What a code says about the person."""

    VIOLATION = "violation"
    NONE = "none"
    REVIEW = "review"
    CLOSE = "close"
    NO_SHOW = "no_show"
    EARLY_WITHDRAWAL = "early_withdrawal"
    SCHOOL = "school"  # the organization's matter, not the person's

    @property
    def words(self) -> str:
        """Return what it makes of a lead, in the desk's words."""
        return _MEANING_WORDS[self]


_MEANING_WORDS = {
    Meaning.VIOLATION: "a violation",
    Meaning.NONE: "no violation by itself",
    Meaning.REVIEW: "a person decides",
    Meaning.CLOSE: "nothing to pursue",
    Meaning.NO_SHOW: "a no-show, if the person arrived",
    Meaning.EARLY_WITHDRAWAL: "F-1: 15 days to depart; M-1: a person decides",
    Meaning.SCHOOL: "the school's matter, not the student's",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One code: `group` is F (F and M termination), J, J-end, cancel or dependent; `serious` raises the risk."""

    group: str
    code: str
    words: str
    meaning: Meaning
    serious: bool


_UNKNOWN_WORDS, _NO_CODE_WORDS = "a code that no table has", "no reason stated"


@lru_cache(maxsize=1)
def reasons() -> dict[tuple[str, str], Reason]:
    """Return every known code by (group, code)."""
    text = resources.files("leads.rules").joinpath("data/sevis_reasons.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    found = [Reason(row["group"], row["code"], row["words"], Meaning(row["meaning"]), row["serious"] == "yes") for row in rows]
    return {(each.group, each.code): each for each in found}


def reason(group: str, code: str) -> Reason:
    """Return the reason behind a code; one that no table knows, or none at all, means review, never a violation."""
    normalized = code.strip().upper()
    if normalized.isdigit():
        normalized = normalized.zfill(2)
    words = _UNKNOWN_WORDS if normalized else _NO_CODE_WORDS
    return reasons().get((group, normalized)) or Reason(group, normalized, words, Meaning.REVIEW, serious=False)
