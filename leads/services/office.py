"""What an office arranges with its referrals: who works on one, and which other office should have it (ERO offices too)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from access.context import through_service
from access.models import Office, User
from access.permissions import Permission
from access.selectors import offices_on, people_at, service_actor
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput
from leads.looking import Look, look_at, route_of
from leads.models import Lead, Referral
from leads.routing.areas import OfficeKind
from leads.sealing import seal_words
from leads.selectors.in_hand import require_office
from leads.services.answer import change_referral, checked, locked_lead
from leads.services.sending import Sending, send_referral
from leads.services.transition import LeadMove, move_lead
from leads.states import ReferralState

NOT_CURRENT = "What is known has changed since the packet was made. Return the referral: the desk refers it anew on what is known now."
OPEN = (ReferralState.SENT, ReferralState.ACCEPTED)


@transaction.atomic
def assign_referral(*, actor: User, referral: Referral, user: User, now: datetime, version: int | None = None) -> Referral:
    """Give an open referral to an officer of the same office. Raises `Conflict`, `Forbidden`, and `InvalidInput` for anybody else."""
    require_office(actor, Permission.ASSIGN_REFERRAL, referral)
    checked(referral, version)
    if referral.state not in OPEN:
        message = "This referral is no longer open."
        raise Conflict(message)
    if user not in people_at(referral.office, Permission.ANSWER_REFERRAL):
        message = "Choose an officer of your office."
        raise InvalidInput(message, field="user")
    change_referral(referral, assigned_to=user)
    payload = {"answer": "assigned", "to": str(user.uuid)}
    record(Act.REFERRAL_ANSWERED, object_kind="referral", object_uuid=referral.uuid, payload=payload, occurred_at=now)
    referral.refresh_from_db()
    return referral


def offices_to_transfer_to(referral: Referral, now: datetime) -> list[Office]:
    """The field offices of today, HSI and ERO, without the one that has it."""
    return list(offices_on(now.date()).exclude(kind=Office.Kind.HEADQUARTERS).exclude(pk=referral.office_id))


def hand_over_words(*, actor: User, referral: Referral, now: datetime) -> str:
    """Which ERO office has the place that the packet names, and why; empty once the packet no longer says what is known.

    Raises `Forbidden`. Nothing is written.
    """
    require_office(actor, Permission.ANSWER_REFERRAL, referral)
    with through_service(service_actor("leads")):
        lead = Lead.objects.select_related("subject", "organization").get(pk=referral.lead_id)
        look = look_at(lead, now)
        chosen = route_of(lead, look, now.date(), OfficeKind.ERO) if _is_current(referral, look, now) else None
    if chosen is None:
        return ""
    return f"For a hand-over to ERO: {chosen.office_name or 'no office can be told'}. {chosen.reason}"


@transaction.atomic
def transfer_referral(
    *, actor: User, referral: Referral, office: Office, reason: str, now: datetime, version: int | None = None
) -> Referral:
    """Hand an open referral to another office, with a packet addressed to it; returns the new referral.

    Notes and files that headquarters wrote for the office go along: the office that hands it on reads them no more.
    Only while the packet says what is known: then the new one says the same, and the approval given for it still stands.
    Otherwise `Conflict`: the office returns it and the desk decides anew. `InvalidInput` for an office that is none.
    """
    require_office(actor, Permission.ANSWER_REFERRAL, referral)
    checked(referral, version, "transfer", reason)
    if office not in offices_to_transfer_to(referral, now):
        message = "Choose one of the listed offices."
        raise InvalidInput(message, field="office")
    words = f"{referral.office.name} to {office.name}: {reason.strip()}"
    with through_service(service_actor("leads")):
        lead = locked_lead(referral)
        look = look_at(lead, now)
        if not _is_current(referral, look, now):
            raise Conflict(NOT_CURRENT)
        sending = _to_another(referral, lead, look, office, words)  # before the move, which may change the lead's class
        move_lead(actor=actor, move=LeadMove(lead=lead, action="transfer", reason=words, office_id=office.pk), now=now)
        sealed = seal_words(referral.lead_uuid, words)
        change_referral(referral, state=ReferralState.TRANSFERRED, answer_sealed=sealed, answered_at=now)
        sent = send_referral(sending, now)
        _hand_over(sent)
    record(
        Act.REFERRAL_ANSWERED,
        object_kind="referral",
        object_uuid=referral.uuid,
        results=[sent.uuid],
        payload={"answer": "transferred", "to": office.code, "reason": reason.strip()},
        scope=referral.lead_uuid,
        occurred_at=now,
    )
    return sent


def _is_current(referral: Referral, look: Look, now: datetime) -> bool:
    """Whether the packet still says what is known, and may be relied on."""
    if now.date() > referral.packet.do_not_rely_after or referral.out_of_date_since is not None:
        return False
    return look.says_what(referral)


def _to_another(referral: Referral, lead: Lead, look: Look, office: Office, words: str) -> Sending:
    """What is sent instead: the same people and the same decision stand behind it."""
    return Sending(
        lead=lead,
        look=look,
        office=office,
        reason=f"Transferred by {words}",
        sent_by=referral.sent_by,
        approved_by=referral.approved_by,
        decision=referral.decision,
        compartments=lead.access_class.compartments,
        transferred_from=referral,
    )


def _hand_over(sent: Referral) -> None:
    """What headquarters wrote for the office goes along with the referral."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT leads_hand_over(%s)", [sent.pk])
