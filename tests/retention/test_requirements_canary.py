"""After destruction nothing is left in plain text, wherever it had been (records management requirement R19)."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from access.context import acting_as
from access.selectors import service_actor
from launcher.waiting import until
from leadtrac.bench.client import signed_in
from leadtrac.logs import JSONFormatter
from retention.models import TableRewrite
from retention.services import canary
from retention.services.forgetting import forget_people
from retention.services.maintenance import STATISTICS, maintain
from subjects.search.services import forget_searches
from tests.databases import owner_connection
from tests.factories.people import person
from tests.factories.records import Officers, finished_run, old_lead, old_subject, twenty_five_years
from tests.pages import words

pytestmark = [pytest.mark.usefixtures("world"), pytest.mark.slow, pytest.mark.requirement("R19")]
CANARY = "quokkaburrow"
PLACES = {"database dump", "database files", "drops", "archive", "attachments", "checkpoints", "Redis", "logs"}
SEARCHES_OVER = PEOPLE_OVER = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Everything that the application logs meanwhile, as production writes it."""
    path = tmp_path / "web.log"
    handler = logging.FileHandler(path)
    handler.setFormatter(JSONFormatter())
    logging.getLogger().addHandler(handler)
    yield path
    logging.getLogger().removeHandler(handler)
    handler.close()


def rewrite(team: Officers) -> None:
    """As an officer does who is told that a transaction of somebody else kept dead rows: run it again. Other tests work beside this one."""
    connection.close()

    def done() -> bool:
        return all(each.left_behind == 0 for each in maintain(actor=team.rita, patience_seconds=240))

    assert until(done, 720), "old transactions on this server outlasted the patience"


def destroy(team: Officers) -> None:
    """Archive, rewrite the tables, destroy: every old transaction on this server is waited for."""
    finished_run(team, "archive")
    rewrite(team)
    finished_run(team, "destroy")


