"""What every source is: a row contract, where it comes from in law, and one function from a checked row to a `Statement`.

Pure: no Django. A source is one file in this folder and one line in `registry`. Cells are text; an empty cell means "the
source did not say" and becomes the field's default. A cell that a contract cannot accept sends the row to quarantine; a
code that no table knows never does: it is kept raw and noted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from ingest.drops import RawRow, RowProblem, iter_rows
from ingest.facts import Identifier, IdentifierKind
from ingest.identifiers import InvalidIdentifier, normalize
from ingest.sources.outline import NORMAL_ALREADY, Outline
from ingest.statements import Statement

# Systems write 9999-12-31 or 0001-01-01 where they mean no date. Nobody may reckon with such a day: the day after the first is none,
# and one rule that cannot judge one person would stop the judging of everybody after.
YEARS = range(1900, 2200)
Day = TypeVar("Day", bound=date)


def _of_a_record(found: Day) -> Day:
    if found.year not in YEARS:
        raise PydanticCustomError("no_day", "a year of no record")
    return found


@lru_cache(maxsize=32_768)  # an extract names few days and names them often
def iso_date(text: object) -> date:
    """`YYYY-MM-DD` and nothing else (`date.fromisoformat` would also take week dates), of one of `YEARS`. Raises for any other text."""
    if isinstance(text, str) and len(text) == 10 and text[4] == text[7] == "-":
        try:
            found = date.fromisoformat(text)
        except ValueError:
            pass
        else:
            return _of_a_record(found)
    raise PydanticCustomError("iso_date", "not a date")


def yes_no(text: object) -> bool:
    """`Y` or `N`. Raises for any other text."""
    if text == "Y":
        return True
    if text == "N":
        return False
    raise PydanticCustomError("yes_no", "neither Y nor N")


@lru_cache(maxsize=4_096)
def local_time(text: object) -> datetime:
    """`YYYY-MM-DDTHH:MM` of a clock on the spot, without a zone. Raises for any other text."""
    if isinstance(text, str) and len(text) == 16 and text[10] == "T" and text[13] == ":":
        try:
            found = datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007  # the clock of the place is what is asked
        except ValueError:
            pass
        else:
            return _of_a_record(found)
    raise PydanticCustomError("local_time", "not a local time")


IsoDate = Annotated[date, PlainValidator(iso_date)]
LocalTime = Annotated[datetime, PlainValidator(local_time)]
YesNo = Annotated[bool, PlainValidator(yes_no)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Code = Annotated[str, StringConstraints(max_length=16)]
Word = Annotated[str, StringConstraints(max_length=40)]
Name = Annotated[str, StringConstraints(max_length=160)]
Number = Annotated[str, StringConstraints(max_length=40)]
Text = Annotated[str, StringConstraints(max_length=500)]
LongText = Annotated[str, StringConstraints(max_length=4000)]


class RowContract(BaseModel):
    """A row of one layout. Every field is a column, in this order; description, format and an example belong to it."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def column(description: str, *, form: str, example: str, default: Any = "") -> Any:
    """A documented column. `form` says in words how the cell is written; without a default (`...`) it must be filled."""
    return Field(default, description=description, examples=[example], json_schema_extra={"form": form})


@dataclass(frozen=True, slots=True)
class Source:
    """One layout of one source system.

    `notice` is the source system's own system-of-records notice as the LeadTrac notice cites it; `exemption` is what its
    records carry along with them (DHS/ICE-015, "Exemptions claimed for the system"). `freshness_days`: the newest extract
    may be this old before screens call the source stale. `flagged_when` says in a user's words when a row alone makes a
    person a record of LeadTrac; every other row waits `buffer_days` for a known subject and is then destroyed.
    """

    code: str
    name: str
    layout: str
    notice: str
    exemption: str
    contract: type[RowContract]
    natural_key: tuple[str, ...]
    statement: Callable[[Any, datetime], Statement]
    flagged_when: str
    freshness_days: int
    buffer_days: int = 180
    summary: str = ""
    cross_check: Callable[[Any], tuple[str, str] | None] | None = None  # (column, reason) when cells do not fit together
    # the outlines of the statements of many rows, given as columns: got faster (`ingest.sources.outline`)
    outlines: Callable[[Any, datetime], list[Outline]] | None = None
    columns: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        rest = (name for name in self.contract.model_fields if name not in self.natural_key)
        object.__setattr__(self, "columns", (*self.natural_key, *rest))

    def check(self, raw: RawRow) -> RowContract | tuple[RowProblem, ...]:
        """The row as its contract, or every reason why it must wait in quarantine."""
        cells = raw.cells
        if cells is None:
            return (self._problem(raw, "", raw.problem),)
        if "\x00" in raw.raw:
            return (self._problem(raw, "", "The row holds a NUL character, which no text may hold."),)
        if len(cells) != len(self.columns):
            return (self._problem(raw, "", f"The row has {len(cells)} cells; the layout has {len(self.columns)}."),)
        try:
            row = self.contract.model_validate({name: cell for name, cell in zip(self.columns, cells, strict=True) if cell})
        except ValidationError as error:
            details = error.errors(include_input=False, include_url=False)
            return tuple(self._problem(raw, str(detail["loc"][0]) if detail["loc"] else "", plain_reason(detail)) for detail in details)
        if self.cross_check is not None and (found := self.cross_check(row)) is not None:
            return (self._problem(raw, *found),)
        return row

    def statements(self, row: RowContract, as_of: datetime) -> Statement:
        """What a checked row says on `as_of` (the extract's moment, UTC). Never raises for a row that passed its contract."""
        return self.statement(row, as_of)

    def _problem(self, raw: RawRow, name: str, reason: str) -> RowProblem:
        return RowProblem(raw.row, raw.line, name, reason, raw.raw)


