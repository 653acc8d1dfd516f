"""Verifying in place: the events as they stand in the tables against what was published, by the stand-alone verifier's rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from audit.log.publishing import KEY, folders, own_key
from audit.log.reading import SealedEvents, destroyers, published, sealed_size
from verifier.verify_log import Key, Problem, Report, examine

SEALED_WITHIN = timedelta(minutes=1)
_OVERDUE = """
SELECT count(*) FROM audit_event e
WHERE e.recorded_at < %s AND NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_uuid = e.uuid)
"""


def log_key() -> str:
    """The log's public key in one line: what verifiers take, to be published elsewhere too.

    A process that cannot read the signing key (all but the sealer's) reads the published one; empty before the first sealing.
    """
    if Path(settings.LOG_KEY_FILE).is_file():
        return own_key()
    published_key = Path(settings.CHECKPOINT_DIR) / KEY
    return published_key.read_text(encoding="utf-8").strip() if published_key.is_file() else ""


def verify(*, now: datetime) -> Report:
    """Recompute every leaf, open all words, compare with every published checkpoint; `now` (aware) judges what is overdue.

    Call inside `acting_as` the service actor `audit`. Reads everything once: about 20 s a million events.
    """
    notes, leaves = published()
    events = SealedEvents(open_words=True, until=max(sealed_size(), len(leaves) // 32))
    report = examine(
        lines=events.lines(),
        gone=events.gone,
        words=events.words,
        checkpoints=notes,
        leaves=leaves,
        destroyers=destroyers(),
        key=Key.read(log_key()),
    )
    if overdue := _overdue(now):
        word = "event has" if overdue == 1 else "events have"
        report.problems.append(Problem("unsealed", f"{overdue:,} {word} not been sealed within a minute."))
    if lost := _lost_before_sealing():
        word = "event was" if lost == 1 else "events were"
        report.problems.append(Problem("unsealed", f"{lost:,} {word} removed while waiting for the sealer."))
    report.problems += _differing_copies()
    return report


def _overdue(now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_OVERDUE, [now - SEALED_WITHIN])
        return int(cursor.fetchone()[0])


def _lost_before_sealing() -> int:
    """How many events wait that are no longer there: the application cannot remove one, nor take one off the queue."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_unsealed u WHERE NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.id = u.event_id)")
        return int(cursor.fetchone()[0])


def _differing_copies() -> list[Problem]:
    """A later copy is the beginning of the first one, which is written before it; else one of them was touched, or the first cut."""
    problems = []
    for place, folder in enumerate(folders()[1:], start=2):
        others = published(folder)
        now_first = published()  # read again: something may have been published meanwhile, to the first folder first
        if not (now_first[0].startswith(others[0]) and now_first[1].startswith(others[1])):
            problems.append(Problem("copies", f"The published files of folder {place} are not those of folder 1."))
    return problems
