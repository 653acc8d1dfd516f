"""The certificate of a finished run: a signed JSON document, and the same on paper."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources
from typing import Any
from uuid import UUID

import typst
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from access.markings import marking_of
from access.models import User
from audit.keys import data_key, existing_keys, named_scope
from audit.log.proofs import NoProof, prove_event
from audit.log.verifying import log_key
from foundation.errors import Conflict
from retention.models import Certificate, Disposition, DispositionItem
from retention.verify_certificate import CONTEXT, canonical

FONTS = settings.BASE_DIR / "node_modules" / "@expo-google-fonts" / "noto-sans"
SIGNING = named_scope("certificates of disposition")
METHOD = {
    Disposition.Kind.ARCHIVE: "Sealed package (BagIt, AES-256-GCM, own key), fixity checked, then removed from the live tables.",
    Disposition.Kind.DESTROY: (
        "Key destroyed first, then package, keyed hashes and audit payloads, then the file; the live tables had been rewritten. "
        "The deleted rows of keys leave the database's files with the next maintenance, backups and WAL within {days} days."
    ),
}


def signing_key() -> Ed25519PrivateKey:
    """The key that signs certificates: its seed is a data key, wrapped like every other by a key outside the database."""
    return Ed25519PrivateKey.from_private_bytes(data_key(SIGNING, purpose="certificate signing"))


def signing_keys() -> dict[str, str]:
    """The public keys that a reader of certificates needs, as the verifier takes them; empty before the first of each was used.

    Call as the retention service.
    """
    known = existing_keys([SIGNING]).get(SIGNING)
    own = Ed25519PrivateKey.from_private_bytes(known).public_key().public_bytes_raw().hex() if known else ""
    return {"certificate_key": own, "log_key": log_key()}


def issue_certificate(run: Disposition, *, identity: UUID, event: UUID, now: datetime) -> Certificate:
    """Write and sign the certificate of a finished run, in the transaction that finishes it.

    `event` is the log's event that names the certificate's `identity`: its inclusion proof ties the two to the sealed log.
    """
    items = list(DispositionItem.objects.filter(disposition=run).order_by("position"))
    document = document_of(run, items, now=now) | {"id": str(identity), "event": str(event)}
    key = signing_key()
    envelope = {
        "document": document,
        "public_key": key.public_key().public_bytes_raw().hex(),
        "signature": key.sign(CONTEXT + canonical(document)).hex(),
    }
    text = json.dumps(envelope, ensure_ascii=False, sort_keys=True, indent=1)
    return Certificate.objects.create(
        uuid=identity,
        event_uuid=event,
        disposition=run,
        document=text,
        pdf=render(envelope, made_at=now),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        issued_at=now,
    )


def proof_of(certificate: Certificate) -> dict[str, Any]:
    """That the event which names the certificate stands in the signed log; for the stand-alone verifier.

    Raises `Conflict` until the event is sealed. Call as the service actor `audit`, which alone reads the sealed log.
    """
    try:
        return prove_event(certificate.event_uuid or certificate.uuid)
    except NoProof as error:
        message = "The log has not been sealed since this run was finished. Ask again in a few minutes."
        raise Conflict(message) from error


def document_of(run: Disposition, items: list[DispositionItem], *, now: datetime) -> dict[str, Any]:
    """What the certificate says: authority, list, outcomes, people, times, method. Opaque ids, no content."""
    schedule = run.schedule
    return {
        "certificate": "disposition",
        "marking": marking_of([run.access_class_id]),
        "run": str(run.uuid),
        "kind": run.kind,
        "as_of": f"{run.as_of:%Y-%m-%d}",
        "schedule": {
            "title": schedule.title,
            "applies_to": schedule.for_records,
            "version": schedule.version,
            "authority": schedule.authority,
            "fictional": schedule.fictional,
        },
        "method": METHOD[Disposition.Kind(run.kind)].format(days=settings.BACKUP_HORIZON_DAYS),
        "list_sha256": run.list_sha256,
        "counts": dict(sorted(Counter(item.outcome for item in items).items())),
        "people": {
            "proposed": _person(run.proposed_by, run.proposed_at),
            "reviewed": _person(run.reviewed_by, run.reviewed_at),
            "first_approval": _person(run.first_approver, run.first_approved_at),
            "second_approval": _person(run.second_approver, run.second_approved_at),
            "started": _person(run.started_by, run.started_at),
        },
        "finished_at": _stamp(run.finished_at),
        "log": {"before": run.log_size_before, "after": run.log_size_after},
        "issued_at": _stamp(now),
        "records": [_line(item) for item in items],
    }


def _person(user: User | None, at: datetime | None) -> dict[str, str] | None:
    return {"id": str(user.uuid), "name": user.label, "at": _stamp(at)} if user else None


def _stamp(moment: datetime | None) -> str:
    """UTC with microseconds, so that texts sort as times do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else ""


def _line(item: DispositionItem) -> dict[str, Any]:
    return {
        "position": item.position,
        "id": str(item.lead_uuid),
        "created_on": f"{item.record_created_on:%Y-%m-%d}",
        "due_on": f"{item.due_on:%Y-%m-%d}",
        "fingerprint": item.fingerprint,
        "outcome": item.outcome,
        "detail": item.detail,
        "key_destroyed_at": _stamp(item.key_destroyed_at),
        "rows_deleted_at": _stamp(item.rows_deleted_at),
        "file_deleted_at": _stamp(item.file_deleted_at),
    }


@lru_cache(maxsize=1)
def _fonts() -> Any:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS / weight) for weight in ("400Regular", "700Bold")]
    )


def render(envelope: dict[str, Any], *, made_at: datetime) -> bytes:
    """The certificate on paper (PDF/UA-1)."""
    template = resources.files("retention").joinpath("certificate.typ").read_bytes()
    made: bytes = typst.compile(
        template,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"certificate": json.dumps(envelope), "marking": envelope["document"]["marking"], "outcomes": json.dumps(WORDS)},
        format="pdf",
        pdf_standards="ua-1",
        timestamp=made_at.replace(microsecond=0),
    )
    return made


WORDS = {str(value): str(label) for value, label in DispositionItem._meta.get_field("outcome").choices or ()}
