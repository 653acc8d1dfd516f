"""The accounting of disclosures: recorded, listed by person, handed out, forgotten on its day.

A packet to one of our own offices is no disclosure to be accounted for (552a(b)(1), (c)(1)). Whoever hands something of a record
to somebody outside records it here (DHS/ICE-015, routine uses A to N; 5 U.S.C. 552a(b)). What goes to the public (N) takes two.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings
from django.db import connection, transaction

from access.markings import marking_of
from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.keys import data_key
from audit.log.destruction import record_destruction
from audit.services import record
from foundation.crypto import canonical, seal
from foundation.errors import Conflict, Forbidden, InvalidInput
from foundation.exports import Head, written
from foundation.templatetags.desk import format_date
from oversight.models import Disclosure
from oversight.selectors.disclosures import WORDS, accounting_for
from retention.calendar import dates_under
from subjects.models import Subject

KEPT_YEARS = 5  # 5 U.S.C. 552a(c)(2): at least, or the life of the record
COLUMNS = ("Date", "Basis", "What was disclosed", "Purpose", "Recipient", "Address", "Recorded by", "Confirmed by")


@transaction.atomic
def record_disclosure(
    *, actor: User, subject: Subject, basis: str, disclosed_on: date, approved: bool, words: Mapping[str, str], now: datetime
) -> Disclosure:
    """Enter one disclosure of the person's record; `words` are nature, purpose, recipient and address, all needed.

    Raises `Forbidden` or `InvalidInput` (a part is missing, a day to come, the public without the Chief Privacy Officer).
    """
    require(actor, Permission.RECORD_DISCLOSURE)
    for name in WORDS:
        if not words.get(name, "").strip():
            raise InvalidInput("The statute asks for this part of the accounting.", field=name)
    if disclosed_on > now.date():
        raise InvalidInput("That day has not come: what is accounted for has happened.", field="disclosed_on")
    if basis == Disclosure.Use.N and not approved:
        raise InvalidInput("Routine use N needs the written approval of the Chief Privacy Officer.", field="approved")
    kept_until = dates_under(disclosed_on, active_years=KEPT_YEARS, archived_years=0).destroy_on
    disclosure = Disclosure(
        access_class_id=subject.access_class_id,
        subject_uuid=subject.uuid,
        basis=basis,
        disclosed_on=disclosed_on,
        approved_in_writing=approved,
        kept_until=kept_until,
        recorded_by=actor,
    )
    said = {name: words[name].strip() for name in WORDS}
    disclosure.words_sealed = seal(data_key(disclosure.uuid, purpose="disclosure"), canonical(said), disclosure.uuid.bytes)
    Disclosure.objects.bulk_create([disclosure])
    record(
        Act.DISCLOSED,
        object_kind="subject",
        object_uuid=subject.uuid,
        results=[disclosure.uuid],
        payload={"basis": basis, **said},
        scope=disclosure.uuid,
    )
    return disclosure


@transaction.atomic
def confirm_disclosure(*, actor: User, disclosure: Disclosure, now: datetime) -> None:
    """A second privacy officer has the written approval of a disclosure to the public before them.

    Raises `Forbidden` (the own one), `Conflict` (nothing to confirm).
    """
    require(actor, Permission.RECORD_DISCLOSURE)
    if disclosure.recorded_by_id == actor.pk:
        message = "Another privacy officer confirms what you have entered."
        raise Forbidden(message)
    waiting = Disclosure.objects.filter(pk=disclosure.pk, basis=Disclosure.Use.N, confirmed_by=None)
    if not waiting.update(confirmed_by=actor, confirmed_at=now):
        message = "This disclosure needs no confirmation, or has it already."
        raise Conflict(message)
    record(Act.DISCLOSURE_CONFIRMED, object_kind="subject", object_uuid=disclosure.subject_uuid, results=[disclosure.uuid], occurred_at=now)


def accounting_file(user: User, subject_uuid: uuid.UUID, *, now: datetime) -> tuple[str, bytes]:
    """The accounting of one person as a CSV file with its name, marked and on record. Raises `Forbidden`, `NotFound`."""
    accounting = accounting_for(user, subject_uuid)
    lines, subject = accounting.lines, accounting.subject
    rows = [
        (
            format_date(line.disclosure.disclosed_on),
            line.disclosure.get_basis_display(),
            *(line.words[name] for name in WORDS),
            line.disclosure.recorded_by.label,
            _confirmed(line.disclosure),
        )
        for line in lines
    ]
    export_id = uuid.uuid4()
    classes = [*([subject.access_class_id] if subject else []), *(line.disclosure.access_class_id for line in lines)]
    marking = marking_of(classes)
    head = Head(
        marking=marking,
        recipient=user.label,
        made_at=now,
        export_id=export_id,
        title="accounting of disclosures",
        extent=f"{len(rows):,} disclosures",
    )
    shown = [accounting.subject_uuid, *(line.disclosure.uuid for line in lines)]
    payload = {"list": head.title, "form": "csv", "marking": marking}
    record(Act.EXPORT, object_kind="export", object_uuid=export_id, results=shown, fields=COLUMNS, payload=payload)
    return head.file_name("csv"), written("csv", head, COLUMNS, rows, fonts=settings.PDF_FONTS_DIR)


def forget_disclosures(*, actor: User, today: date) -> int:
    """Remove what is past both its clocks on `today`, with its key; returns how many. `actor` is the service actor `audit`."""
    require(actor, Permission.SERVICE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT oversight_forget_disclosures(%s)", [today])
        (gone,) = cursor.fetchone()
    if gone:
        record_destruction(object_kind="disclosure", results=gone, payload={"removed": len(gone)})
    return len(gone)


def _confirmed(disclosure: Disclosure) -> str:
    if disclosure.confirmed_by is not None:
        return disclosure.confirmed_by.label
    return "not yet confirmed" if disclosure.unconfirmed else "needs none"
