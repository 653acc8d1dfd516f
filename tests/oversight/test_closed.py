"""The record of acts to a reader who is not cleared: who lies in a compartment is nobody, and no words tell of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from access.models import Compartment, User
from access.selectors import class_for, service_actor
from audit.acts import Act
from audit.models import Event, Payload
from audit.services import record
from leads.models import Lead
from leadtrac.bench.client import signed_in
from oversight.closed_sql import CLASSED, OF_NOBODY
from tests.access.furnished import Furnished, furnish
from tests.databases import owner_connection
from tests.factories import cases
from tests.factories.facts import NOW
from tests.factories.people import person
from tests.pages import words

pytestmark = pytest.mark.check(32)


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def cleared(db: None) -> User:
    return person("cleo.auditor", "auditor", cleared_for="protected-person")


@pytest.fixture
def furnished(db: None) -> Furnished:
    return furnish(compartment="protected-person")


def ids_of(furnished: Furnished) -> set[str]:
    with acting_as(service_actor("leads")):
        lead = Lead.objects.get(number=furnished.values["number"])
    return {str(lead.uuid), str(furnished.subject.uuid), str(furnished.values["referral_uuid"]), lead.number}


def told(client: Client, name: str, *args: object, **asked: str) -> str:
    return client.get(reverse(name, args=args), asked).content.decode()


def test_the_words_of_a_note_are_closed_on_the_page_and_in_the_database(furnished: Furnished, cleared: User, auditor: User) -> None:
    with acting_as(auditor):
        event_uuid = Event.objects.get(act=Act.NOTE_ADDED).uuid

    assert signed_in(auditor).get(reverse("audit_event", args=[event_uuid])).status_code == 404
    assert "KANARIENVOGEL" in told(signed_in(cleared), "audit_event", event_uuid)
    for reader, count in ((auditor, 0), (cleared, 1)):
        with acting_as(reader):
            assert Payload.objects.filter(event_uuid=event_uuid).count() == count


@pytest.mark.parametrize("act", ["note_added", "protected", "lead_claimed", "lead_referred", "disclosed", ""])
def test_no_list_of_acts_names_who_is_in_a_compartment(furnished: Furnished, cleared: User, auditor: User, act: str) -> None:
    hidden = ids_of(furnished)

    assert {each for each in hidden if each in told(signed_in(auditor), "audit_desk", act=act)} == set()
    assert {each for each in hidden if each in told(signed_in(cleared), "audit_desk", act=act)}


def test_the_number_of_a_lead_in_a_compartment_is_the_number_of_no_lead(furnished: Furnished, cleared: User, auditor: User) -> None:
    real, made_up = ({"record": number} for number in (furnished.values["number"], "L-2222-2222"))
    client = signed_in(auditor)

    answers = [client.post(reverse("audit_find"), asked) for asked in (real, made_up)]

    assert [(each.status_code, "No lead has this number." in words(each)) for each in answers] == [(422, True)] * 2
    assert signed_in(cleared).post(reverse("audit_find"), real).status_code == 302


def test_a_search_that_found_somebody_in_a_compartment_keeps_its_words_and_that_id(furnished: Furnished, auditor: User) -> None:
    analyst = person("cora.analyst", "analyst", cleared_for="protected-person")
    with acting_as(service_actor("subjects")):
        other = cases.subject("KANARIENVOGEL", "BEA")
    client = signed_in(analyst)
    client.get(client.post(reverse("person_search"), {"purpose": "officer", "name": "Kanarienvogel"}).headers["Location"])
    with acting_as(auditor):
        event = Event.objects.filter(act=Act.SEARCH, actor_id=analyst.pk).latest("pk")
    assert {furnished.subject.uuid, other.uuid} <= set(event.result_uuids)

    page = told(signed_in(auditor), "audit_event", event.uuid)

    assert "The words are withheld" in page
    assert "KANARIENVOGEL" not in page.upper()
    assert str(other.uuid) in page
    assert str(furnished.subject.uuid) not in page

    with acting_as(analyst):
        alone = record(Act.SEARCH, object_kind="search", results=[furnished.subject.uuid])
    page = told(signed_in(auditor), "audit_event", alone)
    assert "Only records in a compartment" in page
    assert "No list of records" not in page


@pytest.mark.django_db
def test_a_made_up_record_is_missing_and_a_real_one_that_nobody_opened_says_so(auditor: User) -> None:
    with acting_as(service_actor("subjects")):
        subject = cases.subject("QUIET", "ANA")
    client = signed_in(auditor)

    assert "Nobody has looked at this record." in told(client, "audit_object", subject.uuid)
    assert client.get(reverse("audit_object", args=["0b0c8a3e-6c88-4d0b-8a50-000000000000"])).status_code == 404


@pytest.mark.django_db
def test_every_table_of_ids_and_classes_is_asked() -> None:
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT c.relname FROM pg_class c
            WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
              AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                          AND a.attname = 'class_id')
              AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                          AND a.atttypid = 'uuid'::regtype)""")
        found = {name for (name,) in cursor.fetchall()}

    assert found == set(CLASSED) | OF_NOBODY


@pytest.mark.requirement("R24")
def test_the_number_of_a_destroyed_lead_leads_to_its_acts_unless_in_a_compartment(world: str, client_as: Callable[[User], Client]) -> None:
    auditor, supervisor, analyst = person("otto", "auditor"), person("sue", "supervisor"), person("ana", "analyst")
    mark = Compartment.objects.get(code="protected-person").pk
    stones = {"L-2222-2222": [], "L-3333-3333": [mark]}
    ids = {}
    for number, marks in stones.items():
        with acting_as(service_actor("leads")):
            class_id = class_for(audience="hq", compartments=marks)
        ids[number] = set_stone(world, number, class_id)
        with acting_as(analyst):
            record(Act.VIEW, object_kind="lead", object_uuid=ids[number])

    plain, closed = (client_as(auditor).post(reverse("audit_find"), {"record": number}) for number in stones)

    assert plain.headers["Location"] == reverse("audit_object", args=[ids["L-2222-2222"]])
    page = words(client_as(auditor).get(plain.headers["Location"]))
    assert "Who looked at L-2222-2222 (destroyed)" in page
    assert "Ana opened a record lead" in page
    assert "No lead has this number." in words(closed)
    stone = client_as(supervisor).get(reverse("lead_page", args=["L-2222-2222"]))
    assert stone.status_code == 410
    assert plain.headers["Location"] in stone.content.decode()
    assert "Ana opened a record" in words(client_as(supervisor).get(plain.headers["Location"]))
    assert plain.headers["Location"] not in client_as(analyst).get(reverse("lead_page", args=["L-2222-2222"])).content.decode()


def set_stone(world: str, number: str, class_id: int) -> uuid.UUID:
    """Tombstones come from the database's own destroying function alone; here the owner sets one."""
    identity = uuid.uuid4()
    with owner_connection(world) as owner:
        owner.execute(
            "INSERT INTO retention_tombstone (lead_uuid, lead_number, class_id, authority, schedule_title, record_created_on, "
            "destroyed_at) VALUES (%s, %s, %s, 'an authority', 'a schedule', '2000-01-01', now())",
            [identity, number, class_id],
        )
    return identity
