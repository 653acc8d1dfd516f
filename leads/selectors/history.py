"""What happened to a lead, newest first: moves, claims, overrides, notes, files, checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.models import User
from leads.models import Attachment, Claim, Lead, Note, Referral, StopSignOverride, SystemCheck, Transition
from leads.rules.freshness import WORDS
from leads.rules.words import day
from leads.sealing import read_all
from leads.states import LEAD_MOVES, LeadState


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    when: datetime
    who: str
    what: str
    words: str
    kind: str  # move | claim | note | file | override | referral | check
    decision_uuid: UUID | None = None
    state_label: str = ""


def history_for(user: User, lead: Lead) -> tuple[Event, ...]:  # the database knows who asks
    """Every event of the lead that the user may see; seven queries."""
    events = [*_moves(lead), *_claims(lead), *_overrides(lead), *_notes(lead), *_files(lead), *_answers(lead), *_checks(lead)]
    return tuple(sorted(events, key=lambda event: event.when)[::-1])  # of two at one moment the later written comes first


def _moves(lead: Lead) -> list[Event]:
    labels = {move.action: move.label for move in LEAD_MOVES.moves}
    rows = list(Transition.objects.filter(lead=lead).select_related("actor", "decision").order_by("pk"))
    texts = read_all(lead.uuid, [row.reason_sealed for row in rows])
    return [
        Event(
            row.occurred_at,
            row.actor.label,
            labels.get(row.action, row.action),
            text,
            "move",
            row.decision.uuid if row.decision else None,
            str(LeadState(row.to_state).label),
        )
        for row, text in zip(rows, texts, strict=True)
    ]


def _claims(lead: Lead) -> list[Event]:
    events = []
    for row in Claim.objects.filter(lead=lead).select_related("user"):
        events.append(Event(row.claimed_at, row.user.label, "Claimed", row.why, "claim"))
        if row.released_at:
            events.append(Event(row.released_at, row.user.label, "Claim ended", "", "claim"))
    return events


def _overrides(lead: Lead) -> list[Event]:
    rows = list(StopSignOverride.objects.filter(lead=lead).select_related("user"))
    texts = read_all(lead.uuid, [row.reason_sealed for row in rows])
    return [
        Event(row.occurred_at, row.user.label, f"Stop sign overridden: {_sign_words(row.code)}", text, "override")
        for row, text in zip(rows, texts, strict=True)
    ]


def _sign_words(key: str) -> str:
    code, source = (*key.split(":"), "")[:2]
    return f"{code.replace('_', ' ')}{f', {WORDS.get(source, source)}' if source else ''}"


def _notes(lead: Lead) -> list[Event]:
    rows = Note.objects.filter(lead=lead).select_related("author")
    return [Event(row.written_at, row.author.label, "Note corrected" if row.replaces_id else "Note written", "", "note") for row in rows]


def _files(lead: Lead) -> list[Event]:
    rows = list(Attachment.objects.filter(lead=lead, copy_of=None).select_related("added_by", "referral__office"))
    names = read_all(lead.uuid, [row.name_sealed for row in rows])
    return [
        Event(row.added_at, row.added_by.label, f"File from {row.referral.office.name}" if row.referral else "File attached", name, "file")
        for row, name in zip(rows, names, strict=True)
    ]


def _answers(lead: Lead) -> list[Event]:
    rows = list(Referral.objects.filter(lead=lead).exclude(answered_at=None).select_related("office"))
    texts = read_all(lead.uuid, [row.answer_sealed for row in rows])
    return [
        Event(row.answered_at, row.office.name, f"Referral: {row.get_state_display().lower()}", text, "referral")
        for row, text in zip(rows, texts, strict=True)
        if row.answered_at
    ]


def _checks(lead: Lead) -> list[Event]:
    rows = SystemCheck.objects.filter(lead=lead).select_related("entered_by")
    return [
        Event(
            row.entered_at,
            row.entered_by.label,
            f"{WORDS.get(row.source, row.source)} asked by hand",
            f"{day(row.checked_on)}: {row.get_result_display().lower()}",
            "check",
        )
        for row in rows
    ]
