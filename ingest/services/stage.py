"""Checking a received file whole and cutting it into sealed parts. Nothing of a file that fails is ever applied."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.db import transaction

from audit.acts import Act
from audit.keys import data_key
from audit.services import record
from ingest.drop_text import LogicalRow
from ingest.drops import DATA_SUFFIX, DropRefused, Manifest, verified_rows
from ingest.models import Extract, ExtractPart
from ingest.services import store
from ingest.services.kick import APPLY, kick
from ingest.services.moves import move_extract
from ingest.services.previewed import forget_previewed
from ingest.services.receive import in_words, refuse
from ingest.sources.registry import source_for
from ingest.states import ExtractState, PartState, Wanted

CHAINS = 16


@transaction.atomic
def stage_next(*, now: datetime) -> bool:
    """Check one received file that nobody else is checking; False when there is none.

    One transaction: a worker killed within leaves the extract received, and the next one starts over.
    """
    extract = (
        Extract.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=ExtractState.RECEIVED)
        .order_by("as_of", "id")
        .first()
    )
    if extract is None:
        return False
    try:
        _check_and_cut(extract)
    except DropRefused as refusal:
        refuse(extract, in_words(refusal).replace(store.received_file(extract).name, f"{extract.extract_id}{DATA_SUFFIX}"))
        return True
    move_extract(extract, ExtractState.STAGED)
    move_extract(extract, ExtractState.CHECKED)
    record(Act.EXTRACT_STAGED, object_kind="extract", object_uuid=extract.uuid)
    transaction.on_commit(lambda: store.forget_received(extract))
    if extract.wanted == Wanted.APPLY:
        start_applying(extract, now)
    return True


def start_applying(extract: Extract, now: datetime) -> None:
    """Open a checked extract to the workers; one without rows is applied at once."""
    move_extract(extract, ExtractState.APPLYING, work_started_at=now)
    forget_previewed(extract)
    if extract.row_count == 0:
        move_extract(extract, ExtractState.APPLIED, applied_at=now, wanted="", wanted_by=None, wanted_at=None)
        record(Act.EXTRACT_APPLIED, object_kind="extract", object_uuid=extract.uuid)
    for _ in range(min(extract.parts.count(), CHAINS)):
        kick(APPLY)  # each message applies a part and asks for the next: so many workers may help


def manifest_of(extract: Extract) -> Manifest:
    """The manifest as the extract remembers it."""
    return Manifest(
        source=extract.source,
        layout=extract.layout,
        extract_id=extract.extract_id,
        as_of=extract.as_of,
        row_count=extract.row_count,
        sha256=extract.sha256,
        kind="full" if extract.kind == "full" else "delta",
    )


def _check_and_cut(extract: Extract) -> None:
    """Read the file once, in bounded memory: what it is compared with its manifest by is cut into parts on the way.

    Raises `DropRefused`; parts cut by then go with the file.
    """
    manifest = manifest_of(extract)
    rows = verified_rows(store.received_file(extract), manifest, source_for(manifest).columns)
    key = data_key(extract.uuid, purpose="extract")
    parts: list[ExtractPart] = []
    with ThreadPoolExecutor(max_workers=1) as packing:  # one part is packed while the next is read
        packed: Future[None] | None = None
        for number, run in enumerate(_runs(rows, settings.EXTRACT_PART_ROWS), start=1):
            first = parts[-1].last_line + 1 if parts else 1
            if packed is not None:
                packed.result()
            packed = packing.submit(store.write_part, extract, key, number, first, run)
            last = first + len(run) - 1
            parts.append(ExtractPart(extract=extract, number=number, first_line=first, last_line=last, state=PartState.STAGED))
        if packed is not None:
            packed.result()
    ExtractPart.objects.bulk_create(parts)


def _runs(rows: Iterator[LogicalRow], size: int) -> Iterator[list[LogicalRow]]:
    while run := list(islice(rows, size)):
        yield run
