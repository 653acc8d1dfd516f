"""Which rows of an extract change something, and what: read within the trial run of a preview, before it is rolled back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from access.selectors import class_for
from ingest.models import Extract, SourceRow
from ingest.services.previewed import MOST, RowChange, differences_of
from ingest.services.source_rows import Standing, kept_rows
from ingest.states import Foreseen, RowState
from subjects.models import IdentityLink


class _Applied(NamedTuple):
    """A row of the extract that became facts in the trial run."""

    id: int
    line: int
    record_key: int


def row_changes(extract: Extract, before: Mapping[int, Standing], created: AbstractSet[int]) -> list[RowChange]:
    """The first rows that change a record that is here, and the first others that tell something, in the order of the file.

    `before`: the rows that had become facts before the trial run, by record; `created`: the subjects that the trial run made.
    """
    found = SourceRow.objects.filter(extract=extract, state=RowState.APPLIED).order_by("line")
    applied = [_Applied(*row) for row in found.values_list("id", "line", "record_key")]
    of_known = [(row, before[row.record_key]) for row in applied if row.record_key in before]
    changed = [(row, old) for row, old in of_known if not _is_late(extract, row, old)][:MOST]
    late = [row for row, old in of_known if _is_late(extract, row, old)]
    fresh = [row for row in applied if row.record_key not in before]
    others = sorted((*late, *fresh), key=lambda row: row.line)[:MOST]
    owners = _owners(extract.source, (row.record_key for row in others))
    changes = [_changed(extract.source, row, texts) for (row, _), texts in zip(changed, _texts(changed), strict=True)]
    for row in others:
        if row.record_key in before:
            kind = Foreseen.LATE
        else:
            kind = Foreseen.NEW_PERSON if owners.get(row.record_key) in created else Foreseen.NEW_RECORD
        changes.append(RowChange(row.line, kind))
    return sorted(changes, key=lambda change: change.line)


def _is_late(extract: Extract, row: _Applied, old: Standing) -> bool:
    return (old.as_of, old.extract_id, old.line) > (extract.as_of, extract.pk, row.line)


def _changed(source: str, row: _Applied, texts: tuple[str, str] | None) -> RowChange:
    differences = differences_of(source, row.line, *texts) if texts is not None else ()
    return RowChange(row.line, Foreseen.CHANGES, differences)


def _texts(changed: Iterable[tuple[_Applied, Standing]]) -> list[tuple[str, str] | None]:
    """Old and new text of each; None unless both rows are for headquarters at large: an operator has no compartment."""
    pairs = [(old.id, row.id) for row, old in changed]
    wanted = {row_id for pair in pairs for row_id in pair}
    open_to = SourceRow.objects.filter(pk__in=wanted, access_class_id=class_for(audience="hq")).values_list("pk", flat=True)
    texts = {kept.id: kept.text for kept in kept_rows(list(open_to))}
    return [(texts[old], texts[new]) if old in texts and new in texts else None for old, new in pairs]


def _owners(source: str, record_keys: Iterable[int]) -> dict[int, int]:
    links = IdentityLink.objects.filter(source=source, record_key__in=list(record_keys), closed_at=None)
    return dict(links.values_list("record_key", "subject_id"))
