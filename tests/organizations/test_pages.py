"""Organizations: the list, the page, the counts of students."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.acts import Act
from audit.keys import data_key, named_scope
from audit.models import Event
from audit.selectors import words_of
from foundation.crypto import seal
from organizations.models import Organization
from organizations.services import OFFICIAL_CONTEXT
from tests.factories import cases
from tests.factories.people import OfficeFactory, person
from tests.pages import counted_queries, words

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]


@pytest.fixture
def college() -> Organization:
    with acting_as(service_actor("subjects")):
        made = cases.school("Example College", certified_on=date(2010, 5, 1))
        cases.official(made, date_of_birth=date(1970, 1, 2))
        for number in range(3):
            cases.student(cases.subject("STUDENT", f"NUMBER {number}"), organization=made)
        cases.student(cases.subject("STUDENT", "ACTIVE"), status="active", reason_code="", effective_on=date(2025, 9, 1), organization=made)
        cases.student(cases.subject("STUDENT", "HIDDEN", protected=True), organization=made)
    return made


def test_the_list_names_kind_place_and_state(client_as: ClientAs, college: Organization) -> None:
    text = words(client_as(person("ana.analyst", "analyst")).get(reverse("organization_list")))

    assert "Example College School SIM214F00000012 Boston, MA 1 May 2010 certified" in text


@pytest.mark.check(65)
def test_a_name_is_searched_by_a_post_and_is_on_record(client_as: ClientAs, college: Organization) -> None:
    analyst = person("ana.analyst", "analyst")
    client = client_as(analyst)

    found = client.post(reverse("organization_list"), {"q": "college example"})
    nothing = client.post(reverse("organization_list"), {"q": "nowhere"})

    assert "Example College" in words(found)
    assert "No organization fits." in words(nothing)
    with acting_as(analyst):
        event = Event.objects.filter(act=Act.SEARCH).earliest("id")
        assert words_of(event) == {"name": "college example"}
    assert event.result_uuids == [college.uuid]


def test_the_page_counts_students_by_year_and_reason_without_the_protected(client_as: ClientAs, college: Organization) -> None:
    text = words(client_as(person("ana.analyst", "analyst")).get(reverse("organization_detail", args=[college.uuid])))

    assert "2025 1 0 0 0 0 0 0 1" in text
    assert "2026 0 0 3 0 0 0 0 3" in text
    assert "unauthorized employment (03) F1 3" in text


def test_officials_show_their_elements_and_nothing_more(client_as: ClientAs, college: Organization) -> None:
    text = words(client_as(person("ana.analyst", "analyst")).get(reverse("organization_detail", args=[college.uuid])))

    assert "SAMPLE, Joan Designated school official – 2 Jan 1970" in text
    assert "None" not in text


def test_the_number_of_an_official_is_shown_for_a_reason_and_the_look_is_on_record(client_as: ClientAs, college: Organization) -> None:
    with acting_as(service_actor("subjects")):
        key = data_key(named_scope("identifiers"), purpose="identifiers")
        known = cases.official(college, "EXAMPLE", "PAT", identifiers_sealed=seal(key, b"a_number A900000555", OFFICIAL_CONTEXT))
        unknown = cases.official(college, "EXAMPLE", "SAM", citizenship="BR", country_of_birth="PO")
    analyst = person("ana.analyst", "analyst")
    client = client_as(analyst)
    page = client.get(reverse("organization_detail", args=[college.uuid]))
    address, other = (reverse("official_reveal", args=[college.uuid, each.uuid]) for each in (known, unknown))

    asked, refused = client.get(address), client.post(address, {"reason": ""})
    told = client.post(address, {"reason": "A tip names this person."})

    assert address in page.content.decode()
    assert other not in page.content.decode()
    assert "Portugal Brazil" in words(page)
    assert all("A900000555" not in each.content.decode() for each in (page, asked, refused))
    assert refused.status_code == 422
    assert "a_number A900000555" in words(told)
    assert client.post(other, {"reason": "A tip."}).status_code == 422
    assert client.get(reverse("official_reveal", args=[uuid.uuid4(), known.uuid])).status_code == 404
    assert client_as(person("otto.auditor", "auditor")).post(address, {"reason": "x"}).status_code == 404
    with acting_as(analyst):
        event = Event.objects.get(act=Act.REVEAL)
        assert (event.object_uuid, event.result_uuids) == (college.uuid, [known.uuid])
        assert words_of(event) == {"reason": "A tip names this person."}


def test_for_a_field_officer_an_organization_is_like_a_made_up_one(client_as: ClientAs, college: Organization) -> None:
    client = client_as(person("olga", "field_officer", office=OfficeFactory.create(code="HSI-BOS")))

    assert client.get(reverse("organization_detail", args=[college.uuid])).status_code == 404
    assert client.get(reverse("organization_detail", args=[uuid.uuid4()])).status_code == 404


def test_the_list_goes_on_and_back_by_key(client_as: ClientAs) -> None:
    with acting_as(service_actor("subjects")):
        for number in range(60):
            cases.school(f"College {number:03d}", code=f"SIM214F{number:08d}")
    client = client_as(person("ana.analyst", "analyst"))

    first = client.get(reverse("organization_list")).content.decode()
    onward = first.split('href="?after=')[1].split('"')[0]
    second = client.get(f"{reverse('organization_list')}?after={onward}").content.decode()
    back = second.split('href="?before=')[1].split('"')[0]
    again = client.get(f"{reverse('organization_list')}?before={back}").content.decode()

    assert "College 049" in first and "College 050" not in first
    assert "College 050" in second and "College 049" not in second
    assert "College 000" in again and "College 049" in again


def test_the_number_of_queries_does_not_grow_with_the_rows(client_as: ClientAs, college: Organization) -> None:
    client = client_as(person("ana.analyst", "analyst"))
    client.get(reverse("organization_list"))
    with counted_queries() as one:
        client.get(reverse("organization_list"))
    with acting_as(service_actor("subjects")):
        for number in range(20):
            cases.school(f"College {number}", code=f"SIM214F{number + 500:08d}")
    with counted_queries() as many:
        client.get(reverse("organization_list"))

    assert len(many) == len(one)


def test_an_official_is_shown_with_other_organizations_and_what_agrees(client_as: ClientAs, college: Organization) -> None:
    with acting_as(service_actor("subjects")):
        twin = cases.school("Twin College", code="SIM214F00000019")
        cases.official(twin, date_of_birth=date(1970, 1, 2))
        namesake = cases.school("Namesake College", code="SIM214F00000020")
        cases.official(namesake, date_of_birth=date(1980, 1, 2))
    client = client_as(person("ana.analyst", "analyst"))

    text = words(client.get(reverse("organization_detail", args=[college.uuid])))

    assert "Twin College Designated school official, same name and date of birth" in text
    assert "Namesake College" not in text


def test_the_page_draws_students_by_status_from_its_own_table(client_as: ClientAs, college: Organization) -> None:
    page = client_as(person("ana.analyst", "analyst")).get(reverse("organization_detail", args=[college.uuid])).content.decode()

    assert 'data-table="students-by-year"' in page
    assert 'id="students-by-year"' in page
    assert 'data-table="terminations"' in page


def test_the_list_leaves_as_a_file_under_its_filters(client_as: ClientAs, college: Organization) -> None:
    client = client_as(person("ana.analyst", "analyst"))

    schools = client.get(reverse("organization_export", args=["csv"]), {"kind": "school"}).content.decode("utf-8-sig")
    employers = client.get(reverse("organization_export", args=["csv"]), {"kind": "employer"}).content.decode("utf-8-sig")

    assert "Example College" in schools
    assert "1 organizations, all of the view" in schools
    assert "Example College" not in employers
    assert client_as(person("pia", "privacy_officer")).get(reverse("organization_export", args=["csv"])).status_code == 403
