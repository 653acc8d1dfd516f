"""Opening the archive: found by keyed hashes of numbers, opened read-only with a reason, the file as it was before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from access.context import through_service
from access.permissions import Permission
from access.policy import require
from access.selectors import service_actor
from audit.acts import Act
from audit.keys import existing_key
from audit.services import record
from foundation.calendar import add_years
from foundation.crypto import unseal
from foundation.errors import Conflict, InvalidInput, NotFound
from ingest.facts import IdentifierKind
from ingest.identifiers import normalize
from leads.models import Lead
from leads.sealing import seal_words
from retention.models import ArchivePackage, Extension
from retention.models.archive import AUTHORITIES
from retention.removal import bag, files
from retention.removal.codes import ORGANIZATION_CODE, OWN_NUMBER, code_index
from retention.removal.holding import unless_gone
from retention.services.fixity import DAMAGE, note_damage
from retention.services.holds import require_known
from subjects.identifiers import identifier_key

if TYPE_CHECKING:
    from access.models import User

TYPED = dict(AUTHORITIES)


@dataclass(frozen=True, slots=True)
class Opened:
    """A package's content, in memory only."""

    package: ArchivePackage
    tables: dict[str, list[dict[str, Any]]]
    documents: dict[str, bytes]


def find_archived(*, actor: User, kind: str, number: str, country: str = "") -> list[ArchivePackage]:
    """Archived leads whose person, or organization, carries this number; looked for by its keyed hash, nothing is opened.

    Or the one whose own number this is: nothing else leads to a record about somebody of whom no number was known.
    """
    require(actor, Permission.OPEN_ARCHIVE)
    if kind == OWN_NUMBER:
        asked = Q(lead_number=number.strip().upper())
    elif kind == ORGANIZATION_CODE:
        asked = Q(identifiers__blind_index=code_index(number))
    elif kind in IdentifierKind.__members__.values():
        asked = Q(identifiers__blind_index=identifier_key(kind, normalize(IdentifierKind(kind), number), country))
    else:
        message = "Choose the kind of number."
        raise InvalidInput(message, field="kind")
    found = list(ArchivePackage.objects.select_related("schedule").filter(asked).order_by("destroy_on", "lead_number"))
    record(Act.SEARCH, object_kind="archive", results=[package.lead_uuid for package in found], payload={"kind": kind, "number": number})
    return found


def open_package(
    *, actor: User, package: ArchivePackage, reason: str, kind: str = "reason", authority_kind: str = "", authority: str = ""
) -> Opened:
    """Open a package for reading, with a reason; a retrieval also needs a typed authority. The file is not touched.

    The view asks for a fresh sign-in. Raises `InvalidInput` (no reason, no authority), `NotFound` (not for this person),
    `Conflict` (its file or key is gone or not what was sealed: noted, on the desk and in the log, where the caller goes on).
    """
    try:
        return _open(actor, package, reason, kind, authority_kind, authority)
    except DAMAGE as error:
        record(Act.ARCHIVE_OPENED, object_kind="archive package", object_uuid=package.lead_uuid, fields=[kind, "damaged"], allowed=False)
        with through_service(service_actor("retention")):
            note_damage(package, now=timezone.now())
        message = "This sealed record cannot be read: its file or its key is gone, or is not what was sealed. Report the loss."
        raise Conflict(message) from error


