"""Skeletons and signed checkpoints: the exact bytes, and what is refused."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.log.checkpoint import BadCheckpoint, Checkpoint, moment, opened, public_key, sign, verifier_key
from audit.log.skeleton import COLUMNS, ROW_LENGTH, has_words, line_of, selected, skeleton
from audit.models import Event

SEED = bytes(range(32))
ORIGIN = "test.example/audit"
NOTE = Checkpoint(ORIGIN, 12, b"r" * 32, "2026-11-24T09:00:00Z")


def an_event() -> dict[str, Any]:
    when = datetime(2026, 11, 24, 9, 0, 0, 5, tzinfo=UTC)
    plain: dict[str, Any] = dict.fromkeys(COLUMNS)
    return {
        **plain,
        "id": 7,
        "uuid": uuid.UUID(int=1),
        "occurred_at": when,
        "act": "view",
        "result_uuids": [uuid.UUID(int=2)],
        "commitment": memoryview(b"\x01"),
    }


def test_every_column_of_an_event_takes_part_in_its_skeleton() -> None:
    assert set(COLUMNS) == {field.column for field in Event._meta.concrete_fields}


def test_ids_in_their_text_form_give_the_same_bytes() -> None:
    event = an_event()

    assert event["result_uuids"]
    assert skeleton({**event, "result_uuids": [str(each) for each in event["result_uuids"]]}) == skeleton(event)


def test_the_bytes_of_a_skeleton_are_fixed() -> None:
    line = skeleton(an_event())

    assert line.startswith(b'{"act":"view","actor_id":null,"allowed":null,"commitment":"01","field_names":null,"form":1,"id":7,')
    assert b'"occurred_at":"2026-11-24T09:00:00.000005Z"' in line
    assert b'"result_uuids":["00000000-0000-0000-0000-000000000002"]' in line
    assert b"\n" not in line


def test_a_moment_is_the_same_in_every_time_zone() -> None:
    event = an_event()
    there = event["occurred_at"].astimezone(timezone(timedelta(hours=-5)))

    assert skeleton({**event, "occurred_at": there}) == skeleton(event)
    assert moment(there) == "2026-11-24T09:00:00Z"


@pytest.mark.parametrize("column", COLUMNS)
def test_changing_any_column_changes_the_skeleton(column: str) -> None:
    assert skeleton({**an_event(), column: "other"}) != skeleton(an_event())


def test_a_note_has_the_form_of_a_signed_checkpoint_and_opens_again() -> None:
    note = sign(NOTE, SEED)

    assert note.split("\n")[:5] == [ORIGIN, "12", "cnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI=", "sealed 2026-11-24T09:00:00Z", ""]
    assert note.split("\n")[5].startswith(f"\u2014 {ORIGIN} ")
    assert opened(note, origin=ORIGIN, public=public_key(SEED)) == NOTE
    assert sign(NOTE, SEED) == note, "the same checkpoint always gives the same text"


@pytest.mark.parametrize(("old", "new"), [("12", "13"), ("sealed 2026", "sealed 2027"), (f"{ORIGIN}\n", "other/audit\n"), ("cnJy", "cnJz")])
def test_a_note_that_was_changed_does_not_open(old: str, new: str) -> None:
    with pytest.raises(BadCheckpoint):
        opened(sign(NOTE, SEED).replace(old, new, 1), origin=ORIGIN, public=public_key(SEED))


def test_a_note_of_another_key_does_not_open() -> None:
    with pytest.raises(BadCheckpoint):
        opened(sign(NOTE, bytes(32)), origin=ORIGIN, public=public_key(SEED))


def test_the_public_key_in_one_line_names_itself() -> None:
    name, digest, encoded = verifier_key(ORIGIN, public_key(SEED)).split("+", 2)

    assert (name, len(digest)) == (ORIGIN, 8)
    assert encoded.startswith("A")


TYPES = {
    "id": "bigint", "uuid": "uuid", "occurred_at": "timestamptz", "recorded_at": "timestamptz", "actor_id": "bigint", "via_id": "bigint",
    "allowed": "boolean", "object_uuid": "uuid", "result_uuids": "uuid[]", "field_names": "text[]", "purpose_uuid": "uuid",
    "request_ref": "uuid", "commitment": "bytea", "payload_scope": "uuid",
}  # fmt: skip
ANY_TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=8)  # what PostgreSQL keeps
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # the zone is given beside
DRAWN = st.fixed_dictionaries({
    name: {
        "bigint": st.integers(1, 2**40) if name == "id" else st.none() | st.integers(1, 2**40),
        "uuid": st.uuids() if name == "uuid" else st.none() | st.uuids(),
        "timestamptz": MOMENTS,
        "boolean": st.booleans(),
        "uuid[]": st.lists(st.uuids(), max_size=3),
        "text[]": st.lists(ANY_TEXT, max_size=3),
        "bytea": st.none() | st.binary(min_size=32, max_size=32),
        "text": ANY_TEXT,
    }[TYPES.get(name, "text")]
    for name in COLUMNS
})  # fmt: skip


@pytest.mark.django_db
@given(st.lists(DRAWN, min_size=1, max_size=20))
@settings(max_examples=15, deadline=None)
def test_the_database_writes_the_same_bytes_whatever_an_event_holds(events: list[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        for event in events:
            columns = ", ".join(f"%({name})s::{TYPES.get(name, 'text')} AS {name}" for name in COLUMNS)
            cursor.execute(f"SELECT {selected('e')}, 1 FROM (SELECT {columns}) e", event)  # noqa: S608  # our own names
            row = cursor.fetchone()
            assert line_of(row) == skeleton(event)
            assert (len(row), has_words(row)) == (ROW_LENGTH + 1, event["commitment"] is not None)


SOME_ID = uuid.UUID(int=1)
NEAR = {  # values that nobody writes and that look like another one when they are written carelessly: the column, both values
    "before our era": ("occurred_at", "'2026-11-24 09:00Z'", "'2026-11-24 09:00Z BC'"),
    "an id that is none": ("result_uuids", "ARRAY[gen]", "ARRAY[gen, NULL]"),
    "a table of ids": ("result_uuids", "ARRAY[gen, gen]", "ARRAY[[gen], [gen]]"),
    "a name that is none": ("field_names", "ARRAY['a']", "ARRAY['a', NULL]"),
    "nothing but a name that is none": ("field_names", "'{}'", "ARRAY[NULL]"),
    "the end of time": ("recorded_at", "'2026-11-24 09:00Z'", "'infinity'"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("near", NEAR)
def test_no_value_that_nobody_writes_passes_for_another(near: str) -> None:
    column, written, moved = NEAR[near]
    usual = {"timestamptz": "'2026-11-24 09:00Z'", "uuid[]": "'{}'", "text[]": "'{}'", "text": "''", "boolean": "true"}

    def line(value: str) -> bytes:
        values = {name: usual.get(TYPES.get(name, "text"), "NULL") for name in COLUMNS} | {column: value}
        row = ", ".join(f"({value})::{TYPES.get(name, 'text')} AS {name}" for name, value in values.items())
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {selected('e')} FROM (SELECT {row.replace('gen', repr(str(SOME_ID)) + '::uuid')}) e")  # noqa: S608  # written above
            return line_of(cursor.fetchone())

    assert line(moved) != line(written)
