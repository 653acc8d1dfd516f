"""Referrals as an office, or headquarters, may see them: lists, one referral with its packet, the packet's status."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.policy import can
from foundation.errors import Conflict, NotFound
from foundation.person_name import person_name
from leads.clocks import ACT_DAYS
from leads.models import Note, Outcome, Packet, RecallNotice, Referral
from leads.packet.body import files_named
from leads.sealing import read_all, read_bytes, read_words
from leads.selectors.attachments import Content, FileView, content_among, office_files, packet_files, rows_of_referral
from leads.selectors.interest import words_for_office
from leads.selectors.queue import Count
from leads.selectors.queue_sql import Place, decode
from leads.states import REFERRAL_MOVES, TAKES_FILES, ReferralState

NOTICES_SHOWN = 20
HELD = (ReferralState.SENT, ReferralState.ACCEPTED)
ANSWERED = (ReferralState.RETURNED, ReferralState.REPORTED, ReferralState.TRANSFERRED)
UNREAD = Q(out_of_date_since__isnull=False, acknowledged_at=None, state__in=(*HELD, ReferralState.RECALLED))
OPEN = Q(state__in=HELD) | (Q(state=ReferralState.RECALLED) & UNREAD)
STATES: dict[str, Q] = {
    "open": OPEN,
    "sent": Q(state=ReferralState.SENT),
    "accepted": Q(state=ReferralState.ACCEPTED),
    "out_of_date": UNREAD,
    "returned": Q(state=ReferralState.RETURNED),
    "done": Q(state__in=(*ANSWERED, ReferralState.RECALLED)),
    "all": Q(),
}
STATUS_WORDS = {
    "current": "The packet says what is known.",
    "out_of_date": "The packet is out of date: what is known has changed since it was made.",
    "recalled": "The packet is recalled: do not act on it.",
    "answered": "The referral is answered: the packet is of the past.",
    "expired": "The packet is beyond its last day: do not rely on it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One referral of the list."""

    referral: Referral
    name: str
    office_name: str
    state_label: str
    due_on: date | None
    due_words: str
    overdue: bool
    out_of_date: bool
    unread: bool
    packet_uuid: UUID | None


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of referrals."""

    rows: tuple[InboxRow, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """The figures over the inbox."""

    open: Count
    sent: Count
    accepted: Count
    out_of_date: Count


@dataclass(frozen=True, slots=True)
class PacketStatus:
    """Whether a packet still holds, without content. `referral_uuid`, `lead_uuid`: None where only the notice of its recall is left."""

    status: str
    words: str
    since: datetime | None
    referral_uuid: UUID | None = None
    lead_uuid: UUID | None = None


@dataclass(frozen=True, slots=True)
class OfficeNote:
    """A note that the office may read."""

    author: str
    written_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class ReferralAction:
    """Something that can be done with the referral."""

    action: str
    label: str
    allowed: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralDetail:
    """A referral with its packet, opened."""

    referral: Referral
    name: str
    packet: Packet
    body: dict[str, Any]
    status: str
    status_words: str
    answer_words: str
    outcome: Outcome | None
    outcome_remarks: str
    notes: tuple[OfficeNote, ...]
    files: tuple[FileView, ...]
    packet_files: tuple[tuple[dict[str, Any], bool], ...]  # what the packet names, and whether the reader may open it
    actions: tuple[ReferralAction, ...]
    deconfliction: str


def inbox_for(user: User, *, now: datetime, state: str = "open", cursor: str = "") -> InboxPage:  # RLS knows who asks
    """The referrals of the user's offices, the next due first; three queries."""
    return _page(Referral.objects.all(), now, state, cursor)


def referrals_for(user: User, *, now: datetime, state: str = "open", office: str = "", cursor: str = "", size: int = 0) -> InboxPage:
    """Every referral that the user may see, for headquarters, or those of one office (its code); `size` rows, a page unless said."""
    wanted = Referral.objects.filter(office__code=office) if office else Referral.objects.all()
    return _page(wanted, now, state, cursor, size)


def inbox_counts_for(user: User, *, now: datetime) -> InboxCounts:
    """The figures over the inbox, each counted up to the limit."""
    return InboxCounts(**{name: _count(STATES[name]) for name in ("open", "sent", "accepted", "out_of_date")})


