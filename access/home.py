"""Where a colleague lives, as a keyed hash: enough to notice looks at people of the same address, not enough to write a letter.

Two spellings of one address give one hash when they agree in house number, words of the street in any order (common words
abbreviated) and the five digits of the ZIP code. An apartment is left out: a neighbor of the house counts.
"""

from __future__ import annotations

import re

from audit.keys import indexer

_KIND = "home address"
_SHORT = {
    "STREET": "ST", "AVENUE": "AVE", "ROAD": "RD", "BOULEVARD": "BLVD", "DRIVE": "DR", "LANE": "LN", "COURT": "CT", "PLACE": "PL",
    "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W", "TERRACE": "TER", "CIRCLE": "CIR", "PARKWAY": "PKWY", "HIGHWAY": "HWY",
}  # fmt: skip
_UNIT = re.compile(r"(?:,|\s)\s*(?:APT|APARTMENT|UNIT|STE|SUITE|FL|FLOOR|#).*$")
_ZIP = re.compile(r"^\d{5}")


def home_index(line: str, postal_code: str) -> int | None:
    """The keyed hash of an address; None when it names no house number, no street or no ZIP code."""
    zip_code = _ZIP.match(postal_code.strip())
    words = [_SHORT.get(word, word) for word in re.findall(r"[A-Z0-9]+", _UNIT.sub("", line.upper()))]
    if zip_code is None or len(words) < 2 or not any(word[0].isdigit() for word in words):
        return None
    return indexer().index(_KIND, f"{' '.join(sorted(words))}|{zip_code.group()}")
