"""What applying an extract, or taking it back, would change: the same work in one transaction that is rolled back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.db import transaction

from access.models import User
from foundation.registries import foreseers
from ingest.models import Extract
from ingest.services.parts import claim_parts_of
from ingest.services.previewed import MOST, RowChange, unusable
from ingest.services.source_rows import Standing, standing_rows
from ingest.states import ExtractState, RowState
from subjects.services.absence import tell_after
from subjects.services.apply import read_part
from subjects.services.row_changes import row_changes
from subjects.services.settle import settle
from subjects.services.unimport import unimport


@dataclass(frozen=True, slots=True)
class Preview:
    """`figures` by words of the desk, and the first rows that would change something or could not be used."""

    figures: dict[str, int]
    rows: list[RowChange]


def preview(*, extract: Extract, actor: User, now: datetime) -> Preview:
    """What applying would change; nothing is changed.

    Looks at the first `PREVIEW_ROWS` rows and says so. Higher stages add figures of their own ("leads reopened") through
    the registry `foreseers`. The caller is inside the actor's context.
    """
    with transaction.atomic():
        found = _try_out(extract, actor, now)
        transaction.set_rollback(True)
    return found


def preview_unimport(*, extract: Extract, actor: User, now: datetime) -> dict[str, int]:
    """What taking an applied extract back would change, in figures; nothing is changed. As `preview`, but of all its rows.

    What would become of leads is foreseen for at most `PREVIEW_ROWS` people. Raises `Conflict` by the state table.
    """
    with transaction.atomic():
        settled = unimport(extract=extract, actor=actor, now=now)
        figures = {
            "facts taken back": settled.facts_retracted,
            "facts standing again": settled.facts_added,
            "subjects changed": len(settled.touched),
        }
        if len(settled.touched) <= settings.PREVIEW_ROWS:
            figures |= _above(settled.touched, now)
        else:
            figures["subjects whose leads are not foreseen, being too many"] = len(settled.touched)
        transaction.set_rollback(True)
    return figures


def _try_out(extract: Extract, actor: User, now: datetime) -> Preview:
    figures = dict.fromkeys(
        ("rows looked at", "rows of the extract", "applied", "unchanged", "waiting in the buffer", "quarantined"), 0
    ) | dict.fromkeys(("subjects created", "subjects changed", "facts added", "facts superseded", "rows out of the buffer"), 0)
    figures["rows of the extract"] = extract.row_count
    touched: set[int] = set()
    created: set[int] = set()
    before: dict[int, Standing] = {}
    bad: list[RowChange] = []
    for part in claim_parts_of(extract):
        if figures["rows looked at"] + part.last_line - part.first_line + 1 > settings.PREVIEW_ROWS and figures["rows looked at"]:
            break
        lines, rejected = read_part(part)
        here = standing_rows(extract.source, [line.record_key for line in lines])
        before |= {key: row for key, row in here.items() if row.state == RowState.APPLIED and key not in before}
        bad += islice(unusable(extract.source, rejected), MOST - len(bad))
        settled = settle(lines, actor=actor, now=now)
        figures["rows looked at"] += part.last_line - part.first_line + 1
        figures["applied"] += settled.counts.applied
        figures["unchanged"] += settled.counts.unchanged
        figures["waiting in the buffer"] += settled.counts.buffered
        figures["quarantined"] += len(rejected)
        figures["facts added"] += settled.facts_added
        figures["facts superseded"] += settled.facts_superseded
        figures["rows out of the buffer"] += settled.promoted
        created |= settled.created
        touched |= settled.touched
    figures["subjects created"] = len(created)
    figures["subjects changed"] = len(touched - created)
    rows = [*row_changes(extract, before, created), *bad]
    if figures["rows looked at"] == extract.row_count:
        _as_if_applied(extract, figures)
        gone = tell_after(extract, now=now)
        figures["people with a record reported no longer, or again"] = len(gone)
        touched |= gone
    return Preview(figures | _above(touched, now), rows)


def _above(touched: set[int], now: datetime) -> dict[str, int]:
    """What higher stages foresee of these people."""
    figures: dict[str, int] = {}
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