def _count(which: Q) -> Count:
    limit = settings.COUNT_LIMIT
    found = Referral.objects.filter(which).values("pk")[: limit + 1].count()
    return Count(min(found, limit), capped=found > limit)


def _page(rows: QuerySet[Referral], now: datetime, state: str, cursor: str, size: int = 0) -> InboxPage:
    size = size or settings.QUEUE_PAGE_ROWS
    wanted = rows.filter(STATES.get(state, OPEN)).select_related("office", "packet", "assigned_to", "sent_by", "acknowledged_by")
    after = decode(cursor)
    if after is not None and after.value is not None:
        wanted = wanted.filter(Q(accept_due_on__gt=after.value) | Q(accept_due_on=after.value, pk__gt=after.pk))
    found = list(wanted.order_by("accept_due_on", "pk")[: size + 1])
    shown = found[:size]
    more = Place(shown[-1].accept_due_on.isoformat(), shown[-1].pk).encode() if len(found) > size else ""
    return InboxPage(tuple(_row(each, now.date()) for each in shown), more)


def _row(referral: Referral, today: date) -> InboxRow:
    due, due_words = _due(referral)
    packet = getattr(referral, "packet", None)
    return InboxRow(
        referral=referral,
        name=person_name(referral),
        office_name=referral.office.name,
        state_label=str(referral.get_state_display()),
        overdue=due is not None and due < today,
        out_of_date=referral.out_of_date_since is not None,
        unread=_unread(referral),
        due_on=due,
        due_words=due_words,
        packet_uuid=packet.uuid if packet else None,
    )


def _due(referral: Referral) -> tuple[date | None, str]:
    """What the office owes next, and by which day: an answer, then an outcome; nothing once it is answered."""
    if referral.state == ReferralState.SENT:
        return referral.accept_due_on, "answer"
    if referral.state == ReferralState.ACCEPTED and referral.accepted_at is not None:
        return referral.accepted_at.date() + timedelta(days=ACT_DAYS), "outcome"
    return None, ""


def _unread(referral: Referral) -> bool:
    """Whether the packet no longer holds and nobody of the office has confirmed to have read so."""
    return referral.out_of_date_since is not None and referral.acknowledged_at is None and referral.state not in ANSWERED


