"""How the sealed log stands: for the desk of whoever verifies it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.log.verifying import log_key
from audit.models import Checkpoint, Event, Unsealed
from audit.selectors import words_of
from oversight.services.log import ASKED, SOUND, TOUCHED


@dataclass(frozen=True, slots=True)
class Verification:
    """The last finding, in sentences."""

    event_uuid: UUID
    at: datetime
    sound: bool
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LogState:
    """Figures of the log, its last checkpoint, the last verification, and whether one was asked for and is under way."""

    sealed: int
    waiting: int
    checkpoint: Checkpoint | None
    verification: Verification | None
    under_way_since: datetime | None
    key: str


def log_state_for(user: User) -> LogState:
    """The state as of now. Raises `Forbidden`."""
    require(user, Permission.VERIFY_LOG)
    checkpoint = Checkpoint.objects.order_by("-size").first()
    verifications = Event.objects.filter(act=Act.LOG_VERIFIED).order_by("-occurred_at", "-id")
    finding = verifications.filter(field_names__overlap=[SOUND, TOUCHED]).first()
    asked = verifications.filter(field_names=[ASKED]).first()
    under_way = asked is not None and (finding is None or asked.occurred_at > finding.occurred_at)
    return LogState(
        sealed=checkpoint.size if checkpoint else 0,
        waiting=Unsealed.objects.count(),
        checkpoint=checkpoint,
        verification=_in_sentences(finding) if finding else None,
        under_way_since=asked.occurred_at if asked and under_way else None,
        key=log_key(),
    )


def _in_sentences(finding: Event) -> Verification:
    words: dict[str, Any] = words_of(finding) or {}
    return Verification(
        event_uuid=finding.uuid, at=finding.occurred_at, sound=SOUND in finding.field_names, sentences=tuple(words.get("found", ()))
    )
