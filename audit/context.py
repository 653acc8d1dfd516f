"""Who is at work, in which request, for what purpose: set once at the edge, read by `record`."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(slots=True)
class Work:
    """One request, task or command. `recorded` counts the events it has written so far, `events` names them."""

    actor_id: int | None = None
    via_id: int | None = None
    request_ref: uuid.UUID = field(default_factory=uuid.uuid4)
    session_ref: str = ""
    origin: str = ""
    view: str = ""
    purpose_kind: str = ""
    purpose_uuid: uuid.UUID | None = None
    clock: datetime | None = None  # set only when history is played; `recorded_at` stays the database's
    recorded: list[str] = field(default_factory=list)
    events: list[uuid.UUID] = field(default_factory=list)


_current: ContextVar[Work | None] = ContextVar("leadtrac_work", default=None)


def current_work() -> Work | None:
    """The work under way in this thread or coroutine, or None."""
    return _current.get()


def name_purpose(kind: str, purpose_uuid: uuid.UUID | None = None) -> None:
    """Let the events of the work under way say what it is for: `lead`, `referral`, `break_glass` or a purpose of a search, with its
    id; or `reason`, in words that the event keeps sealed."""
    under_way = _current.get()
    if under_way is not None:
        under_way.purpose_kind, under_way.purpose_uuid = kind, purpose_uuid


@contextmanager
def work(values: Work) -> Iterator[Work]:
    """Make `values` the work under way until the block ends."""
    token = _current.set(values)
    try:
        yield values
    finally:
        _current.reset(token)


@contextmanager
def via(actor_id: int | None) -> Iterator[None]:
    """Record the following events as done through a named service actor, for the person at work."""
    outer = _current.get() or Work()
    inner = replace(outer, via_id=actor_id)  # shares the lists of what was recorded
    token = _current.set(inner)
    try:
        yield
    finally:
        _current.reset(token)