@transaction.atomic
def _open(actor: User, package: ArchivePackage, reason: str, kind: str, authority_kind: str, authority: str) -> Opened:
    require(actor, Permission.OPEN_ARCHIVE)
    if not reason.strip():
        message = "Say why you open this record."
        raise InvalidInput(message, field="reason")
    if kind == "retrieval" and (authority_kind not in TYPED or not authority.strip()):
        message = "A retrieval needs the kind of authority and its number or date."
        raise InvalidInput(message, field="authority")
    words = seal_words(package.lead_uuid, reason.strip())
    name, sha256 = _where(package, kind, words, authority_kind, authority.strip())
    sealed = files.read(name)
    if hashlib.sha256(sealed).hexdigest() != sha256:
        message = "the file is not the one that was sealed"
        raise bag.FixityError(message)
    content = bag.unpack(unseal(existing_key(package.uuid), sealed, package.uuid.bytes))
    record(
        Act.ARCHIVE_OPENED,
        object_kind="archive package",
        object_uuid=package.lead_uuid,
        fields=[kind],
        payload={"reason": reason, "authority_kind": authority_kind, "authority": authority},
        scope=package.lead_uuid,
    )
    tables = {file.removesuffix(".json"): json.loads(text) for file, text in content.items() if file.endswith(".json")}
    return Opened(package, tables, {file: text for file, text in content.items() if not file.endswith(".json")})


def _where(package: ArchivePackage, kind: str, words: bytes, authority_kind: str, authority: str) -> tuple[str, str]:
    """Ask the database for the file: it writes down who asked, in the same breath."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM retention_open(%s, %s, %s, %s, %s)", [package.uuid, kind, words, authority_kind, authority])
            name, sha256 = cursor.fetchone()
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == "LT404":
            raise NotFound from error
        raise
    return str(name), str(sha256)


@transaction.atomic
def extend_record(  # what 36 CFR 1226.20(b) asks for, one argument each
    *,
    actor: User,
    lead_uuid: UUID,
    lead_number: str,
    authority_kind: str,
    authority: str,
    ends_on: date | None,
    review_on: date | None,
    now: datetime,
) -> Extension:
    """Keep a record beyond its day, under a typed authority and until a day; a reset is the same with a later review.

    Source: 36 CFR 1226.20(a): written approval, a requested change of schedule, a need of less than a year, a court order.
    Raises `InvalidInput`, or `Conflict` when the record is destroyed at this moment.
    """  # fmt: skip
    require(actor, Permission.MANAGE_DISPOSITION)
    today = now.date()
    if authority_kind not in TYPED or not authority.strip():
        message = "Choose the kind of authority and give its number or date."
        raise InvalidInput(message, field="authority")
    ends_on, review_on = _checked_days(authority_kind, ends_on, review_on, today)
    extension = Extension(
        lead_uuid=lead_uuid,
        lead_number=lead_number,
        authority_kind=authority_kind,
        authority=authority.strip(),
        granted_on=today,
        ends_on=ends_on,
        review_on=review_on,
        granted_by=actor,
    )
    with unless_gone("A record was destroyed at this very moment: it cannot be kept any longer."):
        extension.save(force_insert=True)
    record(Act.DISPOSITION, object_kind="extension", object_uuid=extension.uuid, results=[lead_uuid], payload={"authority": authority})
    return extension


def _checked_days(authority_kind: str, ends_on: date | None, review_on: date | None, today: date) -> tuple[date, date]:
    if ends_on is None or ends_on <= today:
        message = "Give the day on which the extension ends."
        raise InvalidInput(message, field="ends_on")
    if review_on is None or not today <= review_on <= ends_on:
        message = "Give the day on which the extension is reviewed, on or before its end."
        raise InvalidInput(message, field="review_on")
    if authority_kind == "under_one_year" and ends_on >= add_years(today, 1):
        message = "A need of less than one year ends within one year."
        raise InvalidInput(message, field="ends_on")
    return ends_on, review_on


def record_named(number: str) -> tuple[UUID, str]:
    """The opaque id and number of a live or archived lead that the user of the context may know of; raises `InvalidInput`."""
    wanted = number.strip().upper()
    require_known(wanted, field="number")
    with through_service(service_actor("retention")):
        live = Lead.objects.filter(number=wanted).values_list("uuid", "number").first()
        found = live or ArchivePackage.objects.filter(lead_number=wanted).values_list("lead_uuid", "lead_number").first()
    if found is None:
        message = "This record has just been destroyed."
        raise InvalidInput(message, field="number")
    return found
