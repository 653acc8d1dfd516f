"""Reading and writing a drop: one data file (`NAME.csv.gz`) and one manifest (`NAME.json`) side by side.

Pure: no Django, no clock, bounded memory whatever the size of the file. Two kinds of trouble are kept apart:

- `DropRefused` and its children: the file as a whole cannot be trusted (wrong hash, truncated, wrong count, wrong header,
  encoding). Nothing of it may be applied. `what` says what is wrong, `remedy` what to do; both are for the operator's eyes.
- `RowProblem`: one row is bad. The row goes to quarantine, the rest goes on.

Texts never quote a cell: the raw row stands beside the problem in quarantine and nowhere else.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from ingest.drop_errors import (
    DataFileMissing,
    DropRefused,
    ManifestUnreadable,
    NotUtf8,
    TooLarge,
    TruncatedFile,
    UnknownLayout,
    WrongHash,
    WrongHeader,
    WrongRowCount,
)
from ingest.drop_text import LogicalRow, logical_rows, open_text, read_header

__all__ = [
    "DATA_SUFFIX",
    "MANIFEST_SUFFIX",
    "DataFileMissing",
    "Drop",
    "DropRefused",
    "DropWriter",
    "Manifest",
    "ManifestUnreadable",
    "NotUtf8",
    "Part",
    "RawRow",
    "RowProblem",
    "TooLarge",
    "TruncatedFile",
    "UnknownLayout",
    "Verified",
    "WrongHash",
    "WrongHeader",
    "WrongRowCount",
    "drop_of",
    "file_sha256",
    "find_drops",
    "iter_rows",
    "printable",
    "read_manifest",
    "refuse_future",
    "split_parts",
    "split_text",
    "verified_rows",
    "verify_data_file",
    "write_manifest",
]

DATA_SUFFIX = ".csv.gz"
MANIFEST_SUFFIX = ".json"
MAX_MANIFEST_BYTES = 64 * 1024
MOST_SAID = 5  # errors of one manifest
MAX_UNPACKED_BYTES = 16 * 1024**3
MAX_RATIO = 200
RATIO_CHECKED_FROM_BYTES = 64 * 1024**2
MAX_ROWS = 10_000_000_000
EARLIEST_AS_OF = datetime(2000, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(days=1)  # a sender's clock, and its zone, may be this far ahead of ours


def _since_2000(moment: datetime) -> datetime:
    if moment < EARLIEST_AS_OF:
        kind, message = "as_of_too_early", "the moment lies before the year 2000; no extract is that old"
        raise PydanticCustomError(kind, message)
    return moment


class Manifest(BaseModel):
    """What the sender says about a data file. `as_of` is the moment (UTC) up to which the source's facts are included."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,30}$")] = Field(
        description="Source code, as the page on extracts lists it.", examples=["adis"]
    )
    layout: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,30}/\d{1,3}$")] = Field(
        description="Layout and its version.", examples=["adis/1"]
    )
    extract_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{2,79}$")] = Field(
        description="The sender's own name of this extract; never used twice by one source.", examples=["ADIS-20261122-D"]
    )
    as_of: Annotated[AwareDatetime, AfterValidator(_since_2000)] = Field(
        description="The moment up to which the source's facts are included, with its offset; not before 2000, and at most a day "
        "after the drop arrives.",
        examples=["2026-11-22T05:00:00Z"],
    )
    row_count: Annotated[int, Field(ge=0, le=MAX_ROWS)] = Field(description="Number of data rows, the header not counted.", examples=[1200])
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="SHA-256 of the .csv.gz file as sent, in lower-case hexadecimal."
    )
    kind: Literal["full", "delta"] = Field(
        description="full: every record of the source; delta: records new or changed since the extract before.", examples=["delta"]
    )


@dataclass(frozen=True, slots=True)
class Drop:
    """A manifest on disk and the data file that belongs beside it (which may be missing: `verify_data_file` says so)."""

    manifest_path: Path
    data_path: Path


class RawRow(NamedTuple):
    """One row as it stands. `row` counts data rows from 1; `line` is the line of the file where it starts (the header is 1)."""

    row: int
    line: int
    cells: list[str] | None  # None when the row could not be split into cells; `problem` says why
    raw: str  # the row's text as sent, without its line end; cut to MAX_ROW_CHARACTERS
    problem: str = ""


class RowProblem(NamedTuple):
    """One reason why one row waits in quarantine: plain words, no cell value. `column` is empty when the whole row is meant."""

    row: int
    line: int
    column: str
    reason: str
    raw: str


