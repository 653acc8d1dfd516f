"""The keyboard map of the desk: on each kind of page, which key does what. Pure; the help on the page is written from it.

Every key presses a visible link or button that carries it (`data-key`), or moves the focus; none does what no control does.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Key(NamedTuple):
    """A line of the help. `presses`: the `data-key` of the control, empty where the script itself moves the focus."""

    keys: str
    does: str
    presses: str = ""


_EVERYWHERE: Final = (
    Key("/", "search for a person"),
    Key("g, then q", "go to my queue"),
    Key("?", "open and close this list"),
)
_ROWS: Final = (
    Key("j, k", "next row, previous row"),
    Key("o or Enter", "open the row"),
)
_UNDO: Final = Key("u", "undo the last act", "u")
KEYS: Final[dict[str, tuple[Key, ...]]] = {
    "queue": (
        Key("j, k", "next row, previous row"),
        Key("o or Enter", "open the lead of the row"),
        Key("x", "select the row"),
        Key("a", "claim the lead of the row", "a"),
        Key("n", "deal me the next", "n"),
        _UNDO,
        *_EVERYWHERE,
    ),
    "lead": (
        Key("v", "go through the stop signs, one after the other"),
        Key("a", "claim, or release", "a"),
        Key("r", "refer; asks you to read the stop signs first", "r"),
        Key("c", "close with a reason; asks you to read the stop signs first", "c"),
        Key("s", "hold, or take off hold", "s"),
        Key("f", "facts by source", "f"),
        Key("t", "timeline", "t"),
        Key("e", "evidence: findings and rebuttals", "e"),
        Key("w", "notes: read, and write one", "w"),
        Key("h", "history", "h"),
        Key("y", "on a lead that you have claimed: show the next number whole and copy it, on record", "y"),
        Key("i", "who this person is: records and pairs", "i"),
        Key("j, k", "next lead, previous lead of the list"),
        Key("b or Esc", "back to the list, at the same row", "b"),
        _UNDO,
        *_EVERYWHERE,
    ),
    "list": (*_ROWS, *_EVERYWHERE),
    "inbox": (*_ROWS, Key("?", "open and close this list")),
    "refer": (
        Key("v", "go through what must be read first"),
        Key("r", "next step; on the last one it sends", "r"),
        Key("b or Esc", "back", "b"),
        *_EVERYWHERE,
    ),
    "judging": (
        Key("s", "same person", "s"),
        Key("d", "different people", "d"),
        Key("u", "unsure: put aside", "u"),
        Key("z", "take the last verdict back", "z"),
        Key("j", "next pair"),
        Key("b or Esc", "back to the list", "b"),
        *_EVERYWHERE,
    ),
}