def referral_for(user: User, referral_uuid: UUID) -> Referral:
    """One referral. Raises `NotFound` for none and for one out of sight alike."""
    found = (
        Referral.objects.select_related("office", "packet", "sent_by", "accepted_by", "acknowledged_by", "assigned_to")
        .filter(uuid=referral_uuid)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def referral_detail_for(user: User, referral_uuid: UUID, *, now: datetime) -> ReferralDetail:
    """A referral with its packet as the office reads it. Raises `NotFound`."""
    referral = referral_for(user, referral_uuid)
    packet = referral.packet
    status = _status(referral, packet, now.date())
    outcome = Outcome.objects.filter(referral=referral).select_related("reported_by").first()
    scope = referral.lead_uuid
    body = json.loads(read_bytes(scope, packet.json_sealed))
    return ReferralDetail(
        referral=referral,
        name=person_name(referral),
        packet=packet,
        body=body,
        status=status,
        status_words=STATUS_WORDS[status],
        answer_words=read_words(scope, referral.answer_sealed),
        outcome=outcome,
        outcome_remarks=read_words(scope, outcome.remarks_sealed) if outcome else "",
        notes=_notes(referral),
        packet_files=packet_files(referral.lead_id, scope, body.get("files", [])),
        files=office_files(referral),
        actions=_actions(user, referral),
        deconfliction=words_for_office(referral, now) if referral.state in HELD else "",
    )


def _notes(referral: Referral) -> tuple[OfficeNote, ...]:
    rows = (
        Note.objects.filter(lead_id=referral.lead_id, audience="office", replaced_by=None).select_related("author").order_by("-written_at")
    )
    found = list(rows)
    texts = read_all(referral.lead_uuid, [row.sealed for row in found])
    return tuple(OfficeNote(row.author.label, row.written_at, text) for row, text in zip(found, texts, strict=True))


def _actions(user: User, referral: Referral) -> tuple[ReferralAction, ...]:
    found = []
    for move in REFERRAL_MOVES.actions_from(referral.state):
        decision = can(user, Permission(move.permission))
        found.append(ReferralAction(move.action, move.label, bool(decision), decision.reason))
    answer = can(user, Permission.ANSWER_REFERRAL)
    if referral.state in HELD:
        assigns = can(user, Permission.ASSIGN_REFERRAL)
        found.append(ReferralAction("assign", "Assign", bool(assigns), assigns.reason))
        mine = referral.assigned_to_id == user.pk
        found.append(ReferralAction("take", "Take it", bool(answer) and not mine, "It is yours." if mine else answer.reason))
        found.append(ReferralAction("safe", "Safe to act now?", bool(answer), answer.reason))
    if referral.state in TAKES_FILES:
        found.append(ReferralAction("file", "Add a file", bool(answer), answer.reason))
    if _unread(referral):
        found.append(ReferralAction("acknowledge", "I have read it", bool(answer), answer.reason))
    return tuple(found)


def recall_notices_for(user: User) -> list[RecallNotice]:  # RLS knows who asks
    """Referrals to the user's offices that were withdrawn without a trace but this, the newest first."""
    return list(RecallNotice.objects.order_by("-recalled_at", "-pk")[:NOTICES_SHOWN])


def packet_for(user: User, packet_uuid: UUID) -> Packet:
    """The packet with that id. Raises `NotFound`."""
    found = Packet.objects.select_related("referral", "referral__office").filter(uuid=packet_uuid).first()
    if found is None:
        raise NotFound
    return found


def packet_status_for(user: User, packet_uuid: UUID, *, now: datetime) -> PacketStatus:
    """Whether the packet with that id still holds. Raises `NotFound`."""
    notice = RecallNotice.objects.filter(packet_uuid=packet_uuid).first()
    if notice is not None:
        return PacketStatus("recalled", STATUS_WORDS["recalled"], notice.recalled_at)
    packet = packet_for(user, packet_uuid)
    referral = packet.referral
    status = _status(referral, packet, now.date())
    since = referral.out_of_date_since if status == "out_of_date" else referral.answered_at
    return PacketStatus(status, STATUS_WORDS[status], since, referral.uuid, referral.lead_uuid)


def _status(referral: Referral, packet: Packet, today: date) -> str:
    if referral.state == ReferralState.RECALLED:
        return "recalled"
    if referral.state in ANSWERED:
        return "answered"
    if referral.out_of_date_since is not None:
        return "out_of_date"
    return "expired" if today > packet.do_not_rely_after else "current"


def packet_json_for(user: User, packet_uuid: UUID) -> bytes:
    """The packet's canonical JSON. Raises `NotFound`, and `KeyDestroyed` once the lead is destroyed."""
    packet = packet_for(user, packet_uuid)
    return read_bytes(packet.referral.lead_uuid, packet.json_sealed)


def packet_pdf_for(user: User, packet_uuid: UUID) -> bytes:
    """The packet's PDF. Raises `NotFound`, and `KeyDestroyed` once the lead is destroyed."""
    packet = packet_for(user, packet_uuid)
    return read_bytes(packet.referral.lead_uuid, packet.pdf_sealed)


def referral_file_for(user: User, referral_uuid: UUID, file_uuid: UUID) -> Content:
    """A file of a referral with its content: named by its packet, given by headquarters, or added by the office.

    Raises `NotFound`, for a file of another referral of the lead too, and `Conflict` when it does not open or is not what the packet names.
    """
    referral = referral_for(user, referral_uuid)
    named = {each["id"]: each["sha256"] for each in files_named(read_bytes(referral.lead_uuid, referral.packet.json_sealed))}
    found = content_among(rows_of_referral(referral, [*named]), referral.lead_uuid, file_uuid)
    if named.get(str(file_uuid), found.sha256) != found.sha256:
        message = "The file is not the one that the packet names. Do not rely on it; tell headquarters."
        raise Conflict(message)
    return found


def packet_file_name(packet: Packet) -> str:
    """A name without personal data: marking, recipient, packet."""
    return f"LES_{packet.referral.office.code}_{packet.referral.lead_number}_{str(packet.uuid)[:8]}.pdf"
