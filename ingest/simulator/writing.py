"""From lives to drops: which version of which row stands in which extract, and the files themselves."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import IO, Literal

from ingest.drops import DropWriter, Manifest
from ingest.simulator.hidden import Life, Matter, Version
from ingest.simulator.parameters import Parameters, extract_moment
from ingest.simulator.traces import shown_here
from ingest.sources.base import Source
from ingest.sources.registry import SOURCES

OURS = re.compile(r"\d{8}-[a-z0-9_]+-(?:full|delta)\.(?:csv\.gz|json)|truth\.jsonl\.gz|legacy\.jsonl\.gz")
SLOW_FROM_DAYS = 31  # a source that may be a month old sends once in four weeks
SLOW_EVERY_DAYS = 28


class ExtractSet:
    """All extracts of a world, open at once: one per source and extract day. Memory does not depend on the number of people."""

    def __init__(self, parameters: Parameters, out: Path) -> None:
        self.days = parameters.extract_days()
        self.writers: dict[str, list[tuple[date, DropWriter]]] = {}
        self.manifests: list[Manifest] = []
        for source in SOURCES.values():
            self.writers[source.code] = [(day, _writer(source, out, day, first=day == self.days[0])) for day in _days_of(source, self.days)]

    def __enter__(self) -> ExtractSet:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for entries in self.writers.values():
            for _, writer in entries:
                if kind is None:
                    self.manifests.append(writer.close())
                else:
                    writer.abandon()

    def add(self, versions: Iterable[Version]) -> None:
        """Write each record's newest version into every extract in whose period it changed."""
        newest: dict[tuple[str, str, int], Version] = {}
        for version in sorted(versions, key=lambda version: version.known_on):
            place = self._place(version)
            if place is not None:
                newest[version.source, version.key, place] = version
        for (source, _, place), version in newest.items():
            writer = self.writers[source][place][1]
            writer.write([version.cells.get(name, "") for name in writer.columns])

    def _place(self, version: Version) -> int | None:
        """The first extract made after the row was known; None when the world ends before."""
        return next((place for place, (day, _) in enumerate(self.writers[version.source]) if version.known_on < day), None)


@contextmanager
def json_lines(path: Path) -> Iterator[IO[bytes]]:
    """A gzip file of JSON lines whose bytes depend on the lines alone."""
    with path.open("wb") as packed, gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as stream:
        yield stream  # type: ignore[misc]  # a GzipFile opened for writing is a byte stream


def write_line(stream: IO[bytes], content: object) -> None:
    """One JSON line."""
    stream.write(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def truth_of(life: Life, until: date) -> dict[str, object]:
    """The line of the truth file about one person, in a world that ends on `until`."""
    records: dict[str, list[str]] = {}
    for version in life.versions:
        keys = records.setdefault(version.source, [])
        if version.key not in keys:
            keys.append(version.key)
    return {
        "person": life.person.key,
        "story": life.story,
        "twin_of": f"P{life.person.twin_of:08d}" if life.person.twin_of is not None else "",
        "records": records,
        "matters": [_matter(life, matter, until) for matter in life.matters],
    }


def _matter(life: Life, matter: Matter, until: date) -> dict[str, object]:
    return {
        "rule": matter.rule,
        "source": matter.source,
        "key": matter.key,
        "outcome": matter.outcome,
        "violated": matter.violated,
        "present": matter.present,
        "true_lead": matter.violated and matter.present,
        "first_day": matter.first_day.isoformat() if matter.first_day else None,
        "shown_here": matter.first_day is not None and shown_here(life, matter.first_day, until),
        "noise": list(matter.noise),
    }


def _days_of(source: Source, days: list[date]) -> list[date]:
    if source.freshness_days < SLOW_FROM_DAYS:
        return days
    kept: list[date] = []
    for day in reversed(days):
        if not kept or (kept[-1] - day).days >= SLOW_EVERY_DAYS:
            kept.append(day)
    return kept[::-1]


def remove_old_world(out: Path) -> None:
    """Remove the files of an older world from a folder; files of other names stay."""
    for path in out.iterdir():
        if OURS.fullmatch(path.name):
            path.unlink()


def _writer(source: Source, out: Path, day: date, *, first: bool) -> DropWriter:
    kind: Literal["full", "delta"] = "full" if first else "delta"
    name = f"{day:%Y%m%d}-{source.code}-{kind}"
    return DropWriter(out, name, source=source.code, layout=source.layout, columns=source.columns, as_of=extract_moment(day), kind=kind)
