"""Work in the background: thin doors to the services. Each piece of work is a transaction of its own."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from access.context import acting_as
from access.selectors import service_actor
from access.tasks import ActorTask
from ingest.services.kick import APPLY, REPLAY, REQUESTS
from subjects.search.services import forget_searches
from subjects.services.apply import apply_next_part
from subjects.services.possible import forget_questions
from subjects.services.replay import replay_next
from subjects.services.wishes import fulfil_next


@shared_task(base=ActorTask, name=APPLY)
def apply_parts(*, actor: str) -> None:
    """Apply one part, then ask for the next: other work gets its turn in between."""
    if apply_next_part(now=timezone.now()):
        apply_parts.delay(actor=actor)


@shared_task(base=ActorTask, name=REQUESTS)
def do_requests(*, actor: str) -> None:
    """Previews and un-imports until nobody waits."""
    while fulfil_next(now=timezone.now()):
        pass


@shared_task(base=ActorTask, name=REPLAY)
def replay_rows(*, actor: str) -> None:
    """Repaired rows until none waits."""
    while replay_next(now=timezone.now()):
        pass


@shared_task(base=ActorTask)
def expire_searches(*, actor: str) -> None:
    """Remove the terms of searches whose hours are over."""
    with acting_as(service_actor("subjects")):
        forget_searches(now=timezone.now())


@shared_task(base=ActorTask)
def expire_questions(*, actor: str) -> None:
    """Remove questions about records whose time in the buffer is over; many small transactions."""
    now = timezone.now()
    gone = 1
    while gone:
        with acting_as(service_actor("subjects")):
            gone = forget_questions(now=now)
