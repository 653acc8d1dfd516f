"""Telling the workers that there is work. A message says nothing but "look": what to do stands in the database, so a lost
message costs only the time until the next sweep."""

from __future__ import annotations

from celery import current_app
from django.db import transaction

APPLY = "subjects.tasks.apply_parts"  # by name: the stage that writes facts lies above this one
REQUESTS = "subjects.tasks.do_requests"
REPLAY = "subjects.tasks.replay_rows"
STAGE = "ingest.tasks.stage_received"


def kick(task: str) -> None:
    """Send `task` once the transaction has committed; a broker that is down does not undo what was done."""
    transaction.on_commit(lambda: current_app.send_task(task, kwargs={"actor": "svc-ingest"}), robust=True)
