"""Writing to people that a packet no longer holds: to its office at once, to the supervisors of both sides after an hour.

A mail has no content: neither whose referral it is nor why; it leads to the page, behind the sign-in. What was told and read
stands on the referral. Whose mail cannot be sent reads it in the inbox; where nobody could be written to, the next sweep tries again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.db.models import Q
from django.urls import reverse

from access.context import acting_as
from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import people_at, people_with
from audit.acts import Act
from audit.services import record
from foundation.mail import send_link
from leads.models import Referral
from leads.selectors.referral import UNREAD

logger = logging.getLogger(__name__)
READ_WITHIN = timedelta(hours=1)
TO_OFFICE = (
    "LeadTrac: a packet of your office no longer holds",
    (
        "A packet that your office received was recalled or is out of date. Do not act on it before you have read why, and confirm "
        "there that you have read it:"
    ),
)
TO_SUPERVISORS = (
    "LeadTrac: nobody has read that a packet no longer holds",
    (
        "A packet was recalled or is out of date, and for more than an hour nobody of the office that received it has confirmed to "
        "have read so. See that they do:"
    ),
)


class NobodyWrittenTo(Exception):
    """Every mail about a referral failed."""


def tell_offices(*, actor: User, now: datetime) -> int:
    """Write to the officers of each office whose packet no longer holds; returns how many referrals were told of."""
    require(actor, Permission.SERVICE)
    return _each(actor, UNREAD & Q(told_at=None), lambda referral: _tell(referral, now))


def tell_supervisors(*, actor: User, now: datetime) -> int:
    """Write to the supervisors of both sides where nobody has read it within `READ_WITHIN`; returns of how many referrals."""
    require(actor, Permission.SERVICE)
    late = UNREAD & Q(escalated_at=None, out_of_date_since__lte=now - READ_WITHIN)
    return _each(actor, late, lambda referral: _escalate(referral, now))


def _each(actor: User, which: Q, tell: Callable[[Referral], None]) -> int:
    """Do it for each in a transaction of its own; several workers share the work, none waits for another."""
    with acting_as(actor):
        waiting = list(Referral.objects.filter(which).order_by("out_of_date_since", "pk").values_list("pk", flat=True))
    told = 0
    for pk in waiting:
        try:
            with acting_as(actor):
                found = Referral.objects.filter(which, pk=pk).select_for_update(skip_locked=True, of=("self",)).select_related("office")
                referral = found.first()
                if referral is not None:
                    tell(referral)
                    told += 1
        except NobodyWrittenTo:
            logger.error("nobody could be written to about a packet; the next sweep tries again")  # noqa: TRY400
    return told


def _tell(referral: Referral, now: datetime) -> None:
    people = people_at(referral.office, Permission.ANSWER_REFERRAL)
    _write(referral, people, TO_OFFICE, now)
    Referral.objects.filter(pk=referral.pk).update(told_at=now)


def _escalate(referral: Referral, now: datetime) -> None:
    people = [*people_at(referral.office, Permission.ASSIGN_REFERRAL), *_supervisors(referral)]
    _write(referral, people, TO_SUPERVISORS, now)
    Referral.objects.filter(pk=referral.pk).update(escalated_at=now)


def _supervisors(referral: Referral) -> Sequence[User]:
    """The supervisors of the sender's team; all of them when the team has none."""
    everybody = people_with(Permission.APPROVE_REFERRAL)
    team = referral.sent_by.team
    return [each for each in everybody if team and each.team == team] or everybody


def _write(referral: Referral, people: Sequence[User], words: tuple[str, str], now: datetime) -> None:
    """One mail a person, so that nobody reads who else was written to; the event names the people, not their addresses.

    An address that is refused keeps nobody else from the mail, and is no reason to write to them again and again. Raises
    `NobodyWrittenTo` where every mail failed: then there is no event either.
    """
    record(Act.OFFICE_TOLD, object_kind="referral", object_uuid=referral.uuid, results=[each.uuid for each in people], occurred_at=now)
    subject, text = words
    failed = 0
    for person in people:
        try:
            send_link(person.email, subject=subject, text=text, path=reverse("referral_page", args=[referral.uuid]))
        except (SMTPException, OSError) as error:
            failed += 1
            # an error of the mail server names the addresses: its kind is enough for the log
            logger.error("a mail about a packet could not be sent (%s)", type(error).__name__)  # noqa: TRY400
    if failed and failed == len([person for person in people if person.email]):
        raise NobodyWrittenTo
