"""Small registries through which a lower stage shows or obeys what a higher stage knows (design 2).

A higher app registers in its `AppConfig.ready`; a test lists every registrant, so that nothing joins unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """An ordered collection of named registrants; a name may register once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: dict[str, Entry] = {}

    def register(self, key: str, entry: Entry) -> None:
        """Add `entry` under `key`; the same key with another entry is a programming error."""
        if key in self._entries and self._entries[key] != entry:
            message = f"{self.name}: {key} is already registered"
            raise ValueError(message)
        self._entries[key] = entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def keys(self) -> tuple[str, ...]:
        """The registrants' names in the order in which they came."""
        return tuple(self._entries)


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of another app's page: a template and the function that fills it.

    `context(user, record)` returns the template's context, or None when there is nothing to show this user.
    """

    page: str  # "lead" | "subject" | "organization"
    slot: str
    template: str
    context: Callable[[Any, Any], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that stops a disposition, such as an open request.

    `among(uuids)` returns, for those of the leads (live or archived) that it stops, a sentence without content.
    """

    among: Callable[[Sequence[UUID]], Mapping[UUID, str]]


@dataclass(frozen=True, slots=True)
class Keeper:
    """A reason for which a person without a lead is kept: `words` say it, `among(uuids, day)` returns whom of the people it keeps."""

    words: str
    among: Callable[[Sequence[UUID], date], set[UUID]]


@dataclass(frozen=True, slots=True)
class Suppressor:
    """Source rows that must make nothing when they come again: `among(source, keys)` returns those of the rows' content keys."""

    among: Callable[[str, Sequence[int]], set[int]]


@dataclass(frozen=True, slots=True)
class Follower:
    """What must move when subjects merge, and what a split must undo of it beyond giving the moved rows back.

    `follow(from_subject_id, to_subject_id, now)` runs in the merging transaction and returns what it must remember (ids and
    plain words, no personal data). `part(from_subject_id, to_subject_id, remembered, now)` runs in the splitting transaction
    once every row has returned.
    """

    follow: Callable[[int, int, datetime], dict[str, Any]]
    part: Callable[[int, int, Mapping[str, Any], datetime], None]


@dataclass(frozen=True, slots=True)
class Grant:
    """A table whose rows give sight of an object."""

    table: str
    object_table: str


@dataclass(frozen=True, slots=True)
class Birth:
    """Runs in the transaction that creates records: `born(kind, ids, now)`."""

    born: Callable[[str, list[int], Any], None]


@dataclass(frozen=True, slots=True)
class Foreseer:
    """What a higher stage would make of a preview: `figures(subject_ids, now)` runs in the transaction that is rolled back
    and returns words of the desk to numbers ("leads opened")."""

    figures: Callable[[list[int], Any], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Stake:
    """What a higher stage has hanging on a subject, so that doubts about it are settled in the order of what is at stake.

    `rank(column)` is a database expression over a subject's id in that column: 0 for nothing, the higher the more.
    `words` says what each rank is ("a referred lead").
    """

    rank: Callable[[str], Any]
    words: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Errand:
    """Work in hand that says by itself why somebody reads about a subject: `about(user, subject, now)` returns the kind of
    purpose and its id, or None."""

    about: Callable[[Any, Any, datetime], tuple[str, UUID] | None]


SHOWN = "shown"  # in a panel's context: the ids of the records that it names, for the event of the page

panels: Registry[Panel] = Registry("panels")
blockers: Registry[Blocker] = Registry("blockers")
followers: Registry[Follower] = Registry("followers")
grants: Registry[Grant] = Registry("grants")
births: Registry[Birth] = Registry("births")
keepers: Registry[Keeper] = Registry("keepers")
suppressors: Registry[Suppressor] = Registry("suppressors")
foreseers: Registry[Foreseer] = Registry("foreseers")
stakes: Registry[Stake] = Registry("stakes")
errands: Registry[Errand] = Registry("errands")


def filled_panels(page: str, user: Any, item: Any) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """The parts that other apps put on a page about `item`: slot to (template, context), in the order of registration."""
    slots: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for panel in panels:
        context = panel.context(user, item) if panel.page == page else None
        if context is not None:
            slots.setdefault(panel.slot, []).append((panel.template, context))
    return slots


def errand_about(user: Any, subject: Any, now: datetime) -> tuple[str, UUID] | None:
    """What `user` has in hand about the subject: the first purpose that a higher app knows of, or None."""
    return next((found for errand in errands if (found := errand.about(user, subject, now)) is not None), None)


def shown_in(slots: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]]) -> list[UUID]:
    """The ids of the records that filled panels name."""
    return [each for panels_of_slot in slots.values() for _, context in panels_of_slot for each in context.get(SHOWN, ())]
