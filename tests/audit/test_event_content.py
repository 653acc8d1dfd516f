"""What an event says and when it happened; that no number of a person lies in the database in plain."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from foundation.crypto import blind_index
from leadtrac.bench.client import signed_in
from leadtrac.ready import refuse_unready
from retention.services.postgres_programs import run
from subjects.identifiers import identifier_key
from subjects.models import IdentifierFact
from tests.factories import cases
from tests.factories import facts as told
from tests.factories.people import person

NAME = "KANARIENVOGEL"


@pytest.fixture
def analyst(db: None) -> User:
    return person("ana.lyst", "analyst")


def last_event(user: User, act: str) -> Event:
    with acting_as(user):
        return Event.objects.filter(act=act, actor_id=user.pk).latest("pk")


@pytest.mark.check(39)
def test_an_event_says_who_what_when_where_whence_and_how_it_ended(analyst: User) -> None:
    with acting_as(service_actor("subjects")):
        subject = cases.subject("DOE EXAMPLE", "ANA")
    client = signed_in(analyst)

    client.get(f"/subjects/{subject.uuid}/", REMOTE_ADDR="192.0.2.44")

    event = last_event(analyst, Act.VIEW)
    assert (event.actor_id, event.act, event.allowed) == (analyst.pk, "view", True)
    assert (event.object_kind, event.object_uuid) == ("subject", subject.uuid)
    assert (event.origin, event.view) == ("192.0.2.44", "subject_detail")
    assert event.session_ref
    assert client.session.session_key not in event.session_ref, "the log is no place to steal a session from"
    assert event.request_ref


@pytest.mark.check(39, 38)
def test_a_refusal_says_that_it_was_one(analyst: User) -> None:
    signed_in(analyst).get("/people/")

    assert last_event(analyst, Act.DENIED).allowed is False


@pytest.mark.check(40)
def test_times_are_utc_and_finer_than_a_second(analyst: User) -> None:
    before = timezone.now()
    signed_in(analyst).get("/search/")
    event = last_event(analyst, Act.PAGE)

    assert settings.TIME_ZONE == "UTC"
    for moment in (event.occurred_at, event.recorded_at):
        assert moment.utcoffset() == timedelta(0)
    assert before <= event.occurred_at <= timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data_type, datetime_precision FROM information_schema.columns "
            "WHERE table_name = 'audit_event' AND column_name IN ('occurred_at', 'recorded_at')"
        )
        assert set(cursor.fetchall()) == {("timestamp with time zone", 6)}


@pytest.mark.check(29)
def test_a_worker_under_a_role_that_sees_everything_does_not_start(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr("leadtrac.ready.connection.close", lambda: None)  # the test's own transaction lives on it
    refuse_unready()
    monkeypatch.setattr("access.checks.role_problems", lambda: ["The database role of the application is a superuser."])
    with pytest.raises(SystemExit, match="superuser"):
        refuse_unready()


NUMBERS = {"ssn": "900-70-4821", "a_number": "A999765432", "passport": "ZZ7654321"}  # none of them can be a person's


@pytest.mark.check(55)
def test_a_dump_of_the_database_holds_no_number_of_a_person_in_any_form(world: str) -> None:
    """A real `pg_dump` by the owner, everything in it; a name is found there, so the search can find something."""
    with acting_as(service_actor("subjects")):
        subject = told.a_subject(NAME, "ANA")
        for kind, number in NUMBERS.items():
            told.numbered(subject, kind, number)
        cases.source_row(cases.extract("adis"), ",".join(NUMBERS.values()))
        cases.quarantined_row(cases.extract("adis"), ",".join(NUMBERS.values()))
        assert IdentifierFact.objects.filter(subject=subject).count() == len(NUMBERS)

    dump = run("pg_dump", "--format=plain", "--enable-row-security")

    assert NAME.encode() in dump
    for number in NUMBERS.values():
        for form in _forms(number):
            assert form.lower() not in dump.lower(), "a number lies there in plain, hex or base64"


@pytest.mark.check(55)
def test_the_exact_number_is_still_found_by_its_keyed_index(world: str) -> None:
    with acting_as(service_actor("subjects")):
        subject = told.a_subject(NAME, "ANA")
        fact = told.numbered(subject, "passport", NUMBERS["passport"])
        found = IdentifierFact.objects.get(blind_index=identifier_key("passport", NUMBERS["passport"]))
        assert (found.pk, found.subject_id) == (fact.pk, subject.pk)
        assert found.blind_index != blind_index(b"\0" * 32, "passport", NUMBERS["passport"]), "not without the key"


def _forms(number: str) -> list[bytes]:
    """A number as written and as normalized, each in plain, hex and the three alignments of base64."""
    found = []
    for text in {number, number.replace("-", "").removeprefix("A"), number.replace("-", "")}:
        raw = text.encode()
        found += [raw, raw.hex().encode(), *_base64_cores(raw)]
    return found


def _base64_cores(raw: bytes) -> list[bytes]:
    """What of the base64 of `raw` does not depend on its neighbors, at each of the three alignments."""
    cores = []
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        cores.append(encoded[4 if shift else 0 : len(encoded) - 4])
    return cores
