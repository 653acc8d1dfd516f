"""A worker killed in the middle of its work: nothing is lost, nothing is doubled, and the next worker goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from celery import Celery
from pytest_django import Settings

from access.context import acting_as
from access.selectors import service_actor
from ingest.models import Extract
from ingest.services.stage import stage_next
from launcher.waiting import until
from subjects.matching.pool import LOCK
from tests.databases import owner_connection
from tests.factories.drops import NOW, adis, overstay, receive, write_drop

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
PART_ROWS, ROWS = 400, 1600
DEADLINE_SECONDS = 120
COUNTED = ("subjects_subject", "subjects_namefact", "subjects_admissionfact", "subjects_identifierfact", "ingest_sourcerow")


class Workers:
    """Real Celery workers on one database, on a queue of their own."""

    def __init__(self, database: str, store: Path) -> None:
        self.queue = f"test-{uuid.uuid4().hex[:8]}:"
        address = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))
        self.environment = os.environ | {
            "DATABASE_URL": address,
            "LEADTRAC_DROP_DIR": str(store),
            "LEADTRAC_QUEUE_PREFIX": self.queue,
            "LEADTRAC_LOG_LEVEL": "WARNING",
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "leadtrac", "worker", "--concurrency", "1", "--without-gossip", "--without-mingle"],
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.running.append(worker)
        return worker

    def tell(self, task: str, actor: str = "svc-ingest") -> None:
        """What beat does: one message."""
        options = {"global_keyprefix": self.queue}
        with Celery(broker=os.environ["REDIS_URL"], broker_connection_retry_on_startup=True) as app:
            app.conf.broker_transport_options = options
            app.send_task(task, kwargs={"actor": actor})

    @staticmethod
    def kill(worker: subprocess.Popen[bytes]) -> None:
        """SIGKILL for the worker and its pool at once."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


@pytest.fixture
def workers(world: str, tmp_path: Path, settings: Settings) -> Iterator[Workers]:
    store = tmp_path / "store"
    settings.DROP_DIR = store
    settings.EXTRACT_PART_ROWS = PART_ROWS
    hands = Workers(world, store)
    yield hands
    for worker in hands.running:
        if worker.poll() is None:
            hands.kill(worker)


def rows() -> list[dict[str, str]]:
    """Half of them flagged, each of another person."""
    found = []
    for n in range(ROWS):
        person = {
            "admission_number": f"999{n:06}X4",
            "passport_number": f"ZZ{n:07}",
            "family_name": f"{chr(65 + n % 26)}{chr(65 + n // 26 % 26)}{chr(65 + n // 676)}OVE",
            "date_of_birth": f"{1950 + n % 50}-{1 + n % 12:02}-{1 + n % 28:02}",
        }
        found.append((overstay if n % 2 else adis)(f"R{n}", **person))
    return found


def counts(owner: psycopg.Connection) -> dict[str, int]:
    return {table: owner.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED}  # noqa: S608


def test_a_worker_killed_while_it_writes_leaves_the_part_as_it_was_and_the_next_one_goes_on(
    world: str, workers: Workers, tmp_path: Path
) -> None:
    drops = tmp_path / "drops"
    drops.mkdir()
    received = receive(write_drop(drops, rows()))
    with acting_as(service_actor("ingest")):
        stage_next(now=NOW)
    with owner_connection(world) as owner:

        def writes() -> bool:
            return bool(owner.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted", [LOCK]).fetchone())

        def parts_done() -> int:
            return owner.execute("SELECT count(*) FROM ingest_extractpart WHERE state = 'applied'").fetchone()[0]

        def goes_on(done: int) -> bool:
            return parts_done() > done and writes()

        for _ in range(2):
            done = parts_done()
            worker = workers.start()
            workers.tell("ingest.tasks.sweep")
            assert until(partial(goes_on, done), DEADLINE_SECONDS) or parts_done() == ROWS // PART_ROWS
            workers.kill(worker)
            _consistent(owner, parts_done, writes)

        workers.start()
        workers.tell("ingest.tasks.sweep")
        assert until(lambda: parts_done() == ROWS // PART_ROWS, DEADLINE_SECONDS)

        extract = Extract.objects.get(pk=received.extract.pk)
        assert (extract.state, extract.rows_applied, extract.rows_buffered) == ("applied", ROWS // 2, ROWS // 2)
        assert counts(owner) == {
            "subjects_subject": ROWS // 2,
            "subjects_namefact": ROWS // 2,
            "subjects_admissionfact": ROWS // 2,
            "subjects_identifierfact": ROWS,
            "ingest_sourcerow": ROWS,
        }


def _consistent(owner: psycopg.Connection, parts_done: Callable[[], int], writes: Callable[[], bool]) -> None:
    """The server has given up the dead worker's transaction; what stands is whole parts, and the counts say so."""
    assert until(lambda: not writes(), DEADLINE_SECONDS)
    done = parts_done()
    found = counts(owner)
    assert found["ingest_sourcerow"] == done * PART_ROWS
    assert found["subjects_subject"] == done * PART_ROWS // 2
    applied, buffered = owner.execute("SELECT rows_applied, rows_buffered FROM ingest_extract").fetchone()
    assert applied + buffered == done * PART_ROWS
