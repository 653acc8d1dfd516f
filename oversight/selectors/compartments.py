"""Who was moved into a compartment, or is to leave one, as those see it who are cleared for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from access.models import Compartment, User
from access.permissions import Permission
from access.policy import require
from audit.keys import existing_keys
from foundation.crypto import unseal
from foundation.errors import NotFound
from oversight.models import CompartmentMove
from oversight.selectors.paging import page_of
from subjects.models import Subject

State = CompartmentMove.State
PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One move as the list shows it; `subject` is None when the person is not here any more."""

    move: CompartmentMove
    subject: Subject | None
    reason: str
    decision: str
    own: bool


@dataclass(frozen=True, slots=True)
class MovePage:
    """Moves in the order of their list; the id leads on, None where the list ends."""

    lines: tuple[MoveLine, ...]
    next_after: UUID | None


def compartments_of(subject: Subject) -> list[Compartment]:
    """The compartments that the person is in."""
    return list(Compartment.objects.filter(pk__in=subject.access_class.compartments).order_by("code"))


def moves_for(user: User, after: UUID | None = None) -> MovePage:
    """The moves of compartments for which the user is cleared: those that wait first, then the newest. Raises `Forbidden`."""
    require(user, Permission.PROTECT_PERSON)
    found = CompartmentMove.objects.select_related("asked_by", "decided_by", "compartment")
    waits = Q(state=State.WAITING)
    rows, more = page_of(found, by="asked_at", newest_first=True, after=after, rows=PAGE_ROWS, first=waits)
    return MovePage(tuple(_lines(user, rows)), rows[-1].uuid if more else None)


def move_for(user: User, move_uuid: UUID) -> MoveLine:
    """One move; raises `NotFound`."""
    require(user, Permission.PROTECT_PERSON)
    found = CompartmentMove.objects.select_related("asked_by", "decided_by", "compartment").filter(uuid=move_uuid).first()
    if found is None:
        raise NotFound
    return _lines(user, [found])[0]


def _lines(user: User, moves: Sequence[CompartmentMove]) -> list[MoveLine]:
    about = [move.subject_uuid for move in moves]
    people = {each.uuid: each for each in Subject.objects.filter(uuid__in=about)}
    keys = existing_keys(about)
    return [
        MoveLine(
            move,
            people.get(move.subject_uuid),
            _opened(move, move.reason_sealed, keys),
            _opened(move, move.decision_sealed, keys),
            move.asked_by_id == user.pk,
        )
        for move in moves
    ]


def _opened(move: CompartmentMove, sealed: bytes | memoryview | None, keys: dict[UUID, bytes]) -> str:
    """The words; empty when nothing was written yet, or the person's key is gone."""
    key = keys.get(move.subject_uuid)
    return unseal(key, bytes(sealed), move.uuid.bytes).decode() if key and sealed else ""
