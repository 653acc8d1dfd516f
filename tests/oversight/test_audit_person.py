"""A name at the auditor's desk: who looked at the person, in which search, for what purpose, who received what."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from audit.selectors import words_of
from leads.models import Lead
from leadtrac.bench.client import signed_in
from subjects.models import Subject
from tests.access.furnished import HTML, Furnished, furnish
from tests.factories import cases
from tests.factories.facts import NOW
from tests.factories.people import person
from tests.pages import words

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def auditor() -> User:
    return person("otto.auditor", "auditor")


def asked(client: Client, name: str) -> str:
    answer = client.post(reverse("audit_find"), {"record": name}, follow=True)
    assert "KANARIEN" not in answer.request["PATH_INFO"].upper() + answer.request["QUERY_STRING"].upper()
    return words(answer)


def test_a_name_leads_to_one_page_of_looks_purposes_searches_and_recipients(auditor: User) -> None:
    world = furnish()
    analyst = signed_in(world.readers["analyst"])
    analyst.get(f"/leads/{world.values['number']}/")
    posted = analyst.post(reverse("person_search"), {"purpose": "officer", "name": "Kanarienvogel"})
    analyst.get(posted.headers["Location"])
    search = posted.headers["Location"].split("/")[2]
    analyst.get(f"{reverse('subject_detail', args=[world.subject.uuid])}?search={search}")
    signed_in(world.office).get(reverse("packet_pdf", args=[world.values["referral_uuid"]]))

    text = asked(signed_in(auditor), "ana kanarienvogel")

    assert f"1 lead ({world.values['number']})" in text
    received, looked = text.split("Who looked, in which search, for what purpose")
    assert "referral with a packet" in received
    assert "HSI Boston" in received
    assert f"downloaded {world.office.label}" in received
    assert HTML in received.replace("&lt;", "<").replace("&gt;", ">"), "whom the disclosure went to"
    assert "Inquiry of a field officer this search" in looked
    assert f"{world.readers['analyst'].label} opened a record lead" in looked
    assert f"{world.office.label} downloaded packet" in looked
    assert "Referral" in looked
    assert "KANARIENVOGEL" not in text.upper(), "no case content"


def test_the_look_names_person_and_typed_name_and_the_opened_words(auditor: User) -> None:
    world = furnish()
    asked(signed_in(auditor), "kanarienvogel")

    with acting_as(auditor):
        search = Event.objects.get(act=Act.SEARCH, actor_id=auditor.pk)
        look = Event.objects.get(view="audit_person")
        assert words_of(search) == {"name": "kanarienvogel"}
    assert search.result_uuids == [world.subject.uuid]
    assert (look.object_uuid, look.field_names) == (world.subject.uuid, ["words"])


def test_namesakes_are_told_apart_by_their_leads_alone(auditor: User) -> None:
    with acting_as(service_actor("subjects")):
        for given in ("ANA", "BEA"):
            cases.subject("KANARIENVOGEL", given)

    answer = signed_in(auditor).post(reverse("audit_find"), {"record": "Kanarienvogel"})

    assert "2 people whom the name may mean" in words(answer)
    assert answer.content.decode().count("/audit/people/") == 2
    assert "ANA" not in words(answer).replace("Kanarienvogel", "")


@pytest.mark.check(32)
def test_whoever_is_in_a_compartment_is_nobody_to_an_auditor_who_is_not_cleared(auditor: User) -> None:
    world = furnish(compartment="protected-person")
    uncleared, cleared = signed_in(auditor), signed_in(person("cleo.auditor", "auditor", cleared_for="protected-person"))

    assert "Nobody on record has a name like this" in asked(uncleared, "kanarienvogel")
    assert address_of(uncleared, world) == 404
    assert "referral with a packet" in asked(cleared, "kanarienvogel")
    assert address_of(cleared, world) == 200


def address_of(client: Client, world: Furnished) -> int:
    return client.get(reverse("audit_person", args=[world.subject.uuid])).status_code


def test_an_eight_letter_name_is_no_lead_number_and_an_address_holds_no_name(auditor: User) -> None:
    with acting_as(service_actor("subjects")):
        subject: Subject = cases.subject("MENDEZES", "ANA")
    client = signed_in(auditor)

    found = client.post(reverse("audit_find"), {"record": "Mendezes"})

    assert found.headers["Location"] == reverse("audit_person", args=[subject.uuid])
    assert client.get(reverse("audit_find"), {"record": "Mendezes"}).status_code == 200, "a name in an address is not read"
    with acting_as(auditor):
        assert Event.objects.filter(act=Act.SEARCH).count() == 1
        assert not Lead.objects.exists()
        assert not Subject.objects.exists()


@pytest.mark.check(50)
@pytest.mark.parametrize("role", ["analyst", "supervisor", "administrator", "records_officer"])
def test_nobody_else_asks_by_name(role: str) -> None:
    with acting_as(service_actor("subjects")):
        subject = cases.subject("KANARIENVOGEL", "ANA")
    client = signed_in(person("olga", role))

    assert client.post(reverse("audit_find"), {"record": "Kanarienvogel"}).status_code == 403
    assert client.get(reverse("audit_person", args=[subject.uuid])).status_code == 403


def test_who_looked_at_a_lead_knows_who_took_its_packet_and_its_file_on_both_pages(auditor: User) -> None:
    world = furnish()
    office = signed_in(world.office)
    for name in ("packet_pdf", "referral_page"):
        assert office.get(reverse(name, args=[world.values["referral_uuid"]])).status_code == 200
    assert office.get(reverse("packet_status", args=[world.values["packet_uuid"]])).status_code == 200
    office.get(reverse("referral_file", args=[world.values["referral_uuid"], world.values["office_file_uuid"]]))
    office.get(reverse("office_inbox"))
    with acting_as(service_actor("leads")):
        lead = Lead.objects.get(number=world.values["number"])

    desk = asked(signed_in(auditor), lead.number)
    page = words(signed_in(person("sue.supervisor", "supervisor")).get(f"/leads/{lead.number}/looked/"))

    for text in (desk, page):
        assert f"{world.office.label} downloaded" in text
        assert f"{world.office.label} looked at a list" in text
    assert f"{world.office.label} downloaded packet" in desk
    assert f"{world.office.label} downloaded attached file" in desk
    with acting_as(auditor):
        taken = Event.objects.filter(actor_id=world.office.pk, act__in=[Act.DOWNLOAD, Act.VIEW])
        assert taken.count() >= 4
        assert all(lead.uuid in (event.object_uuid, *event.result_uuids) for event in taken), "also once the referral is gone"
