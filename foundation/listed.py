"""Words of closed lists, for whoever looks them up once a row. Pure."""

from __future__ import annotations

from enum import StrEnum


class Listed(StrEnum):
    """A word of a closed list, hashed as the text that it equals: an Enum's own hash runs Python code, dozens of times a row."""

    __hash__ = str.__hash__
