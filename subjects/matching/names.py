"""How two names agree, part by part. Pure. Names are romanized and lower case."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from jellyfish import metaphone
from rapidfuzz.distance import OSA, JaroWinkler

CLOSE_FROM = 0.90
ALIKE_FROM = 0.80
ONE_SLIP_FROM = 5  # letters from which one wrong, missing, added or transposed letter is a typing error rather than another name


class Part(StrEnum):
    """Levels of agreement of a family name or a given name, best first."""

    EXACT = "exact"
    SUBSET = "subset"  # one leaves out words of the other
    CLOSE = "close"  # a typing error, or another transliteration
    ALIKE = "alike"  # sounds the same
    UNKNOWN = "unknown"
    DIFFERENT = "different"


AGREEING = frozenset({Part.EXACT, Part.SUBSET, Part.CLOSE})


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """The phonetic code of a word; the word itself where it has none (digits, one letter)."""
    return metaphone(word) or word


@lru_cache(maxsize=200_000)
def compare_parts(left: str, right: str) -> Part:
    """How two family names, or two given names, agree."""
    if not left or not right:
        return Part.UNKNOWN
    if left == right:
        return Part.EXACT
    first, second = left.split(), right.split()
    if len(first) != len(second) and (set(first) <= set(second) or set(second) <= set(first)):
        return Part.SUBSET
    likeness = _aligned(first, second)
    if likeness >= CLOSE_FROM or left.replace(" ", "") == right.replace(" ", ""):
        return Part.CLOSE
    return Part.ALIKE if likeness >= ALIKE_FROM or sound(first[0]) == sound(second[0]) else Part.DIFFERENT


def compare_given(left: str, right: str) -> Part:
    """How two given names agree: as parts do, but a name and its form for the other sex (Paulo, Paula) only sound alike."""
    found = compare_parts(left, right)
    if found is not Part.CLOSE:
        return found
    first, second = left.split(), right.split()
    other_sex = len(first) == len(second) and any(_other_sex(*pair) for pair in zip(first, second, strict=True))
    return Part.ALIKE if other_sex else found


def _other_sex(one: str, other: str) -> bool:
    """Paulo and Paula, Daniel and Daniela: a last a, and nothing or an o in its place."""
    man, woman = (other, one) if one.endswith("a") else (one, other)
    return woman.endswith("a") and not man.endswith("a") and woman[:-1] == man.removesuffix("o")


def _aligned(first: list[str], second: list[str]) -> float:
    """The mean likeness of the words of the shorter name with their likest partners in the other, each used once."""
    shorter, longer = (first, list(second)) if len(first) <= len(second) else (second, list(first))
    total = 0.0
    for word in shorter:
        likest = max(longer, key=lambda other: _likeness(word, other))
        total += _likeness(word, likest)
        longer.remove(likest)
    return total / len(shorter)


def _likeness(word: str, other: str) -> float:
    """Jaro-Winkler, which is hard on short words: one slip in a word that is not too short is close in any case."""
    found = float(JaroWinkler.similarity(word, other))
    if found < CLOSE_FROM and min(len(word), len(other)) >= ONE_SLIP_FROM and OSA.distance(word, other, score_cutoff=1) <= 1:
        return CLOSE_FROM
    return found
