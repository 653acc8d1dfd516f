"""Bulk viewing is told of within minutes: on the auditor's desk, in the program's log, and by mail without content."""

from __future__ import annotations

import logging
from datetime import datetime
from smtplib import SMTPException

from django.urls import reverse

from access.context import acting_as
from access.models import User
from access.permissions import Permission
from access.selectors import people_with
from foundation.mail import send_link
from oversight.services.readings import find_bulk

logger = logging.getLogger(__name__)
SUBJECT = "LeadTrac: unusually many records were opened or taken out"
TEXT = "Somebody opened or took out unusually many records within a short time. Look at it before it goes on:"


def raise_alarms(*, actor: User, now: datetime) -> int:
    """Keep what bulk viewing there is at `now` (aware) and tell those who review reading; returns how many alarms.

    The finding is committed first: where no mail can be sent it still stands on the desk and in the log. Nobody is told of
    the own reading.
    """
    with acting_as(actor):
        readers = find_bulk(actor=actor, now=now)
        people = people_with(Permission.VIEW_AUDIT) if readers else []
    if readers:
        logger.warning("bulk viewing: %s new findings wait for a review", len(readers))
    for person in people:
        if set(readers) - {person.pk}:
            _write(person.email)
    return len(readers)


def _write(address: str) -> None:
    try:
        send_link(address, subject=SUBJECT, text=TEXT, path=reverse("audit_readings"))
    except (SMTPException, OSError) as error:
        # an error of the mail server names the addresses: its kind is enough for the log
        logger.error("a mail about bulk viewing could not be sent; the finding stands on the desk (%s)", type(error).__name__)  # noqa: TRY400
