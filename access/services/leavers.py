"""Who leaves or changes duties: told by their supervisor, so that an administrator takes away in time what is no longer needed.

NIST SP 800-53 AC-2(h), FedRAMP moderate: account managers are told within 24 hours, of a person who leaves within 8
(records-audit-privacy 6, check 22).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from smtplib import SMTPException

from django.db import transaction
from django.urls import reverse

from access.models import Leaver, User
from access.permissions import Permission
from access.policy import require
from access.selectors import colleagues_for, people_with
from access.services.grants import require_another
from access.temporary import TEMPORARY_FOR
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.mail import send_link

logger = logging.getLogger(__name__)
SUBJECT = "LeadTrac: somebody leaves or changes duties"
TEXT = "A supervisor tells that a colleague leaves or changes duties. See what the account no longer needs:"


def tell_of_leaver(*, actor: User, user: User, kind: str, last_day: date, reason: str, now: datetime) -> Leaver:
    """Tell the administrators that a colleague leaves or changes duties after `last_day`; an account of who leaves closes by itself.

    Where no mail can be sent, the word still stands on the page of accounts. Raises `Forbidden`, `InvalidInput`, `Conflict`
    (told already), `NotFound` (no colleague).
    """
    leaver = _kept(actor=actor, user=user, kind=kind, last_day=last_day, reason=reason, now=now)
    transaction.on_commit(lambda: _write_to(people_with(Permission.MANAGE_USER)))
    return leaver


@transaction.atomic
def _kept(*, actor: User, user: User, kind: str, last_day: date, reason: str, now: datetime) -> Leaver:
    if not colleagues_for(actor).filter(pk=user.pk).exists():
        raise NotFound
    if kind not in Leaver.Kind.values:
        raise InvalidInput("Choose one.", field="kind")
    if not reason.strip():
        raise InvalidInput("Say why.", field="reason")
    if Leaver.objects.filter(user=user, settled_at=None).exists():
        message = "The administrators have been told of this person already."
        raise Conflict(message)
    leaver = Leaver.objects.create(user=user, kind=kind, last_day=last_day, reason=reason.strip(), told_by=actor, told_at=now)
    over = end_of(last_day)
    if kind == Leaver.Kind.LEAVES and (user.closes_at is None or user.closes_at > over):
        User.objects.filter(pk=user.pk).update(closes_at=over)
    payload = {"kind": kind, "last_day": last_day.isoformat(), "reason": leaver.reason}
    record(Act.LEAVER_TOLD, object_kind="user", object_uuid=user.uuid, fields=["closes_at"], payload=payload, occurred_at=now)
    return leaver


@transaction.atomic
def keep_leaver(*, actor: User, user: User, reason: str, now: datetime) -> None:
    """An administrator has dealt with the word, and the account stays. Raises `InvalidInput`, `Conflict`, `Forbidden`."""
    require(actor, Permission.MANAGE_USER)
    require_another(actor, user)
    if not reason.strip():
        raise InvalidInput("Say why.", field="reason")
    leaver = Leaver.objects.filter(user=user, settled_at=None).first()
    if leaver is None:
        message = "Nothing is left to deal with: another administrator was quicker."
        raise Conflict(message)
    settle_leaver(actor=actor, user=user, now=now)
    by_itself = user.opened_at + TEMPORARY_FOR if user.temporary else None
    User.objects.filter(pk=user.pk, closes_at=end_of(leaver.last_day)).update(closes_at=by_itself)
    payload = {"leaver": "dealt with", "reason": reason}
    record(Act.USER_CHANGED, object_kind="user", object_uuid=user.uuid, fields=["closes_at"], payload=payload, occurred_at=now)


def settle_leaver(*, actor: User, user: User, now: datetime) -> None:
    """Nothing waits any more; part of what closes an account, which leaves the event."""
    Leaver.objects.filter(user=user, settled_at=None).update(settled_by=actor, settled_at=now)


def end_of(day: date) -> datetime:
    """The last moment of a day, UTC."""
    return datetime.combine(day, time.max, UTC)


def _write_to(people: Iterable[User]) -> None:
    for person in people:
        try:
            send_link(person.email, subject=SUBJECT, text=TEXT, path=reverse("user_list"))
        except (SMTPException, OSError) as error:
            # an error of the mail server names the addresses: its kind is enough for the log
            logger.error("a mail about a leaver could not be sent; the word stands on the page of accounts (%s)", type(error).__name__)  # noqa: TRY400
