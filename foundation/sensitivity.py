"""How sensitive a field is. Every model of ours sorts each of its fields in an inner class `Sensitivity`; a test fails
on an unsorted field (design 2, code style 2.1).

    class Sensitivity:
        public = ("state",)          may be shown to anybody who may see the row exists
        internal = ("uuid",)         keys, clocks, bookkeeping
        personal = ("family_name",)  about a person
        restricted = ("ciphertext",) encrypted at rest, shown only through reveal
"""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """The four levels, from open to closed."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    RESTRICTED = "restricted"


def level_of(model: type, field: str) -> Level:
    """Return the level under which `model` sorts `field`; raise `LookupError` when it does not."""
    sorting = getattr(model, "Sensitivity", None)
    for level in Level:
        if field in getattr(sorting, level.value, ()):
            return level
    message = f"{model.__name__}.{field} is not sorted in class Sensitivity"
    raise LookupError(message)
