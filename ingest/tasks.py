"""Work in the background: thin doors to the services. Arguments are ids of actors, never data."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from access.clock import agreed_now
from access.context import acting_as
from access.selectors import service_actor
from access.tasks import ActorTask
from ingest.selectors.work import wishes_wait
from ingest.services import expire
from ingest.services.kick import APPLY, REPLAY, REQUESTS, kick
from ingest.services.parts import part_waits
from ingest.services.quarantine import waiting_repairs
from ingest.services.stage import stage_next


@shared_task(base=ActorTask)
def stage_received(*, actor: str) -> None:
    """Check received files until none is left; each in a transaction of its own."""
    working = True
    while working:
        with acting_as(service_actor("ingest")):
            working = stage_next(now=timezone.now())


@shared_task(base=ActorTask)
def sweep(*, actor: str) -> None:
    """Pick up what a lost message or a killed worker left lying."""
    stage_received(actor=actor)
    with acting_as(service_actor("ingest")):
        if part_waits():
            kick(APPLY)
        if wishes_wait():
            kick(REQUESTS)
        if waiting_repairs():
            kick(REPLAY)


@shared_task(base=ActorTask)
def expire_rows(*, actor: str) -> None:
    """Remove rows and files whose stated life is over; many small transactions."""
    with acting_as(service_actor("ingest")):
        now = agreed_now()
    gone = 1
    while gone:
        with acting_as(service_actor("ingest")):
            gone = expire.expire_buffer(now=now)
    with acting_as(service_actor("ingest")):
        expire.expire_quarantine(now=now)
        expire.expire_unused(now=now)
        expire.expire_drop_files(now=now)
