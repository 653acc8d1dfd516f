"""The Celery application. Tasks take ids only; work is found in the database, not in messages."""

from __future__ import annotations

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_process_init
from django.conf import settings

from leadtrac.pipeline import SCHEDULE
from leadtrac.ready import refuse_unready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadtrac.settings")

app = Celery("leadtrac")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE
app.autodiscover_tasks()


@setup_logging.connect
def log_as_everywhere(**_: Any) -> None:
    """Workers and scheduler log as the web does: Celery's own format would print the text of every exception, over several lines."""
    logging.config.dictConfig(settings.LOGGING)


@worker_process_init.connect
def refuse_to_start(**_: Any) -> None:
    """A worker under a role that sees everything, or on a restored backup that was not replayed, must not start."""
    refuse_unready()
