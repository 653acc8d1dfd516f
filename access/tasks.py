"""The base of every task: it must say who acts."""

from __future__ import annotations

from typing import Any

from celery import Task

from foundation.errors import NoActor


class ActorTask(Task[Any, Any]):
    """Refuses to run without `actor`, the name of a service actor or the id of a user; arguments are ids, never data."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not kwargs.get("actor"):
            message = f"{self.name} was called without an actor"
            raise NoActor(message)
        return super().__call__(*args, **kwargs)
