"""The form in which names are searched: romanized, lower case, letters and digits, single spaces. Pure.

One function makes it for what is stored (`NameFact.name_key`, `Subject.name_key`) and for what is typed, so that a name
in Arabic, Cyrillic or Chinese script finds itself, and `O'Brien`, `OBRIEN` and `O’Brien` are one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

KEY_LENGTH = 220  # of the columns that hold it
MOST_TOKENS = 6  # a typed name has no more; further words are dropped
_JOINED = frozenset("'’‘`´ʼʻ.")  # written inside a name, no boundary: O'Brien, St.John
_DROPPED = {ord(character): None for character in _JOINED}
_NO_WORD = re.compile(r"[^a-z0-9]+")
_IDEOGRAPHS = ("CJK UNIFIED IDEOGRAPH", "HANGUL SYLLABLE", "HIRAGANA", "KATAKANA")


@lru_cache(maxsize=100_000)  # an extract repeats its names
def romanized(text: str) -> str:
    """Any script to lower-case ASCII words; an ideograph is a word of its own, an apostrophe joins, all else parts."""
    if text.isascii():  # most of an extract: the same result, ten times as fast
        words = text.lower().split()
        if "".join(words).isalnum():
            return " ".join(words)
        return " ".join(_NO_WORD.sub(" ", text.lower().translate(_DROPPED)).split())
    pieces = []
    for character in unicodedata.normalize("NFC", text):
        if character in _JOINED:
            continue
        plain = anyascii(character)
        if ord(character) > 0x2E7F and unicodedata.name(character, "").startswith(_IDEOGRAPHS):
            plain = f" {plain} "
        pieces.append(plain)
    letters = "".join(character if character.isalnum() else " " for character in "".join(pieces).replace("'", "").lower())
    return " ".join(letters.split())


def name_key(family_name: str, given_name: str, source_script: str = "") -> str:
    """The search key of one name: family, given, and the words of the source script that these two lack."""
    words = f"{romanized(family_name)} {romanized(given_name)}".split()
    words += [word for word in romanized(source_script).split() if word not in words]
    return " ".join(words)[:KEY_LENGTH].strip()


def forms(key: str, family_name: str, given_name: str, source_script: str) -> tuple[str, ...]:
    """The search key of a name and, where it is written in two scripts, each of the two by itself: whoever types one of them
    has typed the whole name."""
    if not source_script:
        return (key,)
    return key, f"{romanized(family_name)} {romanized(given_name)}".strip(), romanized(source_script)


def tokens(text: str) -> tuple[str, ...]:
    """The distinct words of a typed name, in the order typed, at most `MOST_TOKENS`."""
    return tuple(dict.fromkeys(romanized(text).split()))[:MOST_TOKENS]
