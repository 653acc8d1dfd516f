"""Real Celery workers on the benchmark's database, on a queue of their own."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from celery import Celery
from django.conf import settings

from leadtrac.bench.database import url_of

POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Workers:
    """A running worker: the process that the others descend from, and its queue."""

    pid: int
    prefix: str

    def tell(self, task: str, actor: str) -> None:
        """One message, as beat would send it."""
        with Celery(broker=settings.CELERY_BROKER_URL) as app:
            app.conf.broker_transport_options = {"global_keyprefix": self.prefix}
            app.send_task(task, kwargs={"actor": actor})


@contextmanager
def workers(database: str, processes: int) -> Iterator[Workers]:
    """A worker with `processes` processes on its own queue; `tell` sends it a message."""
    prefix = f"bench-{secrets.token_hex(4)}:"
    environment = os.environ | {
        "DATABASE_URL": url_of(database, "DATABASE_URL"),
        "LEADTRAC_DROP_DIR": str(settings.DROP_DIR),
        "LEADTRAC_QUEUE_PREFIX": prefix,
        "LEADTRAC_LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "celery", "-A", "leadtrac", "worker", "--concurrency", str(processes)]
    worker = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        yield Workers(worker.pid, prefix)
    finally:
        worker.terminate()
        worker.wait()


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    """Ask until the condition holds; raises `TimeoutError` when it did not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            message = f"nothing came of it within {seconds:.0f} seconds"
            raise TimeoutError(message)
        time.sleep(POLL_SECONDS)


def peak_mebibytes(parent: int) -> float:
    """The largest resident size that any child process of `parent` ever had (Linux; 0 where /proc is not there)."""
    peaks = [0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue  # it ended meanwhile
        if lines.get("PPid", "").strip() == str(parent):
            peaks.append(int(lines.get("VmHWM", "0 kB").split()[0]))
    return max(peaks) / 1024
