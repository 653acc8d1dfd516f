"""Names that many people bear: to share one says less. Pure.

Agreement of a name is worth log2(1 / share) bits at most, the share being that of its bearers among the people of its
country (Fellegi and Sunter, "A Theory for Record Linkage", 1969; entity-resolution.md 6, step 3). Without it two Koreans
called Kim, or two Vietnamese called Nguyen, who were born on one day would be taken for one person. The table is versioned
data that belongs to a version of the weights; its shares are our rounded estimates of published name counts (`Unverified`),
several spellings of one name bearing the share of the name. Nobody's record here is counted for it.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib import resources
from math import log2

FAMILY, GIVEN = ("family",), ("given",)  # as what a name is looked up
ANYWHERE = ""  # the country of a share among all travelers

Table = dict[tuple[str, str, str], float]  # (part, country, name) -> bits


@lru_cache(maxsize=4)
def table(name: str) -> Table:
    """Bits that sharing a common name is worth, by part (`family`, `given`), ISO alpha-3 country and the name as compared."""
    text = resources.files("subjects.matching").joinpath(f"data/{name}.csv").read_text(encoding="utf-8")
    return {(row["part"], row["country"], row["name"]): -log2(float(row["percent"]) / 100) for row in csv.DictReader(text.splitlines())}


@lru_cache(maxsize=200_000)
def holds_common(source: str, name: str) -> bool:
    """Whether any word of a name is in the table: asked of every pair, most names are not."""
    return not _words(source).isdisjoint(name.split())


@lru_cache(maxsize=4)
def _words(source: str) -> frozenset[str]:
    return frozenset(word for _, _, name in table(source) for word in name.split())


@lru_cache(maxsize=200_000)
def taken_off(source: str, part: str, left: str, right: str, countries: tuple[str, str], most: float) -> float:
    """How many bits of agreement a common name costs: 0 for one that few bear, and for words of which one is rare.

    `left` and `right` are what agrees, `most` what a rare name is worth in full, `countries` those of the two persons
    (empty: unknown, which counts where both are). Where the countries differ, the one counts in which the name is commoner.
    """
    found = table(source)
    shared = set(left.split()) & set(right.split())
    known = [country for country in countries if country] or [ANYWHERE]
    sides = {" ".join(word for word in left.split() if word in shared)} if shared else {left, right}
    return max(most - min(_bits(found, part, side, country, most) for country in known) for side in sides)


def _bits(found: Table, part: str, words: str, country: str, most: float) -> float:
    """What the words are worth together, at most `most`."""
    whole = found.get((part, country, words))
    if whole is None:
        whole = sum(found.get((part, country, word), most) for word in words.split())
    return min(most, whole)
