"""The base of every task: it must say who acts."""

from __future__ import annotations

from typing import Any

from celery import Task, shared_task
from django.utils import timezone

from access.context import acting_as
from access.selectors import service_actor
from access.services.accounts import close_inactive_accounts
from access.services.grants import keep_lapsed_sights
from foundation.errors import NoActor


class ActorTask(Task[Any, Any]):
    """Refuses to run without `actor`, the name of a service actor or the id of a user; arguments are ids, never data."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not kwargs.get("actor"):
            message = f"{self.name} was called without an actor"
            raise NoActor(message)
        return super().__call__(*args, **kwargs)


@shared_task(base=ActorTask)
def close_inactive(*, actor: str) -> None:
    """Each hour: close the accounts that nobody has used for 90 days, and those whose time is over; keep anew what people see
    whose grants have ended."""
    service = service_actor("audit")
    with acting_as(service):
        close_inactive_accounts(actor=service, now=timezone.now())
        keep_lapsed_sights(actor=service)
