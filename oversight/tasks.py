"""The work of `oversight` without a person: sealing every few seconds, verifying when asked and every night."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from access.selectors import service_actor
from access.tasks import ActorTask
from oversight import services

ME = "audit"


@shared_task(base=ActorTask)
def seal_events(*, actor: str) -> None:
    """Seal and publish what waits. Two at once do no harm: one works, the other finds the lock taken."""
    services.seal_events(actor=service_actor(ME), now=timezone.now())


@shared_task(base=ActorTask)
def verify_log(*, actor: str) -> None:
    """Verify the whole log and record the finding."""
    services.verify_log(actor=service_actor(ME), now=timezone.now())
