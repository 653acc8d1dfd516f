"""Leads follow their people into compartments; an office that was told before learns that it must not act, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F

from access.models import Compartment, User
from access.reference import PROTECTED
from access.selectors import class_for
from leads.models import Lead, RecallNotice, Referral
from leads.services.transition import LeadMove, move_leads
from leads.states import REFERRED_STATES, ReferralState

WITHDRAWN = "Headquarters has recalled this referral. Do not act on its packet."


def follow_compartments(subject_ids: Sequence[int], *, actor: User, now: datetime) -> int:
    """Let the leads of these subjects take over compartments that they lack, with all that belongs to them.

    A referral that is open is recalled: the person's data leave the office's sight, a notice without content stays. Returns
    how many leads moved. Runs in the caller's transaction, whose event names the leads; `actor` is a service actor.
    """
    ids = list(subject_ids)
    with connection.cursor() as cursor:
        cursor.execute("SELECT leads_follow_subjects(%s)", [ids])
        (moved,) = cursor.fetchone()
    if moved:
        _recall(actor, ids, now)
    return int(moved)


def leave_compartments(subject_ids: Sequence[int], marks: Sequence[int]) -> int:
    """Take these compartments off the leads of subjects that do not carry them any more; returns how many leads there are.

    A referral that was recalled stays recalled. Runs in the caller's transaction, as a service actor.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT leads_leave_compartments(%s, %s)", [list(subject_ids), list(marks)])
        (left,) = cursor.fetchone()
    return int(left)


def _recall(actor: User, subject_ids: list[int], now: datetime) -> None:
    """Only the protected compartment recalls: into others a referral goes along, to those of the office who are cleared.

    An office loses sight of a referral that was recalled before, too, and keeps a notice of it.
    """
    mark = Compartment.objects.get(code=PROTECTED).pk
    stranded = Referral.objects.select_related("access_class", "packet").filter(
        lead__subject_id__in=subject_ids,
        access_class__compartments__contains=[mark],
        state__in=(ReferralState.SENT, ReferralState.ACCEPTED, ReferralState.RECALLED),
        notice=None,
    )
    notices = [
        RecallNotice(
            referral=referral,
            access_class_id=_without(referral, mark),
            packet_uuid=referral.packet.uuid,
            lead_number=referral.lead_number,
            recalled_at=(referral.answered_at or now) if referral.state == ReferralState.RECALLED else now,
        )
        for referral in stranded.order_by("pk")
    ]
    RecallNotice.objects.bulk_create(notices)
    gone = [notice.referral_id for notice in notices if notice.referral.state != ReferralState.RECALLED]
    Referral.objects.filter(pk__in=gone).update(
        state=ReferralState.RECALLED,
        answered_at=now,
        out_of_date_since=now,
        out_of_date_because=WITHDRAWN,
        acknowledged_by=None,
        acknowledged_at=None,
        version=F("version") + 1,
    )
    leads = Lead.objects.filter(referrals__in=gone, state__in=REFERRED_STATES).order_by("pk")
    move_leads(actor=actor, moves=[LeadMove(lead=lead, action="recall", reason=WITHDRAWN) for lead in leads], now=now)


def _without(referral: Referral, mark: int) -> int:
    """The class in which the office saw the referral before."""
    marks = [each for each in referral.access_class.compartments if each != mark]
    return class_for(audience="office", office_id=referral.office_id, compartments=marks)
