"""What the pages on extracts show."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from access.models import User
from access.permissions import Permission
from access.policy import require
from foundation.errors import NotFound
from foundation.templatetags.desk import MASK
from ingest.drops import split_text
from ingest.models import Extract, PreviewedRow, QuarantinedRow
from ingest.names import short_name
from ingest.selectors.work import quarantined_for, source_status
from ingest.services.previewed import Difference, opened
from ingest.services.quarantine import raw_text
from ingest.sources.registry import SOURCES
from ingest.states import ExtractState, Foreseen, Wanted

PAGE_ROWS = 50
_NUMBER_COLUMN = re.compile(r"(^|_)(number|id|foil|fin|ssn|phone|email|plate)$")  # columns that single somebody out


@dataclass(frozen=True, slots=True)
class ExtractPage:
    """Some extracts, the newest first; the id leads on, None where the list ends."""

    rows: tuple[Extract, ...]
    next_after: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the line that adds up, as `c-figures` reads it."""

    label: str
    value: int
    sign: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One state of an extract, as `c-process-list` reads it."""

    label: str
    state: str
    word: str = ""
    detail: str = ""
    at: object = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Freshness:
    """One source, as `c-freshness` reads it."""

    code: str
    name: str
    date: date | None
    state: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a quarantined row, and what is wrong with it."""

    column: str
    text: str
    reason: str

    @property
    def shown(self) -> str:
        """The cell, or the last four signs of a number that nobody needs in order to repair another cell."""
        return self.text if self.reason else _masked(self.column, self.text)


@dataclass(frozen=True, slots=True)
class ForeseenRow:
    """What one row would do, in words, and the cells that it would change, numbers by their last four; of an unusable row
    the column and what is wrong with it."""

    row: PreviewedRow
    cells: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class RejectedCells:
    """A quarantined row taken apart: its cells (none when it cannot be split), and what is wrong with the row as a whole."""

    cells: tuple[Cell, ...]
    whole: str
    text: str


def extracts_for(user: User, *, source: str = "", state: str = "", after: uuid.UUID | None = None) -> ExtractPage:
    """A page of extracts, newest first, of one source or state when given."""
    require(user, Permission.VIEW_EXTRACT)
    found = Extract.objects.select_related("received_by").order_by("-received_at", "-id")
    if source in SOURCES:
        found = found.filter(source=source)
    if state in ExtractState.values:
        found = found.filter(state=state)
    border = Extract.objects.filter(uuid=after).values_list("received_at", "id").first() if after else None
    if border:
        moment, key = border
        found = found.filter(Q(received_at__lt=moment) | Q(received_at=moment, id__lt=key))
    rows = list(found[: PAGE_ROWS + 1])
    more = len(rows) > PAGE_ROWS
    rows = rows[:PAGE_ROWS]
    return ExtractPage(tuple(rows), rows[-1].uuid if more else None)


def extract_for(user: User, extract_uuid: uuid.UUID) -> Extract:
    """One extract; raises `NotFound`."""
    require(user, Permission.VIEW_EXTRACT)
    found = Extract.objects.select_related("received_by", "wanted_by").filter(uuid=extract_uuid).first()
    if found is None:
        raise NotFound
    return found


def source_freshness(today: date) -> list[Freshness]:
    """How fresh each source is on `today`; one that never came says so."""
    return [
        Freshness(status.code, short_name(status.code), status.newest_as_of, _freshness_word(status.newest_as_of, stale=status.stale))
        for status in source_status(today)
    ]


def _freshness_word(newest: date | None, *, stale: bool) -> str:
    if newest is None:
        return "nothing yet"
    return "stale" if stale else "ok"


def figures_of(extract: Extract, quarantine_url: str = "") -> list[Figure]:
    """`150,000 rows in = 148,213 applied + 1,102 unchanged + 612 buffered + 73 quarantined`, and what still waits."""
    done = extract.rows_applied + extract.rows_unchanged + extract.rows_buffered + extract.rows_quarantined
    figures = [
        Figure("row in" if extract.row_count == 1 else "rows in", extract.row_count),
        Figure("applied", extract.rows_applied, "="),
        Figure("unchanged", extract.rows_unchanged, "+"),
        Figure("buffered", extract.rows_buffered, "+"),
        Figure("quarantined", extract.rows_quarantined, "+", quarantine_url if extract.rows_quarantined else ""),
    ]
    if done < extract.row_count:
        unused = extract.state in {ExtractState.REFUSED, ExtractState.UNIMPORTED}
        figures.append(Figure("not used" if unused else "not yet applied", extract.row_count - done, "+"))
    return figures


# as an operator reads them: the rows first, then facts and people; what higher stages foresee comes after
_FORESEEN: tuple[str, ...] = (
    "rows of the extract",
    "rows looked at",
    "applied",
    "unchanged",
    "waiting in the buffer",
    "quarantined",
    "rows out of the buffer",
    "facts added",
    "facts superseded",
    "facts taken back",
    "facts standing again",
    "subjects created",
    "subjects changed",
)


