"""The work of `oversight` without a person: sealing every few seconds, verifying when asked and every night."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from celery import shared_task
from django.utils import timezone

from access.context import acting_as
from access.selectors import service_actor
from access.tasks import ActorTask
from foundation.headquarters import desk_day
from oversight.services import disclosures, glass, log
from oversight.services.alarms import raise_alarms
from oversight.services.readings import find_unusual

ME = "audit"


@shared_task(base=ActorTask)
def seal_events(*, actor: str) -> None:
    """Seal and publish what waits. Two at once do no harm: one works, the other finds the lock taken."""
    log.seal_events(actor=service_actor(ME), now=timezone.now())


@shared_task(base=ActorTask)
def verify_log(*, actor: str) -> None:
    """Verify the whole log and record the finding."""
    log.verify_log(actor=service_actor(ME), now=timezone.now())


@shared_task(base=ActorTask)
def find_unusual_reading(*, actor: str) -> None:
    """Look through the day at headquarters that is over."""
    service, now = service_actor(ME), timezone.now()
    with acting_as(service):
        find_unusual(actor=service, day=yesterday(now), now=now)


@shared_task(base=ActorTask)
def watch_bulk_viewing(*, actor: str) -> None:
    """Look whether somebody opens or takes out unusually many records right now."""
    raise_alarms(actor=service_actor(ME), now=timezone.now())


@shared_task(base=ActorTask)
def forget_disclosures(*, actor: str) -> None:
    """Remove what the accounting of disclosures need not keep any longer."""
    service = service_actor(ME)
    with acting_as(service):
        disclosures.forget_disclosures(actor=service, today=timezone.now().date())


@shared_task(base=ActorTask)
def remind_of_reviews(*, actor: str) -> None:
    """Tell the privacy officers of break-glass reviews that are overdue."""
    service = service_actor(ME)
    with acting_as(service):
        glass.remind_of_reviews(actor=service, now=timezone.now())


@shared_task(base=ActorTask)
def forget_words(*, actor: str) -> None:
    """Destroy the words of days whose time is over."""
    service = service_actor(ME)
    with acting_as(service):
        log.forget_words(actor=service, today=timezone.now().date())


def yesterday(now: datetime) -> date:
    """The last day at headquarters that was over at `now` (aware)."""
    return desk_day(now) - timedelta(days=1)