class Part(NamedTuple):
    """A run of rows that one worker takes in one transaction: `start_row` is included, `stop_row` is not."""

    number: int
    start_row: int
    stop_row: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What `verify_data_file` found in a file that may go on to checking."""

    row_count: int
    unpacked_bytes: int
    packed_bytes: int


def find_drops(directory: Path) -> list[Drop]:
    """Every manifest in a folder (not below it) with the place of its data file, in the order of file names."""
    return [drop_of(path) for path in sorted(directory.glob(f"*{MANIFEST_SUFFIX}"))]


def drop_of(manifest_path: Path) -> Drop:
    """The drop whose manifest stands at `manifest_path`."""
    return Drop(manifest_path, manifest_path.with_name(manifest_path.name.removesuffix(MANIFEST_SUFFIX) + DATA_SUFFIX))


def read_manifest(path: Path) -> Manifest:
    """The manifest at `path`; raises `ManifestUnreadable` that names the field and what it must look like."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_MANIFEST_BYTES + 1)
    except OSError as error:
        raise ManifestUnreadable(f"The manifest {path.name} cannot be read.") from error
    if len(content) > MAX_MANIFEST_BYTES:
        raise ManifestUnreadable(f"The manifest {path.name} is larger than {MAX_MANIFEST_BYTES // 1024} KB.")
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        what = "; ".join(_what_is_wrong(each) for each in error.errors(include_input=False, include_url=False)[:MOST_SAID])
        raise ManifestUnreadable(f"The manifest {path.name} cannot be used: {what}.") from error


def _what_is_wrong(detail: ErrorDetails) -> str:
    """One error in an operator's words, without the value."""
    if not detail["loc"]:
        return "it is not JSON"
    name = str(detail["loc"][0])[:60]
    known = Manifest.model_fields.get(name)
    example = f", for example {known.examples[0]}" if known is not None and known.examples else ""
    said = {
        "missing": "is missing",
        "extra_forbidden": "is no field of a manifest",
        "string_pattern_mismatch": f"is not written as it should be{example}",
        "literal_error": f"must be {detail.get('ctx', {}).get('expected', '')}",
    }
    return f"field {name} {said[detail['type']]}" if detail["type"] in said else f"field {name}: {detail['msg']}"


def refuse_future(name: str, manifest: Manifest, now: datetime) -> None:
    """Raise `ManifestUnreadable` when the manifest of file `name` speaks of a moment that is still to come.

    Such a moment would end every stay that has not ended yet, and make every later true extract look old.
    """
    if manifest.as_of > now + CLOCKS_DIFFER:
        raise ManifestUnreadable(
            f"The manifest {name} cannot be used: field as_of: {manifest.as_of:%Y-%m-%d} is still to come.",
            remedy="Ask the source system for the moment that it meant, most likely another year; do not edit it.",
        )


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write `manifest` as JSON, keys in the order of the contract, the time in UTC."""
    content = manifest.model_dump(mode="json") | {"as_of": manifest.as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def file_sha256(path: Path) -> str:
    """SHA-256 of the file as it lies on disk (the compressed bytes), in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verify_data_file(path: Path, manifest: Manifest, columns: Sequence[str], *, max_unpacked_bytes: int = MAX_UNPACKED_BYTES) -> Verified:
    """Read the whole data file once and compare it with its manifest; raises what `verified_rows` raises."""
    reading = verified_rows(path, manifest, columns, max_unpacked_bytes=max_unpacked_bytes)
    while True:
        try:
            next(reading)
        except StopIteration as end:
            found: Verified = end.value
            return found


def verified_rows(
    path: Path, manifest: Manifest, columns: Sequence[str], *, max_unpacked_bytes: int = MAX_UNPACKED_BYTES
) -> Generator[LogicalRow, None, Verified]:
    """The rows of a data file, in bounded memory, while it is compared with its manifest and the layout's columns.

    Nothing of what came may be used unless the end is reached. Raises a `DropRefused` child on the way: `DataFileMissing`,
    `WrongHash`, `TruncatedFile`, `NotUtf8`, `WrongHeader`, `TooLarge` or `WrongRowCount`. Bad rows are not its business:
    they are counted as rows.
    """
    if not path.is_file():
        raise DataFileMissing(f"The data file {path.name} is not there.")
    if file_sha256(path) != manifest.sha256:
        raise WrongHash(f"The SHA-256 of {path.name} is not the one in the manifest.")
    packed = path.stat().st_size
    most = min(max_unpacked_bytes, max(RATIO_CHECKED_FROM_BYTES, packed * MAX_RATIO))
    rows = 0
    with open_text(path) as stream:
        header, unpacked = read_header(stream, path.name)
        if header != list(columns):
            raise WrongHeader(_header_difference(path.name, header, columns))
        for row in logical_rows(stream):
            rows += 1
            unpacked += row.size
            if unpacked > most:
                raise TooLarge(f"{path.name} unpacks to more than {unpacked // 1024**2:,} MB from {packed / 1024**2:,.1f} MB; we stopped.")
            yield row
    if rows != manifest.row_count:
        raise WrongRowCount(f"The manifest says {manifest.row_count:,} rows; {path.name} holds {rows:,}.")
    return Verified(row_count=rows, unpacked_bytes=unpacked, packed_bytes=packed)


