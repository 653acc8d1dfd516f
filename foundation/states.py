"""State machines as one readable table; the function that moves a record asks the table and nothing else decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from foundation.errors import Conflict, InvalidInput


@dataclass(frozen=True, slots=True)
class Move:
    """One row of a state table.

    `action` is the verb of the desk, `permission` the value of `access.permissions.Permission` that it needs and
    `needs_reason` says that the person must give one.
    """

    action: str
    sources: frozenset[str]
    target: str
    permission: str
    needs_reason: bool = False
    label: str = ""


class StateTable:
    """All moves of one kind of record."""

    def __init__(self, moves: Iterable[Move]) -> None:
        self.moves = tuple(moves)
        self._by_key = {(move.action, source): move for move in self.moves for source in move.sources}

    def move(self, *, action: str, source: str, reason: str = "") -> Move:
        """Return the move, or raise `Conflict` (not from this state) or `InvalidInput` (a reason is missing)."""
        found = self._by_key.get((action, source))
        if found is None:
            message = f"This cannot be done any more: the record is now “{source.replace('_', ' ')}”."
            raise Conflict(message)
        if found.needs_reason and not reason.strip():
            raise InvalidInput("Say why: a reason is needed.", field="reason")
        return found

    def actions_from(self, source: str) -> tuple[Move, ...]:
        """Every move that starts in `source`, in the order of the table."""
        return tuple(move for move in self.moves if source in move.sources)
