"""Polls: a page that asks again by itself is one look, and the event of the page covers what it asks.

The page hands its polls a signed ticket with its event, what it shows, its reader and session. A poll that brings it writes no
event of its own; one without it, with somebody else's, or after twelve hours is a look and recorded as such.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core import signing

from audit.context import current_work

SALT = "a look that an event covers"
COVERED_FOR = timedelta(hours=12)  # no session is older
COVERED = "covered"
PARAMETER = "seen"  # of the poll's address


def ticket(event: UUID, shown: UUID) -> str:
    """What a page that recorded `event` about `shown` gives to its polls."""
    return signing.dumps([event.hex, *_look(shown)], salt=SALT)


def is_covered(brought: str, shown: UUID) -> bool:
    """Whether the ticket that a poll brought covers this look of this reader in this session; then nothing is recorded.

    The middleware lets such a page out: it stands on record with the event that the ticket names.
    """
    work = current_work()
    try:
        _, *look = signing.loads(brought, salt=SALT, max_age=COVERED_FOR)
    except (signing.BadSignature, ValueError):
        return False
    if work is None or look != _look(shown):
        return False
    work.recorded.append(COVERED)
    return True


def _look(shown: UUID) -> list[str | int | None]:
    work = current_work()
    return [shown.hex, work.actor_id if work else None, work.session_ref if work else ""]