def iter_rows(path: Path, start_row: int = 1, stop_row: int | None = None) -> Iterator[RawRow]:
    """The rows `start_row` up to but not including `stop_row` (data rows, counted from 1), in bounded memory.

    Skipped rows are not split into cells, so a late part costs only the unpacking of what stands before it. A row that
    cannot be split comes with `cells=None` and the reason. Raises the children of `DropRefused` that a damaged file earns.
    """
    with open_text(path) as stream:
        read_header(stream, path.name)
        for number, item in enumerate(logical_rows(stream), start=1):
            if number < start_row:
                continue
            if stop_row is not None and number >= stop_row:
                return
            yield split_text(number, item.line, item.text, item.problem)


def split_parts(row_count: int, rows_per_part: int) -> list[Part]:
    """Cut `row_count` rows into parts of at most `rows_per_part`, numbered from 1. Raises ValueError for a size under 1."""
    if rows_per_part < 1:
        raise ValueError("rows_per_part must be at least 1")
    starts = range(1, row_count + 1, rows_per_part)
    return [Part(number, start, min(start + rows_per_part, row_count + 1)) for number, start in enumerate(starts, start=1)]


def printable(raw: str) -> str:
    """A raw row as the database can keep it: NUL characters become the visible sign for NUL."""
    return raw.replace("\x00", "\u2400")


class DropWriter:
    """Writes a drop row by row in bounded memory; the manifest appears last, when the data file is complete and hashed.

    The bytes depend on the rows alone (no file name, no time in the gzip header), so that equal rows give equal hashes.
    """

    def __init__(
        self,
        directory: Path,
        name: str,
        *,
        source: str,
        layout: str,
        columns: Sequence[str],
        as_of: datetime,
        kind: Literal["full", "delta"],
    ) -> None:
        self.directory = directory
        self.name = name
        self.columns = tuple(columns)
        self._head = {"source": source, "layout": layout, "extract_id": name, "as_of": as_of, "kind": kind}
        self._file = (directory / f"{name}{DATA_SUFFIX}").open("wb")
        self._packed = gzip.GzipFile(filename="", mode="wb", fileobj=self._file, mtime=0, compresslevel=5)
        self._buffer = io.StringIO(newline="")
        self._csv = csv.writer(self._buffer, lineterminator="\n")
        self._csv.writerow(self.columns)
        self.row_count = 0

    def write(self, cells: Sequence[str]) -> None:
        """Append one row; `cells` in the order of the columns."""
        self._csv.writerow(cells)
        self.row_count += 1
        if self._buffer.tell() > 1 << 16:
            self._flush()

    def close(self) -> Manifest:
        """Finish the data file, write the manifest, give it back."""
        self._flush()
        self._packed.close()
        self._file.close()
        digest = file_sha256(self.directory / f"{self.name}{DATA_SUFFIX}")
        manifest = Manifest.model_validate(self._head | {"row_count": self.row_count, "sha256": digest})
        write_manifest(self.directory / f"{self.name}{MANIFEST_SUFFIX}", manifest)
        return manifest

    def abandon(self) -> None:
        """Close without a manifest: what was written is no drop."""
        self._packed.close()
        self._file.close()

    def _flush(self) -> None:
        self._packed.write(self._buffer.getvalue().encode("utf-8"))
        self._buffer.seek(0)
        self._buffer.truncate()


def _header_difference(name: str, header: Sequence[str], columns: Sequence[str]) -> str:
    missing = [column for column in columns if column not in header]
    if missing:
        return f"{name} lacks the column {missing[0]}" + (f" and {len(missing) - 1} more." if len(missing) > 1 else ".")
    if len(header) > len(columns):
        return f"{name} has {len(header) - len(columns)} more columns than the layout."
    return f"The columns of {name} are not in the order of the layout."


def split_text(number: int, line: int, text: str, problem: str = "") -> RawRow:
    """One row's text split into cells: for a row of a file, and for a row that was kept and is read again."""
    if problem:
        return RawRow(number, line, None, text, problem)
    if '"' not in text:
        return RawRow(number, line, text.split(","), text)
    try:
        cells = next(csv.reader((text,), strict=True))
    except csv.Error:
        return RawRow(number, line, None, text, "The quotation marks in this row are not in order.")
    return RawRow(number, line, cells, text)
