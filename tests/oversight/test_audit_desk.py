"""The auditor's desk: who looked, in which search, for what purpose; and the auditor's own looks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from access.models import User
from access.selectors import class_for, service_actor
from audit.acts import Act
from audit.models import Event
from audit.services import record
from leads.models import Lead
from subjects.models import PersonSearch, Subject
from tests.factories import cases
from tests.factories.people import OfficeFactory, person
from tests.pages import counted_queries, words

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]


@pytest.fixture
def auditor() -> User:
    return person("otto.auditor", "auditor")


@pytest.fixture
def lead() -> Lead:
    with acting_as(service_actor("leads")):
        return Lead.objects.create(
            number="L-7K4Q-92MD",
            access_class_id=class_for(audience="hq"),
            subject=cases.subject("DOE EXAMPLE", "ANA"),
            state_since=datetime(2026, 11, 22, tzinfo=UTC),
            record_created_on=date(2026, 11, 22),
        )


def look(analyst: User, client_as: ClientAs, subject: Subject) -> PersonSearch:
    """Search for the subject and open the page from the results."""
    client = client_as(analyst)
    posted = client.post(reverse("person_search"), {"purpose": "officer", "name": "Doe Example"})
    client.get(posted.headers["Location"])
    with acting_as(analyst):
        kept = PersonSearch.objects.get()
    client.get(f"{reverse('subject_detail', args=[subject.uuid])}?search={kept.uuid}")
    return kept


def test_who_looked_says_who_in_which_search_and_for_what(client_as: ClientAs, auditor: User, lead: Lead) -> None:
    analyst = person("ana.analyst", "analyst")
    search = look(analyst, client_as, lead.subject)

    response = client_as(auditor).get(reverse("audit_object", args=[lead.subject.uuid]))

    text = words(response)
    assert "Ana Analyst opened a record subject 1 Inquiry of a field officer this search" in text
    assert "Ana Analyst searched search 1 Inquiry of a field officer" in text
    assert reverse("audit_object", args=[search.uuid]) in response.content.decode()


def test_the_words_of_a_search_are_opened_and_the_opening_is_on_record(client_as: ClientAs, auditor: User, lead: Lead) -> None:
    search = look(person("ana.analyst", "analyst"), client_as, lead.subject)
    with acting_as(auditor):
        event = Event.objects.filter(act=Act.SEARCH, object_uuid=search.uuid).latest("id")

    text = words(client_as(auditor).get(reverse("audit_event", args=[event.uuid])))

    assert "Name Doe Example" in text
    assert str(lead.subject.uuid)[:8] in text
    assert "DOE EXAMPLE" not in text, "an auditor reads what was typed, not who was found"
    with acting_as(auditor):
        opened = Event.objects.get(view="audit_event")
    assert (opened.actor_id, opened.object_uuid, opened.field_names) == (auditor.pk, event.uuid, ["words"])


def test_a_lead_number_leads_to_its_looks_though_the_auditor_sees_no_lead(client_as: ClientAs, auditor: User, lead: Lead) -> None:
    client = client_as(auditor)

    found = client.post(reverse("audit_find"), {"record": "l-7k4q-92md"})
    missing = client.post(reverse("audit_find"), {"record": "L-0000-0000"})

    assert found.headers["Location"] == reverse("audit_object", args=[lead.uuid])
    assert missing.status_code == 422
    assert "No lead has this number" in words(missing)
    with acting_as(auditor):
        assert not Lead.objects.exists()


def test_everything_that_an_account_did(client_as: ClientAs, auditor: User, lead: Lead) -> None:
    analyst, other = person("ana.analyst", "analyst"), person("bo.analyst", "analyst")
    look(analyst, client_as, lead.subject)
    client_as(other).get(reverse("person_search"))

    text = words(client_as(auditor).get(reverse("audit_actor", args=[analyst.uuid])))

    assert "opened a record" in text
    assert "Bo Analyst" not in text


def test_the_list_is_narrowed_by_person_act_and_day(client_as: ClientAs, auditor: User) -> None:
    analyst = person("ana.analyst", "analyst")
    with acting_as(analyst):
        record(Act.EXPORT, object_kind="lead", occurred_at=datetime(2026, 3, 1, 23, 59, tzinfo=UTC))
        record(Act.PRINT, object_kind="lead", occurred_at=datetime(2026, 3, 2, 0, 0, tzinfo=UTC))
    client = client_as(auditor)

    def listed(**asked: Any) -> str:
        return words(client.get(reverse("audit_desk"), asked))

    assert "exported lead" in listed(act="export")
    assert "printed lead" not in listed(act="export")
    assert "exported lead" in listed(first="1 Mar 2026", last="1 Mar 2026")
    assert "printed lead" not in listed(first="1 Mar 2026", last="1 Mar 2026")
    assert "printed lead" in listed(person=str(analyst.uuid), first="2026-03-02", last="2026-03-02")
    assert "No act fits." in listed(person=str(auditor.uuid), act="export")
    assert "before the first one" in listed(first="2 Mar 2026", last="1 Mar 2026")


@pytest.mark.check(50)
def test_looking_at_the_desk_is_itself_on_the_desk(client_as: ClientAs, auditor: User) -> None:
    client = client_as(auditor)
    client.get(reverse("audit_desk"))

    assert "Otto Auditor looked at a list event" in words(client.get(reverse("audit_desk")))


def test_a_refusal_is_shown_as_refused(client_as: ClientAs, auditor: User) -> None:
    client_as(person("ana.analyst", "analyst")).get(reverse("audit_desk"))

    assert "Ana Analyst was refused refused" in words(client_as(auditor).get(reverse("audit_desk")))


@pytest.mark.check(50)
@pytest.mark.parametrize("role", ["analyst", "supervisor", "field_officer", "administrator", "records_officer", "data_operator"])
def test_only_auditors_and_privacy_officers_have_the_desk(client_as: ClientAs, role: str) -> None:
    client = client_as(person("olga", role, office=OfficeFactory.create(code="HSI-BOS")))

    assert client.get(reverse("audit_desk")).status_code == 403
    assert client.get(reverse("audit_event", args=[uuid.uuid4()])).status_code == 403


def test_a_supervisor_sees_who_looked_at_a_record_in_sight_and_no_words(client_as: ClientAs, lead: Lead) -> None:
    look(person("ana.analyst", "analyst"), client_as, lead.subject)
    supervisor = person("sue", "supervisor")
    client = client_as(supervisor)
    with acting_as(service_actor("subjects")):
        hidden = cases.subject("HIDDEN", "JOAN", protected=True)

    seen = client.get(reverse("audit_object", args=[lead.subject.uuid]))

    assert "Ana Analyst opened a record" in words(seen)
    assert "/audit/events/" not in seen.content.decode()
    assert client.get(reverse("audit_object", args=[hidden.uuid])).status_code == 404
    assert client.get(reverse("audit_object", args=[uuid.uuid4()])).status_code == 404


def test_an_analyst_who_asks_who_looked_gets_what_a_made_up_record_gives(client_as: ClientAs, lead: Lead) -> None:
    client = client_as(person("ana.analyst", "analyst"))

    assert client.get(reverse("audit_object", args=[lead.uuid])).status_code == 404


def test_the_function_behind_who_looked_gives_nothing_to_other_roles(lead: Lead) -> None:
    analyst = person("ana.analyst", "analyst")
    with acting_as(analyst):
        record(Act.VIEW, object_kind="lead", object_uuid=lead.uuid)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM oversight_looks_at(%s, NULL, NULL, 10, '{}', '{}', '{}')", [[lead.uuid]])
            assert cursor.fetchone() == (0,)


def test_the_list_goes_on_by_key_and_asks_the_same_queries_for_twenty_rows(client_as: ClientAs, auditor: User) -> None:
    analyst = person("ana.analyst", "analyst")
    client = client_as(auditor)
    client.get(reverse("audit_desk"))
    with counted_queries() as few:
        client.get(reverse("audit_desk"))
    with acting_as(analyst):
        for number in range(60):
            record(Act.VIEW, object_kind="lead", object_uuid=uuid.uuid4(), occurred_at=datetime(2026, 3, 1, 0, number, tzinfo=UTC))
    with counted_queries() as many:
        first = client.get(reverse("audit_desk"), {"act": "view"})
    onward = first.content.decode().split("after=")[1].split('"')[0]
    second = client.get(reverse("audit_desk"), {"act": "view", "after": onward})

    assert len(many) <= len(few) + 1
    assert first.content.decode().count('scope="row"') == 50
    assert "1 Mar 2026, 00:09 UTC" in words(second)
    assert "1 Mar 2026, 00:10 UTC" not in words(second)
