"""Sealing, publishing and verifying in place, on a database of the test's own with real commits."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.log.destruction import record_destruction
from audit.log.publishing import DESTROYERS, KEY, PublishedLogIsAhead, publish
from audit.log.sealing import seal_batch
from audit.log.verifying import verify
from audit.models import Checkpoint, Leaf, Unsealed
from audit.services import record
from leadtrac import env
from tests.audit.conftest import NOW, seal_and_publish
from tests.databases import owner_connection
from tests.factories.people import person
from verifier.verify_log import Report


def acts(count: int, scope: uuid.UUID | None = None) -> None:
    with acting_as(person("ana", "analyst")):
        for number in range(count):
            record(Act.VIEW, object_kind="lead", object_uuid=uuid.uuid4(), payload={"number": number}, scope=scope)


def verified() -> Report:
    from django.utils import timezone

    with acting_as(service_actor("audit")):
        return verify(now=timezone.now())


def found(report: Report) -> list[tuple[str, int | None]]:
    return [(problem.kind, problem.index) for problem in report.problems]


def as_owner(world: str, statement: str, *values: object) -> None:
    """What somebody with the owner's password could do."""
    with owner_connection(world) as owner:
        for table in ("audit_event", "audit_leaf", "audit_checkpoint"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(statement, values)
        for table in ("audit_event", "audit_leaf", "audit_checkpoint"):
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def sealed(world: str, folder: Path) -> str:
    """Twenty-five events under three checkpoints."""
    for _ in range(3):
        acts(8)
        seal_and_publish()
    return world


def test_events_are_sealed_in_order_without_a_gap_and_wait_no_longer(world: str, folder: Path) -> None:
    acts(5)

    assert seal_and_publish(batch=2) == 5

    with acting_as(service_actor("audit")):
        assert list(Leaf.objects.order_by("seq").values_list("seq", flat=True)) == [0, 1, 2, 3, 4]
        assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [2, 4, 5]
        assert not Unsealed.objects.exists()
    assert verified().sound


def test_an_event_that_commits_late_is_sealed_late_and_never_missed(world: str, folder: Path) -> None:
    app = env.database("DATABASE_URL")
    with psycopg.connect(dbname=world, user=app["USER"], password=app["PASSWORD"], host=app["HOST"], port=app["PORT"]) as late:
        late.execute(
            "INSERT INTO audit_event (uuid, occurred_at, act, allowed, view, object_kind, result_uuids, field_names, "
            "purpose_kind, session_ref, origin) VALUES (gen_random_uuid(), now(), 'view', true, '', '', '{}', '{}', '', '', '')"
        )
        acts(2)
        assert seal_and_publish() == 2
        late.commit()

    assert seal_and_publish() == 1
    report = verified()
    assert (report.sound, report.events) == (True, 3)


def test_an_event_that_was_removed_before_it_was_sealed_is_missed(world: str, folder: Path) -> None:
    acts(3)
    as_owner(world, "DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event WHERE act = 'view')")
    seal_and_publish()

    assert found(verified()) == [("unsealed", None)]


def test_what_is_published_grows_by_appending_and_is_the_same_in_both_folders(sealed: str, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    acts(3)
    seal_and_publish()

    for name, content in before.items():
        grown = (folder / name).read_bytes()
        assert grown.startswith(content)
        assert len(grown) > len(content) or name == KEY
        assert (folder.parent / "second" / name).read_bytes() == grown


@pytest.mark.parametrize("lost", [1, 40, 200])
def test_a_write_that_a_crash_cut_short_is_completed_by_the_next_one(sealed: str, folder: Path, lost: int) -> None:
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}
    for name, content in whole.items():
        (folder / name).write_bytes(content[:-lost])

    with acting_as(service_actor("audit")):
        publish()

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == whole


@pytest.mark.check(46)
def test_a_restored_older_database_fails_and_does_not_write_a_second_history(sealed: str, folder: Path) -> None:
    as_owner(sealed, "DELETE FROM audit_checkpoint WHERE size > 16")
    as_owner(sealed, "DELETE FROM audit_leaf WHERE seq >= 16")
    as_owner(sealed, "DELETE FROM audit_event e WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_uuid = e.uuid)")
    published = (folder / "checkpoints").read_bytes()

    assert found(verified())[0] == ("cut", 16)
    acts(1)
    with acting_as(service_actor("audit")):
        seal_batch(now=NOW)
    with acting_as(service_actor("audit")), pytest.raises(PublishedLogIsAhead):
        publish()
    assert (folder / "checkpoints").read_bytes() == published


def test_a_first_folder_that_was_taken_back_with_the_database_is_told_by_the_second(sealed: str, folder: Path) -> None:
    as_owner(sealed, "DELETE FROM audit_checkpoint WHERE size > 16")
    as_owner(sealed, "DELETE FROM audit_leaf WHERE seq >= 16")
    as_owner(sealed, "DELETE FROM audit_event e WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.event_uuid = e.uuid)")
    with acting_as(service_actor("audit")):
        last = Checkpoint.objects.order_by("-size").first()
    assert last is not None
    earlier = {"leaves": 16 * 32, "checkpoints": last.starts_at + len(last.note.encode()) + 1}
    for name, size in earlier.items():
        (folder / name).write_bytes((folder / name).read_bytes()[:size])

    assert found(verified()) == [("copies", None)]
    acts(1)
    with acting_as(service_actor("audit")):
        seal_batch(now=NOW)
    with acting_as(service_actor("audit")), pytest.raises(PublishedLogIsAhead):
        publish()
    assert {name: (folder / name).stat().st_size for name in earlier} == earlier, "nothing is written before every folder was looked at"


def test_a_history_written_anew_behind_the_published_one_is_refused_too(sealed: str, folder: Path) -> None:
    (folder / "leaves").write_bytes(b"\x00" * len((folder / "leaves").read_bytes()))
    acts(1)

    with acting_as(service_actor("audit")):
        seal_batch(now=NOW)
    with acting_as(service_actor("audit")), pytest.raises(PublishedLogIsAhead):
        publish()


@pytest.mark.check(45)
def test_a_changed_event_is_named(sealed: str) -> None:
    as_owner(sealed, "UPDATE audit_event SET act = 'list' WHERE uuid = (SELECT event_uuid FROM audit_leaf WHERE seq = 7)")

    assert found(verified()) == [("changed", 7)]


def test_a_changed_event_is_named_even_when_its_leaf_was_changed_with_it(sealed: str) -> None:
    as_owner(sealed, "UPDATE audit_event SET actor_id = 999 WHERE uuid = (SELECT event_uuid FROM audit_leaf WHERE seq = 3)")
    as_owner(sealed, "UPDATE audit_leaf SET hash = decode(repeat('00', 32), 'hex') WHERE seq = 3")

    assert found(verified()) == [("changed", 3)]


@pytest.mark.check(45)
def test_a_deleted_event_is_named(sealed: str) -> None:
    as_owner(sealed, "DELETE FROM audit_event WHERE uuid = (SELECT event_uuid FROM audit_leaf WHERE seq = 11)")

    assert found(verified())[0] == ("dropped", 11)


@pytest.mark.check(45)
def test_two_events_that_changed_places_are_named(sealed: str) -> None:
    as_owner(sealed, "UPDATE audit_leaf SET seq = 1000 WHERE seq = 5")
    as_owner(sealed, "UPDATE audit_leaf SET seq = 5 WHERE seq = 9")
    as_owner(sealed, "UPDATE audit_leaf SET seq = 9 WHERE seq = 1000")

    assert found(verified()) == [("reordered", 5)]


def test_an_event_that_was_never_sealed_is_overdue_after_a_minute(sealed: str) -> None:
    acts(1)

    with acting_as(service_actor("audit")):
        assert found(verify(now=NOW.replace(year=2099))) == [("unsealed", None)]


def test_an_event_taken_off_the_queue_is_missed_by_the_sealer_and_found_by_the_verifier(sealed: str) -> None:
    acts(1)
    as_owner(sealed, "DELETE FROM audit_unsealed")
    seal_and_publish()

    with acting_as(service_actor("audit")):
        assert found(verify(now=NOW.replace(year=2099))) == [("unsealed", None)]


def test_words_that_were_removed_without_a_destruction_are_tampering(sealed: str) -> None:
    as_owner(sealed, "DELETE FROM audit_payload WHERE event_uuid = (SELECT event_uuid FROM audit_leaf WHERE seq = 9)")

    assert found(verified()) == [("words", 9)]


def test_words_that_were_changed_are_tampering(sealed: str) -> None:
    as_owner(
        sealed, "UPDATE audit_payload SET sealed = sealed || '\\x00' WHERE event_uuid = (SELECT event_uuid FROM audit_leaf WHERE seq = 9)"
    )

    assert found(verified()) == [("words", 9)]


def test_words_whose_scope_a_destruction_names_were_lawfully_destroyed(world: str, folder: Path) -> None:
    lead = uuid.uuid4()
    acts(4, scope=lead)
    acts(2)
    with acting_as(service_actor("retention")):
        record_destruction(object_kind="run", object_uuid=uuid.uuid4(), results=[lead], fields=["done"], payload={"records": 1})
    as_owner(world, "DELETE FROM audit_payload WHERE scope = %s", lead)
    as_owner(world, "DELETE FROM audit_datakey WHERE scope = %s", lead)
    seal_and_publish()

    report = verified()

    assert (report.sound, report.destroyed) == (True, 4)

    (folder / DESTROYERS).write_bytes((folder / DESTROYERS).read_bytes()[:-50])  # a crash cut the writing short
    assert not verified().sound
    acts(1)
    seal_and_publish()
    assert verified().sound
    whole = (folder / DESTROYERS).read_bytes()
    acts(1)
    seal_and_publish()
    assert (folder / DESTROYERS).read_bytes() == whole, "each key is told once"


def test_words_written_after_the_destruction_that_names_their_scope_are_not_excused_by_it(world: str, folder: Path) -> None:
    lead = uuid.uuid4()
    with acting_as(service_actor("retention")):
        record_destruction(object_kind="run", object_uuid=uuid.uuid4(), results=[lead], fields=["done"], payload={"records": 1})
    acts(1, scope=lead)
    as_owner(world, "DELETE FROM audit_payload WHERE scope = %s", lead)
    seal_and_publish()

    assert found(verified()) == [("words", 1)]


def test_two_sealers_at_once_make_one_log(world: str, folder: Path) -> None:
    acts(30)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(10):
                with acting_as(service_actor("audit")):
                    seal_batch(now=NOW, batch=2)
        except BaseException as error:  # noqa: BLE001  # handed to the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal_and_publish()

    assert errors == []
    report = verified()
    assert (report.sound, report.events) == (True, 30)


@pytest.mark.check(44)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_leaf SET seq = 99",
        "DELETE FROM audit_leaf",
        "TRUNCATE audit_leaf",
        "UPDATE audit_checkpoint SET size = 99",
        "DELETE FROM audit_checkpoint",
        "DELETE FROM audit_unsealed",
        "INSERT INTO audit_unsealed VALUES (1)",
        "INSERT INTO audit_leaf VALUES (99, gen_random_uuid(), '')",
    ],
)
def test_not_even_the_sealer_may_rewrite_the_log(sealed: str, statement: str) -> None:
    with pytest.raises(DatabaseError), acting_as(service_actor("audit")), connection.cursor() as cursor:
        cursor.execute(statement)


def test_nobody_but_the_sealer_appends_to_the_log(sealed: str) -> None:
    for name in ("leads", "retention", "ingest"):
        with pytest.raises(DatabaseError), acting_as(service_actor(name)), connection.cursor() as cursor:
            cursor.execute("INSERT INTO audit_leaf VALUES (24, gen_random_uuid(), '')")
    with acting_as(person("ana", "analyst")):
        assert (Leaf.objects.count(), Checkpoint.objects.count(), Unsealed.objects.count()) == (0, 0, 0)
