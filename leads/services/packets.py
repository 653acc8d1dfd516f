"""Making the packet of a referral: opened numbers, canonical JSON, PDF, both sealed under the lead's key."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from access.markings import marking_of
from foundation.crypto import canonical
from ingest.facts import IdentifierKind
from ingest.identifiers import display
from leads.clocks import RELY_DAYS
from leads.judging import Judged
from leads.looking import Look, override_digest
from leads.models import Lead, Packet, Referral, StopSignOverride
from leads.packet.body import Cover, Number, Overridden, packet_body
from leads.packet.organization import organization_body
from leads.packet.pdf import render_pdf
from leads.rules.freshness import MAX_AGE_DAYS
from leads.sealing import read_words, seal_words
from subjects.identifiers import reveal
from subjects.models import IdentifierFact


def do_not_rely_after(judged: Judged, sent_on: date) -> date:
    """The last day on which a packet may be relied on: 14 days, less where time alone may change a verdict before that.

    Never before the day of sending.
    """
    limits = [sent_on + timedelta(days=RELY_DAYS)]
    if judged.evaluation.next_change_on is not None:
        limits.append(judged.evaluation.next_change_on - timedelta(days=1))
    adis = judged.snapshot.sources.get("adis")
    if adis is not None:
        limits.append(adis + timedelta(days=RELY_DAYS + MAX_AGE_DAYS["adis"]))
    return max(min(limits), sent_on)


def make_packet(
    *, referral: Referral, lead: Lead, look: Look, class_id: int, until: date, approved_by: str, files: Sequence[dict[str, Any]]
) -> Packet:
    """Make and keep the immutable packet of a referral; `files` is what it says of those that go with it."""
    packet_id = uuid.uuid4()
    cover = Cover(
        packet_id=str(packet_id),
        lead_number=lead.number,
        marking=marking_of([class_id]),
        simulated=bool(settings.DEMO),
        office_code=referral.office.code,
        office_name=referral.office.name,
        made_at=referral.sent_at,
        sent_by=referral.sent_by.label,
        approved_by=approved_by,
        accept_by=referral.accept_due_on,
        do_not_rely_after=until,
        routing=referral.routing_reason,
    )
    body = packet_body(
        cover=cover,
        picture=look.picture,
        snapshot=look.judged.snapshot,
        numbers=_numbers(lead),
        overridden=_overridden(lead, look),
        organization=organization_body(lead),
        files=files,
    )
    plain = canonical(body)
    pdf = render_pdf(body, fonts=settings.PDF_FONTS_DIR, made_at=referral.sent_at)
    return Packet.objects.create(
        uuid=packet_id,
        referral=referral,
        access_class_id=class_id,
        json_sealed=seal_words(lead.uuid, plain),
        json_sha256=hashlib.sha256(plain).hexdigest(),
        pdf_sealed=seal_words(lead.uuid, pdf),
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        do_not_rely_after=until,
    )


def _numbers(lead: Lead) -> Sequence[Number]:
    """The person's standing numbers in full, each once; the packet's own event says that they left headquarters."""
    if lead.subject_id is None:
        return ()
    rows = IdentifierFact.objects.filter(subject_id=lead.subject_id, superseded_at=None, retracted_at=None).order_by("kind", "pk")
    found: dict[tuple[str, str], Number] = {}
    for row in rows:
        value = display(IdentifierKind(row.kind), reveal(row))
        found.setdefault((row.kind, value), Number(row.kind, value, row.country, row.source))
    return tuple(found.values())


def _overridden(lead: Lead, look: Look) -> list[Overridden]:
    passed = [sign for sign in look.picture.stop_signs if sign.blocking and sign.overridden_by]
    if not passed:
        return []
    digests = {override_digest(look.judged, sign) for sign in look.judged.blocking}
    rows = {row.code: row for row in StopSignOverride.objects.filter(lead=lead, evaluation_digest__in=digests)}
    return [Overridden(sign, read_words(lead.uuid, rows[sign.key].reason_sealed)) for sign in passed if sign.key in rows]
