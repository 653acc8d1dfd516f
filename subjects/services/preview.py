"""What applying an extract would change: the same pipeline in one transaction that is rolled back."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from access.models import User
from foundation.registries import foreseers
from ingest.models import Extract
from ingest.services.parts import claim_parts_of
from ingest.states import ExtractState
from subjects.services.absence import tell_after
from subjects.services.apply import read_part
from subjects.services.settle import settle


def preview(*, extract: Extract, actor: User, now: datetime) -> dict[str, int]:
    """Figures by words of the desk; nothing is changed.

    Looks at the first `PREVIEW_ROWS` rows and says so. Higher stages add figures of their own ("leads reopened") through
    the registry `foreseers`. The caller is inside the actor's context.
    """
    with transaction.atomic():
        figures = _try_out(extract, actor, now)
        transaction.set_rollback(True)
    return figures


def _try_out(extract: Extract, actor: User, now: datetime) -> dict[str, int]:
    figures = dict.fromkeys(
        ("rows looked at", "rows of the extract", "applied", "unchanged", "waiting in the buffer", "quarantined"), 0
    ) | dict.fromkeys(("subjects created", "subjects changed", "facts added", "facts superseded", "rows out of the buffer"), 0)
    figures["rows of the extract"] = extract.row_count
    touched: set[int] = set()
    created = 0
    for part in claim_parts_of(extract):
        if figures["rows looked at"] + part.last_line - part.first_line + 1 > settings.PREVIEW_ROWS and figures["rows looked at"]:
            break
        lines, rejected = read_part(part)
        settled = settle(lines, actor=actor, now=now)
        figures["rows looked at"] += part.last_line - part.first_line + 1
        figures["applied"] += settled.counts.applied
        figures["unchanged"] += settled.counts.unchanged
        figures["waiting in the buffer"] += settled.counts.buffered
        figures["quarantined"] += len(rejected)
        figures["facts added"] += settled.facts_added
        figures["facts superseded"] += settled.facts_superseded
        figures["rows out of the buffer"] += settled.promoted
        created += settled.subjects_created
        touched |= settled.touched
    figures["subjects created"] = created
    figures["subjects changed"] = len(touched) - created
    if figures["rows looked at"] == extract.row_count:
        _as_if_applied(extract, figures)
        gone = tell_after(extract, now=now)
        figures["people with a record reported no longer, or again"] = len(gone)
        touched |= gone
    for foreseer in foreseers:
        figures |= foreseer.figures(sorted(touched), now)
    return figures


def _as_if_applied(extract: Extract, figures: dict[str, int]) -> None:
    """Let the stages above see the extract as applied: how far its source is known decides what they say."""
    Extract.objects.filter(pk=extract.pk).update(
        state=ExtractState.APPLIED,
        rows_applied=figures["applied"],
        rows_unchanged=figures["unchanged"],
        rows_buffered=figures["waiting in the buffer"],
        rows_quarantined=figures["quarantined"],
    )
