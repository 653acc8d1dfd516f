"""The text of a data file: unpacked, decoded, cut into rows, in bounded memory. Part of `ingest.drops`."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ingest.drop_errors import DataFileMissing, NotUtf8, TruncatedFile, WrongHeader

MAX_ROW_CHARACTERS = 131_072
_TOO_LONG = f"The row is longer than {MAX_ROW_CHARACTERS:,} characters. What lies beyond is not kept here."
MAX_LINES_IN_A_ROW = 100
_CHUNK = 1 << 20

# RFC 4180: a quotation mark opens a quoted cell only at its beginning, and closes it only before a comma or the end of the
# line; elsewhere, as in 5'10", it is a letter like others. Possessive, so that no text makes them slow.
_QUOTED = r'(?:[^"]+|"")*+'
_CELL = rf'(?:"{_QUOTED}"|[^",][^,]*+|)'
_WHOLE = re.compile(rf"{_CELL}(?:,{_CELL})*+")
_OPEN = re.compile(rf'(?:{_CELL},)*+"{_QUOTED}')
_STILL_OPEN = re.compile(rf'{_QUOTED}(?:",(?:{_CELL},)*+"{_QUOTED})?')
_CLOSED = re.compile(rf'{_QUOTED}"(?:,{_CELL})*+')


class LogicalRow(NamedTuple):
    """One row of text: the line where it starts, its text, its size in characters, and why it cannot be read (or "")."""

    line: int
    text: str
    size: int
    problem: str


@contextmanager
def open_text(path: Path) -> Iterator[io.TextIOWrapper]:
    """The unpacked text of a data file; a leading byte-order mark is dropped, damage becomes a `DropRefused`."""
    try:
        with path.open("rb") as packed, gzip.GzipFile(fileobj=packed, mode="rb") as unpacked:
            buffered = io.BufferedReader(unpacked, _CHUNK)
            yield io.TextIOWrapper(buffered, encoding="utf-8-sig", errors="strict", newline="\n")
    except FileNotFoundError as error:
        raise DataFileMissing(f"The data file {path.name} is not there.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise TruncatedFile(f"{path.name} is not a complete gzip file.") from error
    except UnicodeDecodeError as error:
        raise NotUtf8(f"{path.name} holds bytes that are not UTF-8 text.") from error


def read_header(stream: io.TextIOWrapper, name: str) -> tuple[list[str], int]:
    """The names in the first line of the file called `name`, and the line's size. Raises `WrongHeader`."""
    line = stream.readline(MAX_ROW_CHARACTERS)
    if not line.endswith("\n"):
        raise WrongHeader(f"{name} has no header line.")
    try:
        cells = next(csv.reader((line.rstrip("\r\n"),), strict=True), [])
    except csv.Error as error:
        raise WrongHeader(f"The header line of {name} cannot be read.") from error
    return cells, len(line)


def logical_rows(stream: io.TextIOWrapper) -> Iterator[LogicalRow]:
    """Rows of text: usually one line; more where a quoted cell holds line ends. A row that grows past the limits, or whose
    quotation is never closed as it should be, is given up at its first line: stray marks cost their own rows and no others."""
    line = 1
    pending: list[str] = []
    while text := pending.pop(0) if pending else stream.readline(MAX_ROW_CHARACTERS):
        line += 1
        if not text.endswith("\n") and len(text) >= MAX_ROW_CHARACTERS:
            yield LogicalRow(line, text, len(text) + _skip_line(stream), _TOO_LONG)
        elif '"' not in text or not _leaves_open(text):
            yield LogicalRow(line, text.rstrip("\r\n"), len(text), "")
        else:
            more = _rest_of_quoted(stream, pending, text)
            if more is None:
                yield LogicalRow(line, text.rstrip("\r\n"), len(text), "A quotation mark in this row is not closed.")
            else:
                yield LogicalRow(line, "".join((text, *more)).rstrip("\r\n"), len(text) + sum(map(len, more)), "")
                line += len(more)


def _rest_of_quoted(stream: io.TextIOWrapper, pending: list[str], text: str) -> list[str] | None:
    """The lines that close the quotation opened in `text`, or None (they then wait in `pending` as rows of their own)."""
    more: list[str] = []
    length = len(text)
    while len(more) < MAX_LINES_IN_A_ROW and length < MAX_ROW_CHARACTERS:
        following = pending.pop(0) if pending else stream.readline(MAX_ROW_CHARACTERS)
        if not following:
            break
        more.append(following)
        length += len(following)
        ended = following.rstrip("\r\n")
        if _CLOSED.fullmatch(ended):
            return more
        if not _STILL_OPEN.fullmatch(ended):
            break  # a mark in the wrong place: the quotation was none
    pending[:0] = more
    return None


def _leaves_open(text: str) -> bool:
    """Whether a quoted cell is open at the end of a line; a line whose marks make no sense is left to whoever splits it."""
    ended = text.rstrip("\r\n")
    return not _WHOLE.fullmatch(ended) and bool(_OPEN.fullmatch(ended))


def _skip_line(stream: io.TextIOWrapper) -> int:
    """Read to the end of an over-long line without keeping it; gives the characters passed over."""
    passed = 0
    while text := stream.readline(_CHUNK):
        passed += len(text)
        if text.endswith("\n"):
            break
    return passed
