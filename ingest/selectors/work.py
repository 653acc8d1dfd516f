"""How far the work on extracts is, what waits in quarantine, how old each source is, and the text of a stored row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, QuerySet, Sum

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.keys import existing_key
from foundation.crypto import unseal
from ingest.drops import split_text
from ingest.models import Extract, QuarantinedRow, SourceRow
from ingest.services.source_rows import ROW_CONTEXT
from ingest.sources.registry import SOURCES
from ingest.states import ExtractState, PartState, Wanted

MINIMUM_SECONDS = 2.0  # a rate measured over less says nothing


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an extract is. Rates are rows a second since work began; None while nothing can be said."""

    rows_done: int
    row_count: int
    percent: int
    rows_per_second: int | None
    seconds_left: int | None
    working: bool
    words: str


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How new what a source sent is, on a day."""

    code: str
    name: str
    newest_as_of: date | None
    age_days: int | None
    stale: bool
    extracts: int


def progress(extract: Extract, *, now: datetime) -> Progress:
    """How far `extract` is at `now`."""
    done = _rows_done(extract)
    end = extract.applied_at or now
    seconds = (end - extract.work_started_at).total_seconds() if extract.work_started_at else 0.0
    rate = done / seconds if done and seconds >= MINIMUM_SECONDS else None
    left = (extract.row_count - done) / rate if rate and extract.state == ExtractState.APPLYING else None
    return Progress(
        rows_done=done,
        row_count=extract.row_count,
        percent=100 if extract.row_count == 0 or done >= extract.row_count else done * 100 // extract.row_count,
        rows_per_second=round(rate) if rate else None,
        seconds_left=round(left) if left is not None else None,
        working=bool(extract.wanted) or extract.state in {ExtractState.RECEIVED, ExtractState.STAGED, ExtractState.APPLYING},
        words=_words(extract),
    )


def quarantined_for(user: User, extract: Extract) -> QuerySet[QuarantinedRow]:
    """The rows of `extract` that wait in quarantine or were repaired, in the order of the file. Raises `Forbidden`."""
    require(user, Permission.VIEW_EXTRACT)
    return QuarantinedRow.objects.filter(extract=extract).select_related("extract").order_by("line")


def newest_as_of() -> dict[str, date]:
    """The newest applied as-of day of each source over the whole system: what rules may rely on."""
    rows = Extract.objects.filter(state=ExtractState.APPLIED).order_by().values_list("source").annotate(newest=Max("as_of"))
    return {source: newest.date() for source, newest in rows}


def source_status(today: date) -> list[SourceStatus]:
    """Every source in the order of the registry, with how new its newest applied extract is on `today`."""
    newest = newest_as_of()
    counts = dict(Extract.objects.filter(state=ExtractState.APPLIED).order_by().values_list("source").annotate(extracts=Count("id")))
    found = []
    for source in SOURCES.values():
        day = newest.get(source.code)
        age = (today - day).days if day else None
        stale = age is None or age > source.freshness_days
        found.append(SourceStatus(source.code, source.name, day, age, stale, counts.get(source.code, 0)))
    return found


def row_text(row: SourceRow) -> str:
    """The text of a source row as its source wrote it. Raises `audit.keys.KeyDestroyed` when its time is over."""
    return unseal(existing_key(row.extract.uuid), bytes(row.sealed), ROW_CONTEXT).decode()


def row_cells(row: SourceRow) -> list[tuple[str, str]]:
    """A source row as pairs of column and cell, in the order of its layout."""
    cells = split_text(0, row.line, row_text(row)).cells or []
    return list(zip(SOURCES[row.source].columns, cells, strict=False))


def wishes_wait() -> bool:
    """Whether somebody waits for a preview or an un-import."""
    return Extract.objects.filter(wanted__in=[Wanted.PREVIEW, Wanted.UNIMPORT]).exists()


def _rows_done(extract: Extract) -> int:
    if extract.state in {ExtractState.APPLIED, ExtractState.UNIMPORTED}:
        return extract.row_count
    sums = extract.parts.filter(state=PartState.APPLIED).aggregate(
        applied=Sum("rows_applied"), unchanged=Sum("rows_unchanged"), buffered=Sum("rows_buffered"), quarantined=Sum("rows_quarantined")
    )
    return sum(number or 0 for number in sums.values())


def _words(extract: Extract) -> str:
    if extract.wanted == Wanted.PREVIEW:
        return "A preview is being made."
    if extract.wanted == Wanted.UNIMPORT:
        return "Its facts are being taken back."
    words = {
        ExtractState.RECEIVED: "Received; the file is being checked.",
        ExtractState.STAGED: "The file is whole; it is being cut into parts.",
        ExtractState.CHECKED: "Checked and ready to be applied.",
        ExtractState.APPLYING: "Its rows are being applied.",
        ExtractState.APPLIED: "Applied.",
        ExtractState.REFUSED: "Refused; nothing of it was used.",
        ExtractState.UNIMPORTED: "Un-imported; its facts no longer stand.",
    }
    return words[ExtractState(extract.state)]
