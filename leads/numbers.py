"""Lead numbers: random, because a sequence would count the leads that a reader may not see."""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O, 1 I L: read over the telephone


def new_number() -> str:
    """Return `L-7K4Q-92MD`: 31^8 possibilities."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"L-{drawn[:4]}-{drawn[4:]}"


def normalize(typed: str) -> str:
    """Return the number as it is stored, whatever spaces, case or hyphens were typed."""
    plain = "".join(character for character in typed.upper() if character.isalnum()).removeprefix("L")
    return f"L-{plain[:4]}-{plain[4:8]}" if len(plain) == 8 else typed.strip().upper()