class CheckedRow(NamedTuple):
    """A good row: where it stands, its text as sent, and what it says."""

    row: int
    line: int
    raw: str
    statement: Statement


class RejectedRow(NamedTuple):
    """A bad row and all that is wrong with it."""

    row: int
    line: int
    raw: str
    problems: tuple[RowProblem, ...]


def checked_rows(
    source: Source, path: Path, as_of: datetime, start_row: int = 1, stop_row: int | None = None
) -> Iterator[CheckedRow | RejectedRow]:
    """Parse and check the rows of one part of a data file, in order, in bounded memory. `as_of` is the manifest's."""
    check, state = source.check, source.statement
    for raw in iter_rows(path, start_row, stop_row):
        row = check(raw)
        if isinstance(row, tuple):
            yield RejectedRow(raw.row, raw.line, raw.raw, row)
        else:
            yield CheckedRow(raw.row, raw.line, raw.raw, state(row, as_of))


_REASONS: Mapping[str, str] = {
    "missing": "This column must be filled and is empty.",
    "iso_date": "This is not a date. Write it as YYYY-MM-DD, for example 2026-07-10.",
    "no_day": f"No record has a day before {YEARS[0]} or after {YEARS[-1]}. Leave the cell empty where the source means no date.",
    "local_time": "This is not a time of day. Write it as YYYY-MM-DDTHH:MM, for example 2026-07-10T14:05.",
    "yes_no": "This must be Y or N.",
    "int_parsing": "This is not a whole number.",
    "int_from_float": "This is not a whole number.",
    "string_too_short": "This column must be filled and is empty.",
    "extra_forbidden": "The layout has no such column.",
}


def plain_reason(detail: Mapping[str, Any]) -> str:
    """A pydantic error in an operator's words, without the value."""
    kind, context = str(detail["type"]), detail.get("ctx", {})
    place = detail.get("loc", ())
    if len(place) > 2:  # inside the JSON list of a cell
        return f"In entry {int(place[1]) + 1} of the list, {place[2]}: {plain_reason({**detail, 'loc': place[:1]})}"
    if kind in _REASONS:
        return _REASONS[kind]
    if kind in {"literal_error", "enum"}:
        return f"This must be one of: {str(context['expected']).replace(chr(39), '')}."
    if kind == "string_too_long":
        return f"This is longer than the {context['max_length']} characters that the layout allows."
    if kind in {"greater_than_equal", "less_than_equal"}:
        return f"This number is out of range: {'at least ' + str(context['ge']) if 'ge' in context else 'at most ' + str(context['le'])}."
    return "This value is not in the form that the page on extracts describes for this column."


def plain_word(text: str) -> str:
    """A code word as tables hold it, however a source spells it: `Provisionally Revoked` is `provisionally_revoked`."""
    return "_".join(text.lower().replace("-", " ").replace("_", " ").split())


def birth_date(text: str) -> tuple[date | None, str]:
    """A date of birth as written: (date, "") when it is a whole date, else (None, the text): "1991", "1991-02", "1991-02-30"."""
    if not text:
        return None, ""
    try:
        return iso_date(text), ""
    except PydanticCustomError:
        return None, text


class Collector:
    """Gathers the identifiers of one row; a number that cannot be one is left out and noted, the row goes on."""

    __slots__ = ("found", "notes")

    def __init__(self) -> None:
        self.found: list[Identifier] = []
        self.notes: list[str] = []

    def add(
        self, kind: IdentifierKind, text: str, country: str = "", valid_from: date | None = None, valid_until: date | None = None
    ) -> str:
        """Take one number and give its normal form ("" when empty or unusable)."""
        if not text:
            return ""
        fits = NORMAL_ALREADY.get(kind)
        try:
            value = text if fits is not None and fits(text) else normalize(kind, text)
        except InvalidIdentifier as error:
            self.notes.append(str(error) + " It is kept in the source row and not used for matching.")
            return ""
        self.found.append(Identifier(kind, value, country, valid_from, valid_until))
        return value
