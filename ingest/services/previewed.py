"""What the rows of an extract would change, row by row, as a preview found it: sealed, and gone when it is no preview any more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from access.selectors import class_for
from audit.keys import data_key, existing_key
from foundation.crypto import canonical, seal, unseal
from ingest.drops import split_text
from ingest.models import Extract, PreviewedRow
from ingest.services.quarantine import protects, reason_of
from ingest.sources.base import RejectedRow
from ingest.sources.registry import SOURCES
from ingest.states import Foreseen

CONTEXT = b"previewed row"
MOST = 50  # rows of each sort that are shown


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that the row would change."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """What one row would do; `differences` where its record is here and may be shown.

    Of an unusable row: the first column that is wrong, and what is wrong in the place of the cell that would stand there.
    """

    line: int
    kind: Foreseen
    differences: tuple[Difference, ...] = ()


def differences_of(source: str, line: int, before: str, after: str) -> tuple[Difference, ...]:
    """The cells in which two rows of one record differ, in the order of the layout; none where a row has another layout."""
    columns = SOURCES[source].columns
    old, new = split_text(0, line, before).cells, split_text(0, line, after).cells
    if old is None or new is None or not len(old) == len(new) == len(columns):
        return ()
    return tuple(Difference(*each) for each in zip(columns, old, new, strict=True) if each[1] != each[2])


def unusable(source: str, rejected: Iterable[RejectedRow]) -> Iterator[RowChange]:
    """The rows that would go into quarantine; not those that would open the compartment of protected persons."""
    for row in rejected:
        if not protects(source, row):
            yield RowChange(row.line, Foreseen.UNUSABLE, (Difference(row.problems[0].column, "", reason_of(row)),))


def keep_previewed(extract: Extract, changes: Iterable[RowChange]) -> None:
    """Keep what a preview found in the place of what an earlier one did. The caller is inside a transaction."""
    forget_previewed(extract)
    key, class_id = data_key(extract.uuid, purpose="extract"), class_for(audience="intake")
    rows = []
    for change in changes:
        row = PreviewedRow(extract=extract, line=change.line, access_class_id=class_id, kind=change.kind)
        cells = [[each.column, each.before, each.after] for each in change.differences]
        row.sealed = seal(key, canonical(cells), CONTEXT + row.uuid.bytes)
        rows.append(row)
    PreviewedRow.objects.bulk_create(rows)


def forget_previewed(extract: Extract) -> None:
    """The extract is applied, or previewed anew: what was foreseen is over."""
    PreviewedRow.objects.filter(extract=extract).delete()


def opened(row: PreviewedRow) -> tuple[Difference, ...]:
    """The cells of a kept row. Raises `audit.keys.KeyDestroyed` when its extract's key is gone."""
    cells = json.loads(unseal(existing_key(row.extract.uuid), bytes(row.sealed), CONTEXT + row.uuid.bytes))
    return tuple(Difference(*each) for each in cells)