@pytest.mark.check(55)
def test_r19_after_destruction_no_canary_is_left_in_dump_heap_files_redis(world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        for _ in range(2):
            old_lead(words=CANARY)
    with owner_connection(world) as owner:
        owner.execute("ANALYZE")  # the planner keeps what stands in several rows
    assert {found.place for found in canary.scan([CANARY])} >= {"database dump"}

    destroy(team)

    assert canary.scan([CANARY]) == []
    looked = canary.looked_at()
    assert set(looked) == PLACES
    assert all("bytes" in looked[place] for place in ("database dump", "database files"))


def test_r19_of_a_person_without_a_lead_no_canary_is_left_once_the_tables_are_rewritten(world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("subjects")):
        old_subject(CANARY)
    with owner_connection(world) as owner:
        owner.execute("ANALYZE")
    assert "database dump" in {found.place for found in canary.scan([CANARY])}

    forget_people(now=PEOPLE_OVER)
    rewrite(team)

    assert canary.scan([CANARY, f"1 {CANARY} Street"]) == []


@pytest.mark.parametrize(("left_behind", "again"), [(3, ["pg_statistic"]), (0, [])])
def test_r19_values_that_the_planner_kept_are_rewritten_again_though_no_table_waits(left_behind: int, again: list[str]) -> None:
    team, moment = twenty_five_years(), datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
    sizes = {"bytes_before": 0, "bytes_after": 0}
    with acting_as(team.rita):
        TableRewrite.objects.create(
            table=STATISTICS, started_at=moment, finished_at=moment, left_behind=left_behind, done_by=team.rita, **sizes
        )
    connection.close()

    assert [each.table for each in maintain(actor=team.rita, patience_seconds=240)] == again


def test_r19_what_people_looked_at_searched_for_and_took_out_is_gone_too(world: str, tmp_path: Path, log: Path) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead(words=CANARY, state="queued", close_reason="")
    analyst = signed_in(person("ana", "analyst"))
    assert CANARY in words(analyst.get(reverse("lead_page", args=[lead.number]))).lower()
    asked = analyst.post(reverse("person_search"), {"name": CANARY, "purpose": "research"})
    assert asked.status_code == 302
    assert CANARY in words(analyst.get(asked.headers["Location"])).lower()
    assert CANARY in analyst.get("/queue/export/csv/?tab=all").content.decode().lower()
    with owner_connection(world) as owner:
        owner.execute("UPDATE leads_lead SET state = 'closed', close_reason = 'departed'")
    assert analyst.get(f"/no/such/page/{lead.number}/").status_code == 404, "an error is logged too"
    assert log.read_text()

    destroy(team)
    with acting_as(service_actor("subjects")):
        forget_searches(now=SEARCHES_OVER)

    assert canary.scan([CANARY, f"1 {CANARY} Street"], logs=[log]) == []
    assert set(canary.looked_at()) == PLACES
    assert "bytes" in canary.looked_at()["logs"]
    with owner_connection(world) as owner:
        assert owner.execute("SELECT count(*) FROM subjects_nametoken").fetchone()[0] == 0, "search remembers no word of a name"
        assert owner.execute("SELECT count(*) FROM audit_datakey WHERE scope = %s", [lead.uuid]).fetchone()[0] == 0


def test_r19_the_scan_finds_a_canary_in_each_place_that_it_names(tmp_path: Path, world: str) -> None:
    """A scan that finds nothing is worth what it would have found."""
    drops, log = tmp_path / "drops", tmp_path / "worker.log"
    for folder in (drops, *(Path(each) for each in (settings.ARCHIVE_DIR, settings.ATTACHMENT_DIR, settings.CHECKPOINT_DIR))):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "left").write_bytes(CANARY.encode("utf-16-le"))
    log.write_text(f'{{"event": "{CANARY.upper()}"}}')
    client = redis.Redis.from_url(settings.REDIS_URL)
    cache.set("a-page", CANARY)
    client.lpush("a queue of this test", f'{{"args": ["{CANARY}"]}}')
    with owner_connection(world) as owner:
        owner.execute("INSERT INTO subjects_nametoken (token) VALUES (%s)", [CANARY])
    try:
        before = settings.DROP_DIR
        settings.DROP_DIR = drops
        found = {each.place for each in canary.scan([CANARY], logs=[log])}
    finally:
        settings.DROP_DIR = before
        client.delete("a queue of this test")
        cache.delete("a-page")

    assert found >= PLACES - {"database files"}, "the server writes its files when it sees fit"


@pytest.mark.parametrize("kind", ["string", "list", "set", "hash", "zset", "stream", "queue"])
def test_r19_the_scan_reads_redis_as_what_it_holds(kind: str) -> None:
    """A dump of a key would be compressed: what was said twice stands there once."""
    client, key = redis.Redis.from_url(settings.REDIS_URL), f"a {kind} of this test"
    half = len(CANARY) // 2
    value = f"{CANARY[:half] * 40} {CANARY[half:] * 40} {CANARY}"
    put = {
        "string": lambda: client.set(key, value),
        "list": lambda: client.rpush(key, value),
        "set": lambda: client.sadd(key, value),
        "hash": lambda: client.hset(key, "field", value),
        "zset": lambda: client.zadd(key, {value: 1}),
        "stream": lambda: client.xadd(key, {"field": value}),
        "queue": lambda: client.lpush(key, json.dumps({"body": base64.b64encode(value.encode()).decode()})),
    }
    put[kind]()
    try:
        assert {each.place for each in canary.scan([CANARY])} == {"Redis"}
    finally:
        client.delete(key)


def test_r19_the_command_says_which_logs_it_read_and_what_it_could_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values, logs, said = tmp_path / "values", tmp_path / "logs", StringIO()
    values.write_text(f"{CANARY}\n")
    monkeypatch.setattr(settings, "LOG_PATHS", [])
    call_command("retention", "canary", values=values, stdout=said)
    assert "checkpoints, logs." in said.getvalue()

    logs.mkdir()
    (logs / "worker.log").write_text(CANARY)
    with pytest.raises(CommandError, match="still hold"):
        call_command("retention", "canary", values=values, logs=[logs], stdout=said)
    assert "FOUND in logs: value 1" in said.getvalue()
