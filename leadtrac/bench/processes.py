"""Other processes that do a benchmark's work side by side, each set up for the benchmark's database and folders."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier

import django
from django.conf import settings


def _make_ready(environment: dict[str, str], all_are: Barrier) -> None:
    os.environ.update(environment)
    django.setup()
    all_are.wait()


@contextmanager
def processes(count: int, *, database_url: str) -> Iterator[ProcessPoolExecutor]:
    """`count` processes on that database, all started when this returns. Imports nothing of ours: a child is not set up yet."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "leadtrac.settings",
        "DATABASE_URL": database_url,
        "LEADTRAC_ARCHIVE_DIR": str(settings.ARCHIVE_DIR),
        "LEADTRAC_CHECKPOINT_DIR": str(settings.CHECKPOINT_DIR),
    }
    spawned = multiprocessing.get_context("spawn")  # not forked: a child would share the parent's connections
    start = (environment, spawned.Barrier(count))
    with ProcessPoolExecutor(count, mp_context=spawned, initializer=_make_ready, initargs=start) as pool:
        for started in [pool.submit(os.getpid) for _ in range(count)]:
            started.result()
        yield pool
