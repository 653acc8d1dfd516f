"""Rows that could not be used: kept sealed with the reason, repaired by a person, and tried again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from access.models import Compartment, User
from access.permissions import Permission
from access.policy import require
from access.reference import PROTECTED
from access.selectors import class_for
from audit.acts import Act
from audit.changes import changed
from audit.keys import data_key, existing_key
from audit.services import record
from foundation.crypto import seal, unseal
from foundation.errors import Conflict, InvalidInput
from ingest.codes.protected import is_protected, text_may_be_protected
from ingest.drops import printable, split_text
from ingest.models import Extract, QuarantinedRow
from ingest.services.kick import REPLAY, kick
from ingest.services.parts import Counts, add_counts
from ingest.services.source_rows import record_key
from ingest.sources.base import RejectedRow
from ingest.sources.registry import SOURCES
from ingest.states import ExtractState, RowState

CONTEXT = b"quarantined row"
REASON_LENGTH = 300
COLUMN_LENGTH = 60


def quarantine(extract: Extract, rejected: Sequence[RejectedRow]) -> int:
    """Keep rejected rows, sealed, with the first column that is wrong and every reason in plain words; returns of how many the
    record cannot be read."""
    if not rejected:
        return 0
    key = data_key(extract.uuid, purpose="extract")
    plain = class_for(audience="intake")
    closed = class_for(audience="intake", compartments=[Compartment.objects.get(code=PROTECTED).pk])
    kept = QuarantinedRow.objects.bulk_create(
        [
            QuarantinedRow(
                extract=extract,
                line=row.line,
                access_class_id=closed if protects(extract.source, row) else plain,
                record_key=_record_of(extract.source, row),
                column=row.problems[0].column[:COLUMN_LENGTH],
                reason=reason_of(row),
                sealed=seal(key, printable(row.raw).encode(), CONTEXT),
            )
            for row in rejected
        ],
        batch_size=1000,
    )
    return sum(row.record_key is None for row in kept)


def raw_text(row: QuarantinedRow) -> str:
    """The row as it came, or as somebody repaired it. Raises `audit.keys.KeyDestroyed` when its time is over."""
    sealed = row.repaired if row.repaired is not None else row.sealed
    return unseal(existing_key(row.extract.uuid), bytes(sealed), CONTEXT).decode()


@transaction.atomic
def repair(*, actor: User, row: QuarantinedRow, text: str, now: datetime) -> None:
    """Put `text` in the place of a rejected row; a worker applies it like any other row of its extract.

    Raises `Forbidden`, `Conflict` (already repaired, or the extract is not applied) or `InvalidInput` with the column and
    the reason when the row still breaks its contract.
    """
    require(actor, Permission.HANDLE_EXTRACT)
    fresh = QuarantinedRow.objects.select_for_update(of=("self",)).select_related("extract").get(pk=row.pk)
    if fresh.repaired is not None:
        raise Conflict("This row has been repaired already.")
    if fresh.extract.state != ExtractState.APPLIED:
        raise Conflict("Rows can be repaired once their extract is applied.")
    line = text.rstrip("\r\n")
    checked = SOURCES[fresh.extract.source].check(split_text(0, fresh.line, line))
    if isinstance(checked, tuple):
        first = checked[0]
        raise InvalidInput(f"{first.column}: {first.reason}" if first.column else first.reason, field=first.column)
    before = raw_text(fresh)
    fresh.repaired = seal(data_key(fresh.extract.uuid, purpose="extract"), line.encode(), CONTEXT)
    fresh.replayed_at, fresh.replayed_by = now, actor
    fresh.save(update_fields=["repaired", "replayed_at", "replayed_by"])
    extract = fresh.extract.uuid  # the words live as long as the row
    record(
        Act.ROW_REPLAYED,
        object_kind="quarantined_row",
        object_uuid=fresh.uuid,
        payload=changed({"row": before}, {"row": line}),
        scope=extract,
    )
    kick(REPLAY)


def next_repaired() -> QuarantinedRow | None:
    """Lock the next repaired row that still has to be applied, for the rest of the transaction."""
    return (
        QuarantinedRow.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("extract")
        .filter(outcome="", repaired__isnull=False, extract__state=ExtractState.APPLIED)
        .order_by("id")
        .first()
    )


def leave_quarantine(row: QuarantinedRow, outcome: RowState) -> None:
    """A repaired row was used: its extract's counts follow."""
    QuarantinedRow.objects.filter(pk=row.pk).update(outcome=outcome)
    add_counts(row.extract, Counts(**{outcome.value: 1}, quarantined=-1, unnamed=-(row.record_key is None)))


def waiting_repairs() -> bool:
    """Whether a repaired row still has to be applied."""
    return QuarantinedRow.objects.filter(outcome="", repaired__isnull=False, extract__state=ExtractState.APPLIED).exists()


def _record_of(source: str, row: RejectedRow) -> int | None:
    """The record that a row states: a source that reports it badly still reports it. None where that cannot be read."""
    layout = SOURCES[source]
    cells = split_text(row.row, row.line, row.raw).cells
    if cells is None or len(cells) != len(layout.columns):
        return None
    key = [cell.strip() for cell in cells[: len(layout.natural_key)]]
    return record_key(source, "/".join(key)) if all(key) else None


def protects(source: str, row: RejectedRow) -> bool:
    """Whether the row would open the compartment of protected persons once it is repaired; in doubt it does."""
    columns = SOURCES[source].columns
    classes = [name for name in ("requested_class", "class_of_admission", "visa_class") if name in columns]
    if not classes:
        return False
    cells = split_text(row.row, row.line, row.raw).cells
    if cells is None or len(cells) != len(columns):
        return text_may_be_protected(row.raw)
    found = dict(zip(columns, cells, strict=True))
    form, basis = (found["form"], found["basis"]) if "form" in found else ("", "")
    return any(is_protected(form=form, basis=basis, requested_class=found[name]) for name in classes)


def reason_of(row: RejectedRow) -> str:
    """All that is wrong with the row, in plain words that quote no cell."""
    if len(row.problems) == 1:
        return row.problems[0].reason[:REASON_LENGTH]
    return "; ".join(f"{problem.column}: {problem.reason}" for problem in row.problems)[:REASON_LENGTH]
