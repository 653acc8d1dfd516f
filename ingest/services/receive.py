"""Taking drops in: read the manifest, copy the file, note the extract. Checking the whole file is `ingest.services.stage`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from ingest.drops import DataFileMissing, Drop, DropRefused, Manifest, WrongHash, find_drops, read_manifest, refuse_future
from ingest.models import Extract
from ingest.services import store
from ingest.services.kick import STAGE, kick
from ingest.sources.registry import source_for
from ingest.states import ExtractState, Wanted

SOURCE_LENGTH = 20  # of the column; a manifest may name a longer, unknown source


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one drop: its extract, whether it is new here, and why it was refused (empty: it was not)."""

    name: str
    extract: Extract | None
    new: bool
    refused: str = ""


def receive_directory(*, actor: User, directory: Path, now: datetime, apply: bool = False) -> list[Received]:
    """Receive every drop of a folder, oldest `as_of` first where manifests can be read; one bad drop stops no other."""
    drops = sorted(find_drops(directory), key=lambda drop: (_as_of(drop), drop.manifest_path.name))
    return [receive_drop(actor=actor, drop=drop, now=now, apply=apply) for drop in drops]


@transaction.atomic
def receive_drop(*, actor: User, drop: Drop, now: datetime, apply: bool = False) -> Received:
    """Take one drop in; with `apply` its rows are applied as soon as the file has been checked.

    The same file again gives the extract that is already here. A file that is not what its manifest says is noted as
    refused with the reason; a drop without a usable manifest or without a data file leaves an audit event only.
    Raises `Forbidden`.
    """
    require(actor, Permission.HANDLE_EXTRACT)
    name = drop.manifest_path.name
    try:
        manifest = read_manifest(drop.manifest_path)
        refuse_future(name, manifest, now)
        if not drop.data_path.is_file():
            raise DataFileMissing(f"The data file {drop.data_path.name} is not there.")
    except DropRefused as refusal:
        record(Act.EXTRACT_REFUSED, object_kind="drop", payload={"reason": in_words(refusal)})
        return Received(name, None, new=False, refused=in_words(refusal))
    file_name, sha256 = store.keep_copy(drop.data_path)
    refused = _refusal(manifest, sha256, drop.data_path.name)
    known = _already_here(manifest, sha256)
    if known is not None:
        store.forget(file_name)
        return Received(name, known, new=False, refused=known.refused_because)
    extract = _note(actor, manifest, sha256, file_name, now, wanted=apply and not refused)
    if refused:
        refuse(extract, refused)
    else:
        record(Act.EXTRACT_RECEIVED, object_kind="extract", object_uuid=extract.uuid)
        kick(STAGE)
    return Received(name, extract, new=True, refused=refused)


def refuse(extract: Extract, reason: str) -> None:
    """Mark an extract as refused with a reason in plain words, and drop its file: the sender has it."""
    Extract.objects.filter(pk=extract.pk).update(
        state=ExtractState.REFUSED, refused_because=reason, wanted="", wanted_by=None, wanted_at=None
    )
    extract.state, extract.refused_because = ExtractState.REFUSED, reason
    record(Act.EXTRACT_REFUSED, object_kind="extract", object_uuid=extract.uuid, payload={"reason": reason})
    transaction.on_commit(lambda: store.forget(extract.file_name))


def in_words(refusal: DropRefused) -> str:
    """What is wrong and what to do, in two sentences for the operator."""
    return f"{refusal.what} {refusal.remedy}"


def _refusal(manifest: Manifest, sha256: str, file_name: str) -> str:
    """What can be said against a drop before its file is unpacked."""
    try:
        source_for(manifest)
        if sha256 != manifest.sha256:
            raise WrongHash(f"The SHA-256 of {file_name} is not the one in the manifest.")
    except DropRefused as refusal:
        return in_words(refusal)
    return ""


def _already_here(manifest: Manifest, sha256: str) -> Extract | None:
    """The extract of this very file under this very name; a refused one only when the manifest says the same again.

    Un-imported drops may come again, and those that were discarded after their file had been found whole. Two empty files have
    one hash, so the hash alone does not name a drop.
    """
    found = Extract.objects.filter(sha256=sha256, source=manifest.source[:SOURCE_LENGTH], extract_id=manifest.extract_id).order_by("-id")
    live = found.exclude(state__in=[ExtractState.REFUSED, ExtractState.UNIMPORTED]).first()
    if live is not None:
        return live
    return found.filter(state=ExtractState.REFUSED, layout=manifest.layout, row_count=manifest.row_count, parts=None).first()


def _note(actor: User, manifest: Manifest, sha256: str, file_name: str, now: datetime, *, wanted: bool) -> Extract:
    wish = {"wanted": Wanted.APPLY, "wanted_by": actor, "wanted_at": now} if wanted else {}
    return Extract.objects.create(
        source=manifest.source[:SOURCE_LENGTH],
        layout=manifest.layout,
        extract_id=manifest.extract_id,
        as_of=manifest.as_of,
        kind=manifest.kind,
        row_count=manifest.row_count,
        sha256=sha256,
        received_by=actor,
        received_at=now,
        file_name=file_name,
        **wish,
    )


def _as_of(drop: Drop) -> str:
    try:
        return read_manifest(drop.manifest_path).as_of.isoformat()
    except DropRefused:
        return ""
