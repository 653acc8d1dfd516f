"""All work on extracts in this process, one piece after the other, until nothing is left: commands, tests, the demo."""

from __future__ import annotations

from datetime import datetime

from access.context import acting_as
from access.selectors import service_actor
from ingest.services.stage import stage_next
from subjects.services.apply import apply_next_part
from subjects.services.replay import replay_next
from subjects.services.wishes import fulfil_next


def drain(*, now: datetime) -> int:
    """Check, apply, preview, un-import and replay until nothing is left; returns the number of pieces of work."""
    done = 0
    while _stage(now) or apply_next_part(now=now) or fulfil_next(now=now) or replay_next(now=now):
        done += 1
    return done


def _stage(now: datetime) -> bool:
    with acting_as(service_actor("ingest")):
        return stage_next(now=now)
