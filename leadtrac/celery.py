"""The Celery application. Tasks take ids only; work is found in the database, not in messages."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

from leadtrac.pipeline import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadtrac.settings")

app = Celery("leadtrac")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE
app.autodiscover_tasks()


@worker_process_init.connect
def refuse_wrong_role(**_: Any) -> None:
    """A worker under a role that sees everything must not start."""
    from access.checks import role_problems  # needs the app registry

    problems = role_problems()
    if problems:
        raise SystemExit(" ".join(problems))
