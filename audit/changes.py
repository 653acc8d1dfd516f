"""Old and new values of what a person changed, as the encrypted payload of an event holds them (ADR 22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CHANGED = "changed"


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, dict[str, list[Any]]]:
    """The fields whose values differ, each with the old and the new one; part of a payload: `{**changed(...), "reason": ...}`.

    A field that only one side names counts as empty on the other. Empty when nothing differs.
    """
    names = [*old, *(name for name in new if name not in old)]
    differing = {name: [old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)}
    return {CHANGED: differing} if differing else {}
