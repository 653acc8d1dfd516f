"""A referral as it goes out: its frozen row, its packet, the event that says what left headquarters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from access.models import Office, User
from access.selectors import class_for
from audit.acts import Act
from audit.services import record
from foundation.calendar import add_business_days
from leads.clocks import ACCEPT_DAYS
from leads.looking import Look
from leads.models import Attachment, Decision, Lead, Packet, Referral
from leads.packet.body import files_named
from leads.sealing import read_bytes
from leads.services.packet_files import copies_named, copy_for_office
from leads.services.packets import do_not_rely_after, make_packet


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What is sent where, and who answers for it. `approved_by` is the second person where a rule asked for one."""

    lead: Lead
    look: Look
    office: Office
    reason: str
    sent_by: User
    approved_by: User | None
    decision: Decision | None
    compartments: list[int]
    transferred_from: Referral | None = None
    files: tuple[Attachment, ...] = ()  # that go along; a transfer hands on those of the packet before it


def send_referral(sending: Sending, now: datetime) -> Referral:
    """Write the referral and its packet, in the caller's transaction and sight; the office has three working days to answer."""
    lead, look = sending.lead, sending.look
    class_id = class_for(audience="office", office_id=sending.office.pk, compartments=sending.compartments)
    referral = Referral.objects.create(
        lead=lead,
        lead_uuid=lead.uuid,
        lead_number=lead.number,
        access_class_id=class_id,
        office=sending.office,
        routing_reason=sending.reason[:300],
        **_frozen_person(lead),
        why=lead.why,
        risk=look.picture.risk.band,
        evaluation_digest=look.picture.evaluation_digest,
        reliance_digest=look.judged.reliance,
        decision=sending.decision,
        sent_by=sending.sent_by,
        approved_by=sending.approved_by,
        sent_at=now,
        accept_due_on=add_business_days(now.date(), ACCEPT_DAYS),
        transferred_from=sending.transferred_from,
    )
    files = _files(sending, referral, now)
    packet = make_packet(
        referral=referral,
        lead=lead,
        look=look,
        class_id=class_id,
        until=do_not_rely_after(look.judged, now.date()),
        approved_by=sending.approved_by.label if sending.approved_by else "",
        files=files,
    )
    _told(sending, packet, copies_named(files), now)
    return referral


def _told(sending: Sending, packet: Packet, copies: Sequence[Attachment], now: datetime) -> None:
    """The event: what left headquarters, the copies of files with the packet; also when a transfer hands them on."""
    payload = {"office": sending.office.code, "reason": sending.reason, "packet": packet.json_sha256, "pdf": packet.pdf_sha256}
    files = [{"copy": str(each.uuid), "of": str(each.copy_of.uuid) if each.copy_of else "", "sha256": each.sha256} for each in copies]
    record(
        Act.LEAD_REFERRED,
        object_kind="lead",
        object_uuid=sending.lead.uuid,
        results=[packet.referral.uuid, packet.uuid, *(each.uuid for each in copies)],
        fields=["identifiers", "addresses", "facts", *(["files"] if files else [])],
        payload=payload | ({"files": files} if files else {}),
        scope=sending.lead.uuid,
        occurred_at=now,
    )


def _files(sending: Sending, referral: Referral, now: datetime) -> list[dict[str, Any]]:
    """What the packet says of the files that go with it."""
    before = sending.transferred_from
    if before is not None:
        return files_named(read_bytes(before.lead_uuid, before.packet.json_sealed))
    return copy_for_office(actor=sending.approved_by or sending.sent_by, referral=referral, files=sending.files, now=now)


def _frozen_person(lead: Lead) -> dict[str, str | date | None]:
    """Name and date of birth as they were when sent: the office never reads the live subject."""
    subject = lead.subject
    if subject is None:
        name = lead.organization.name if lead.organization else "name not known"
        return {"family_name": name[:100], "given_name": "", "full_name_source_script": "", "date_of_birth": None}
    return {
        "family_name": subject.family_name,
        "given_name": subject.given_name,
        "full_name_source_script": subject.full_name_source_script,
        "date_of_birth": subject.date_of_birth,
    }
