"""What a person asks for on an extract's page. It is written down and done by a worker: the page answers at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput
from ingest.models import Extract
from ingest.services.kick import REQUESTS, kick
from ingest.services.previewed import forget_previewed
from ingest.services.receive import refuse
from ingest.services.stage import start_applying
from ingest.states import ExtractState, Wanted


@transaction.atomic
def request_apply(*, actor: User, extract: Extract, now: datetime) -> None:
    """Apply the extract: now if it is checked, as soon as it is otherwise. Raises `Forbidden` or `Conflict`."""
    fresh = _locked(actor, extract)
    if fresh.state not in {ExtractState.RECEIVED, ExtractState.STAGED, ExtractState.CHECKED}:
        raise Conflict(f"This extract is {ExtractState(fresh.state).label}; it cannot be applied again.")
    _wish(actor, fresh, Wanted.APPLY, now)
    if fresh.state == ExtractState.CHECKED:
        start_applying(fresh, now)
    record(Act.EXTRACT_APPLIED, object_kind="extract", object_uuid=fresh.uuid, payload={"step": "asked for"})


@transaction.atomic
def request_preview(*, actor: User, extract: Extract, now: datetime) -> None:
    """Find out what applying a checked extract would change, or taking an applied one back; the figures appear in `extract.preview`.

    Raises `Forbidden` or `Conflict`.
    """
    fresh = _locked(actor, extract)
    if fresh.state not in {ExtractState.CHECKED, ExtractState.APPLIED}:
        raise Conflict(f"This extract is {ExtractState(fresh.state).label}; only a checked or applied one can be previewed.")
    _wish(actor, fresh, Wanted.PREVIEW, now)
    Extract.objects.filter(pk=fresh.pk).update(preview=None, previewed_at=None)
    forget_previewed(fresh)
    record(Act.EXTRACT_PREVIEWED, object_kind="extract", object_uuid=fresh.uuid, payload={"step": "asked for"})
    kick(REQUESTS)


@transaction.atomic
def request_unimport(*, actor: User, extract: Extract, reason: str, now: datetime) -> None:
    """Take the extract's facts back. Raises `Forbidden`, `InvalidInput` (no reason) or `Conflict`."""
    fresh = _locked(actor, extract)
    if not reason.strip():
        raise InvalidInput("Say why: a reason is needed.", field="reason")
    if fresh.state != ExtractState.APPLIED:
        raise Conflict(f"This extract is {ExtractState(fresh.state).label}; only an applied one can be un-imported.")
    _wish(actor, fresh, Wanted.UNIMPORT, now)
    record(Act.EXTRACT_UNIMPORTED, object_kind="extract", object_uuid=fresh.uuid, payload={"step": "asked for", "reason": reason})
    kick(REQUESTS)


@transaction.atomic
def discard(*, actor: User, extract: Extract, reason: str) -> None:
    """Throw a checked extract away that nobody applies: its file goes, its figures and the reason stay; it may come again.

    Raises `Forbidden`, `InvalidInput` (no reason) or `Conflict`.
    """
    fresh = _locked(actor, extract)
    if not reason.strip():
        raise InvalidInput("Say why: a reason is needed.", field="reason")
    if fresh.state != ExtractState.CHECKED:
        raise Conflict(f"This extract is {ExtractState(fresh.state).label}; only a checked one can be discarded.")
    forget_previewed(fresh)
    refuse(fresh, f"Discarded by {actor.label}: {reason.strip()}")


def wish_granted(extract: Extract) -> None:
    """Nothing is owed on this extract any more."""
    Extract.objects.filter(pk=extract.pk).update(wanted="", wanted_by=None, wanted_at=None)


def _locked(actor: User, extract: Extract) -> Extract:
    require(actor, Permission.HANDLE_EXTRACT)
    fresh = Extract.objects.select_for_update(of=("self",)).get(pk=extract.pk)
    if fresh.wanted:
        raise Conflict(f"Somebody has asked already: to {Wanted(fresh.wanted).label}. Wait until that is done.")
    return fresh


def _wish(actor: User, extract: Extract, wanted: Wanted, now: datetime) -> None:
    Extract.objects.filter(pk=extract.pk).update(wanted=wanted, wanted_by=actor, wanted_at=now)
