"""The columns of the queue: which there are, which a role sees first, which a person has chosen. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

COLUMNS: Final[dict[str, str]] = {
    "why": "Why it is here",
    "rule": "Rule",
    "presence": "Presence",
    "risk": "Risk",
    "signs": "Stop signs",
    "clock": "Clock",
    "status": "Status",
    "owner": "Owner",
    "office": "Office",
    "as_of": "Evidence as of",
}  # lead and subject stand always
ANALYST: Final = ("why", "presence", "risk", "signs", "clock", "owner")
SUPERVISOR: Final = ("why", "presence", "risk", "clock", "status", "owner", "office")
OF_ROLES: Final = {"supervisor": SUPERVISOR}
LENGTH: Final = 200


def columns_of(chosen: str, roles: Iterable[str]) -> tuple[str, ...]:
    """The columns to show, in their order: the person's own (`why,risk,...`), else those of the first role that has some."""
    own = kept(chosen.split(","))
    if own:
        return own
    return next((OF_ROLES[role] for role in roles if role in OF_ROLES), ANALYST)


def kept(names: Collection[str]) -> tuple[str, ...]:
    """Known columns among these names, in the order in which the queue shows them."""
    return tuple(name for name in COLUMNS if name in names)