def preview_figures(extract: Extract) -> list[tuple[str, int]]:
    """The figures of the last preview in the order of the desk; the database keeps them in none."""
    figures: dict[str, int] = extract.preview or {}
    order = {label: place for place, label in enumerate(_FORESEEN)}
    return sorted(figures.items(), key=lambda each: (order.get(each[0], len(order)), each[0]))


def previews_unimport(extract: Extract) -> bool:
    """Whether the last preview, there or asked for, is of taking the extract back and not of applying it."""
    if extract.previewed_at is None:
        return extract.wanted == Wanted.PREVIEW and extract.state == ExtractState.APPLIED
    return extract.applied_at is not None and extract.previewed_at > extract.applied_at


_ORDER = (ExtractState.RECEIVED, ExtractState.STAGED, ExtractState.CHECKED, ExtractState.APPLYING, ExtractState.APPLIED)


def steps_of(extract: Extract) -> list[Step]:
    """Received, checked, previewed, applied: how far each is."""
    if extract.state == ExtractState.REFUSED:
        return [Step("Received", "done", at=extract.received_at), Step("Checked", "failed", word="refused")]
    place = _ORDER.index(ExtractState.APPLIED if extract.state == ExtractState.UNIMPORTED else ExtractState(extract.state))
    checked = "done" if place >= 2 else "current"
    steps = [Step("Received", "done", at=extract.received_at, count=extract.row_count), Step("Checked", checked)]
    back = previews_unimport(extract)
    if not back:
        steps.append(_previewed("Previewed", extract))
    applied = {3: "current", 4: "done"}.get(place, "waiting")
    steps.append(Step("Applied", applied, at=extract.applied_at))
    if back:
        steps.append(_previewed("Un-import previewed", extract))
    if extract.state == ExtractState.UNIMPORTED or extract.wanted == "unimport":
        steps.append(Step("Un-imported", "done" if extract.state == ExtractState.UNIMPORTED else "current"))
    return steps


def _previewed(label: str, extract: Extract) -> Step:
    if extract.wanted == Wanted.PREVIEW:
        return Step(label, "current")
    if extract.previewed_at:
        return Step(label, "done", at=extract.previewed_at)
    return Step(label, "waiting", word="not asked for")


def quarantine_page(user: User, extract: Extract, after_line: int = 0) -> tuple[list[QuarantinedRow], int | None]:
    """Quarantined rows from a line on, those that wait before those repaired; and the line that leads on."""
    found = quarantined_for(user, extract).filter(line__gt=after_line).select_related("replayed_by").order_by(F("line").asc())
    rows = list(found[: PAGE_ROWS + 1])
    more = len(rows) > PAGE_ROWS
    rows = rows[:PAGE_ROWS]
    return rows, rows[-1].line if more else None


def quarantined_row_for(user: User, row_uuid: uuid.UUID) -> QuarantinedRow:
    """One quarantined row; raises `NotFound`."""
    require(user, Permission.VIEW_EXTRACT)
    found = QuarantinedRow.objects.select_related("extract", "replayed_by").filter(uuid=row_uuid).first()
    if found is None:
        raise NotFound
    return found


def taken_apart(row: QuarantinedRow) -> RejectedCells:
    """The cells of a quarantined row with every reason, checked anew by the contract of its source."""
    text = raw_text(row)
    source = SOURCES[row.extract.source]
    raw = split_text(0, row.line, text)
    checked = source.check(raw)
    problems = checked if isinstance(checked, tuple) else ()
    wrong = {problem.column: problem.reason for problem in problems if problem.column}
    whole = next((problem.reason for problem in problems if not problem.column), "")
    if raw.cells is None or len(raw.cells) != len(source.columns):
        return RejectedCells((), whole or row.reason, text)
    cells = tuple(Cell(name, cell, wrong.get(name, "")) for name, cell in zip(source.columns, raw.cells, strict=True))
    return RejectedCells(cells, whole, text)


def previewed_rows(user: User, extract: Extract) -> list[ForeseenRow]:
    """What the last preview foresaw, in the order of the file; for whoever handles extracts."""
    require(user, Permission.VIEW_EXTRACT)
    rows = PreviewedRow.objects.filter(extract=extract).select_related("extract").order_by("line")
    return [ForeseenRow(row, opened(row) if row.kind == Foreseen.UNUSABLE else tuple(map(_shown, opened(row)))) for row in rows]


def _shown(cell: Difference) -> Difference:
    before, after = _masked(cell.column, cell.before), _masked(cell.column, cell.after)
    return Difference(cell.column, before, f"{after} (another number)" if before == after else after)


def _masked(column: str, text: str) -> str:
    return f"{MASK}{text[-4:]}" if _NUMBER_COLUMN.search(column) and len(text) > 4 else text
