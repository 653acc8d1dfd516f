"""The audit log: events a second at eight clients with and without sealing, sealing and verifying 100,000 events (ten times
that with --scale 10), and who looked at one lead.

Each client writes events as requests do: one transaction an event, the context opened, the words sealed. The yardstick is the
same number of bare rows, one transaction each, into a table without policy, trigger or words.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from access.context import acting_as
from access.models import RoleGrant, User
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from audit.services import record
from leadtrac.bench.database import as_owner
from leadtrac.bench.figure import Figure
from oversight.selectors.events import looks_at
from oversight.services.log import seal_events, verify_log

EVENTS, SHOWN, CLIENTS, SECONDS, RUNS = 100_000, 50, 8, 6.0, 40
LOOKED_MS, EVENTS_A_SECOND, VERIFY_A_MILLION = 20.0, 200.0, 60.0
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)

# three in ten events are a page of fifty ids out of a tenth as many leads as there are events
_FILL = """
INSERT INTO audit_event (uuid, occurred_at, actor_id, act, allowed, view, object_kind, object_uuid, result_uuids, field_names,
    purpose_kind, session_ref, origin)
SELECT gen_random_uuid(), %(now)s - make_interval(secs => n), %(actor)s,
    CASE WHEN n %% 10 < 3 THEN 'list' ELSE 'view' END, true, 'bench', 'lead',
    CASE WHEN n %% 10 < 3 THEN NULL ELSE md5('lead ' || n %% %(leads)s)::uuid END,
    CASE WHEN n %% 10 < 3 THEN (SELECT array_agg(md5('lead ' || (n * 7 + k * 131) %% %(leads)s)::uuid) FROM generate_series(1, %(shown)s) k)
         ELSE '{}' END,
    '{}', '', '', ''
FROM generate_series(1, %(events)s) n
"""
_PLAIN = """
SELECT uuid, occurred_at, actor_id, act FROM audit_event WHERE object_uuid = %s OR result_uuids @> ARRAY[%s]::uuid[]
ORDER BY occurred_at DESC, id DESC LIMIT 51
"""


def measure(scale: int) -> Iterator[Figure]:
    """Writing, sealing, verifying, asking; `scale` multiplies the events that lie in the log."""
    events = EVENTS * scale
    analyst, auditor = _person("bench-analyst", "analyst"), _person("bench-auditor", "auditor")
    with tempfile.TemporaryDirectory() as folder, _folder(Path(folder)):
        yield from _writing(analyst)
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(_FILL, {"now": NOW, "actor": analyst.pk, "events": events, "leads": events // 10, "shown": SHOWN})
            cursor.execute("VACUUM ANALYZE")
        yield from _sealing(events)
    yield from _looking(auditor, events)


def _person(name: str, role: str) -> User:
    user = User.objects.create(username=name)
    with acting_as(service_actor("audit")):
        RoleGrant.objects.create(user=user, role_id=role, reason="bench")
    return user


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    before = settings.CHECKPOINT_DIR, settings.SECOND_CHECKPOINT_DIR
    settings.CHECKPOINT_DIR, settings.SECOND_CHECKPOINT_DIR = folder, ""
    try:
        yield
    finally:
        settings.CHECKPOINT_DIR, settings.SECOND_CHECKPOINT_DIR = before


def _writing(analyst: User) -> Iterator[Figure]:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_bare (id bigserial PRIMARY KEY, uuid uuid, at timestamptz, actor bigint, act text, object uuid)")
        cursor.execute(f'GRANT ALL ON bench_bare, bench_bare_id_seq TO "{settings.APPLICATION_ROLE}"')

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bench_bare (uuid, at, actor, act, object) VALUES (%s, %s, %s, 'view', %s)",
                [uuid.uuid4(), NOW, analyst.pk, uuid.uuid4()],
            )

    def event() -> None:
        with acting_as(analyst):
            record(Act.VIEW, object_kind="lead", object_uuid=uuid.uuid4(), payload={"reason": "measured"}, occurred_at=NOW)

    plain = _rate(bare)
    alone, sealed = _rate(event), _rate(event, beside=lambda: seal_events(actor=service_actor("audit"), now=timezone.now()))
    what = f"events with words at {CLIENTS} clients"
    yield Figure(f"{what}, nobody seals", alone, "a second", plain, "bare rows", at_least=EVENTS_A_SECOND)
    yield Figure(f"{what}, the sealer at work", sealed, "a second", alone, "nobody seals", at_least=EVENTS_A_SECOND)


def _rate(work: Callable[[], None], beside: Callable[[], object] | None = None) -> float:
    """How often a second eight threads, each on a connection of its own, do the work; `beside` runs again and again in a ninth."""
    over, counts = threading.Event(), [0] * CLIENTS

    def client(place: int) -> None:
        try:
            while not over.is_set():
                work()
                counts[place] += 1
        finally:
            connection.close()

    def other() -> None:
        try:
            while beside is not None and not over.wait(0.5):
                beside()
        finally:
            connection.close()

    threads = [threading.Thread(target=client, args=(place,)) for place in range(CLIENTS)]
    threads += [threading.Thread(target=other)] if beside else []
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    over.wait(SECONDS)
    over.set()
    spent = time.perf_counter() - began
    for thread in threads:
        thread.join()
    return sum(counts) / spent


def _sealing(events: int) -> Iterator[Figure]:
    service = service_actor("audit")
    began = time.perf_counter()
    sealed = seal_events(actor=service, now=timezone.now())
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    with acting_as(service):
        read = sum(1 for _ in Event.objects.values_list("uuid", "act", "result_uuids").iterator(chunk_size=10_000))
    plain = time.perf_counter() - began
    yield Figure(f"seal and publish {sealed:,} events", seconds, "s", plain, f"reading {read:,} rows")
    began = time.perf_counter()
    report = verify_log(actor=service, now=timezone.now())
    spent = time.perf_counter() - began
    limit = VERIFY_A_MILLION * max(events, EVENTS) / 1_000_000
    yield Figure(f"verify {report.events:,} events", spent, "s", plain, "reading the rows", at_most=limit)
    yield Figure("the log is sound", float(report.sound), "1 = yes", at_least=1.0)


def _looking(auditor: User, events: int) -> Iterator[Figure]:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE audit_event")
        cursor.execute("SELECT md5('lead ' || 7)::uuid")
        (lead,) = cursor.fetchone()
    with acting_as(auditor):
        shown = len(looks_at(auditor, lead).lines)
        ours = _p95(lambda: looks_at(auditor, lead))
        policy = _p95(lambda: _ask(lead), 5)
    yield Figure(
        f"who looked at one lead, {events:,} events ({shown} shown), p95",
        ours,
        "ms",
        policy,
        "the same under the policy",
        at_most=LOOKED_MS,
    )


def _ask(lead: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN, [lead, lead])
        cursor.fetchall()


def _p95(work: Callable[[], object], runs: int = RUNS) -> float:
    work()
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(times, n=20)[-1]
