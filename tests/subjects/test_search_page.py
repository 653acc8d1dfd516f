"""Person search: posted, opaque, owned, explained, and within what the reader may see."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from audit.selectors import words_of
from ingest.facts import IdentifierKind
from subjects.models import PersonSearch, Subject
from subjects.search.services import forget_searches, start_search
from subjects.search.terms import Terms
from tests.factories import cases
from tests.factories.people import OfficeFactory, person
from tests.pages import counted_queries, words

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]


@pytest.fixture
def people() -> dict[str, Subject]:
    with acting_as(service_actor("subjects")):
        ana = cases.subject("DOE EXAMPLE", "ANA MARIA")
        cases.name(ana, "SAMPLE", "ANA", kind="maiden")
        cases.identifier(ana, IdentifierKind.PASSPORT, "ZZ0004821", country="UTO")
        cases.identifier(ana, IdentifierKind.I94, "999000123X4")
        cases.identifier(ana, IdentifierKind.A_NUMBER, "A900000123")
        return {
            "ana": ana,
            "samir": cases.subject(
                "NAMUDHAJ", "SAMIR", full_name_source_script="نموذج سمير", date_of_birth=date(1985, 4, 12), citizenship="EGY"
            ),
            "chen": cases.subject("ZHANG", "WEIMING", full_name_source_script="张伟明", date_of_birth=date(1999, 11, 2), citizenship="CHN"),
            "lopez": cases.subject("GARCIA LOPEZ", "JOSE LUIS", date_of_birth=date(1978, 6, 30), citizenship="MEX"),
            "hidden": cases.subject("DOE EXAMPLE", "ANA PROTECTED", protected=True),
        }


def search(client: Client, **terms: str) -> Any:
    posted = client.post(reverse("person_search"), {"purpose": "vetting", **terms})
    assert posted.status_code == 302, words(posted)
    return client.get(posted.headers["Location"])


def found(response: Any) -> list[str]:
    return re.findall(r"/subjects/([0-9a-f-]{36})/", response.content.decode())


@pytest.mark.parametrize(
    ("terms", "who"),
    [
        ({"name": "Ana Maria Doe Example"}, "ana"),
        ({"name": "example, ana"}, "ana"),
        ({"name": "Anna Dow Exmaple"}, "ana"),
        ({"name": "ana sample"}, "ana"),
        ({"name": "سمير نموذج"}, "samir"),
        ({"name": "Samir Namudhaj"}, "samir"),
        ({"name": "Sameer Namoudaj"}, "samir"),
        ({"name": "张伟明"}, "chen"),
        ({"name": "Wei Ming Zhang"}, "chen"),
        ({"name": "García-López"}, "lopez"),
        ({"name": "lopez jose"}, "lopez"),
        ({"birth": "12 Apr 1985"}, "samir"),
        ({"birth": "1985"}, "samir"),
        ({"name": "Samir", "birth": "4 Dec 1985"}, "samir"),
        ({"name": "Samir", "birth": "Apr 1985"}, "samir"),
        ({"number": "zz 000-4821"}, "ana"),
        ({"number": "999000123x4"}, "ana"),
        ({"number": "900 000 123"}, "ana"),
    ],
)
def test_the_person_meant_is_found_first(client_as: ClientAs, people: dict[str, Subject], terms: dict[str, str], who: str) -> None:
    response = search(client_as(person("ana.analyst", "analyst")), **terms)

    assert found(response)[:1] == [str(people[who].uuid)], words(response)


def test_each_result_says_what_it_matched_on(client_as: ClientAs, people: dict[str, Subject]) -> None:
    client = client_as(person("ana.analyst", "analyst"))

    text = words(search(client, name="Anna Doe Example", birth="3 Mar 1991", number="ZZ0004821"))
    swapped = words(search(client, name="Samir Namudhaj", birth="4 Dec 1985"))
    alias = words(search(client, name="Ana Sample"))

    assert "passport, name spelled differently, date of birth" in text
    assert "day and month of birth swapped" in swapped
    assert "as an alias" in alias


@pytest.mark.parametrize("birth", ["1993", "Jul 1993", "9 Jul 1993", "8 Jul 1993", "7 Sep 1993"])
def test_nobody_is_shown_for_being_born_when_the_person_meant_was(client_as: ClientAs, birth: str) -> None:
    with acting_as(service_actor("subjects")):
        meant = cases.subject("QUIBBLE", "ZENOBIA", date_of_birth=date(1993, 7, 9))
        cases.subject("HARTWOOD", "PETER", date_of_birth=date(1993, 7, 9))
        cases.subject("HARTWOOD", "ZENOBIA", date_of_birth=date(1960, 1, 2))

    response = search(client_as(person("ana.analyst", "analyst")), name="Zenobia Quibble", birth=birth)

    assert found(response) == [str(meant.uuid)], words(response)


def test_who_was_born_that_very_day_is_shown_where_no_name_fits_for_names_change(client_as: ClientAs) -> None:
    with acting_as(service_actor("subjects")):
        meant = cases.subject("HARTWOOD", "PETRA", date_of_birth=date(1993, 7, 9))
        cases.subject("HARTWOOD", "PETER", date_of_birth=date(1993, 7, 10))
    client = client_as(person("ana.analyst", "analyst"))

    assert found(search(client, name="Zenobia Quibble", birth="9 Jul 1993")) == [str(meant.uuid)]
    assert found(search(client, name="Zenobia Quibble", birth="Jul 1993")) == []


@pytest.mark.parametrize(("source", "code"), [("adis", "689"), ("sevis", "BR"), ("tecs", "BRA")])
def test_of_namesakes_the_one_with_the_sex_and_country_of_birth_comes_first(client_as: ClientAs, source: str, code: str) -> None:
    with acting_as(service_actor("subjects")):
        namesakes = [cases.subject("EVERYNAME", "KIM", sex="F") for _ in range(3)]
        cases.name(namesakes[0], "EVERYNAME", "KIM", country_of_birth="PRT", source="tecs")
        cases.name(namesakes[1], "EVERYNAME", "KIM", country_of_birth=code, source=source, sex="M")
    client = client_as(person("ana.analyst", "analyst"))

    response = search(client, name="Kim Everyname", birth_country="BRA", sex="M")

    assert found(response)[0] == str(namesakes[1].uuid)
    text = words(response)
    assert "Country of birth: Brazil" in text
    assert "Sex: Male" in text
    assert "name in another order, country of birth, sex" in text
    assert "country of birth differs, sex differs" in text
    refused = client.post(reverse("person_search"), {"purpose": "vetting", "sex": "M"})
    assert refused.status_code == 422, "what so many share singles nobody out"


@pytest.mark.check(65)
@pytest.mark.parametrize("typed", ["سمير نموذج", "Samir Namudhaj"])
def test_a_whole_name_is_whole_in_either_of_its_scripts(client_as: ClientAs, people: dict[str, Subject], typed: str) -> None:
    text = words(search(client_as(person("ana.analyst", "analyst")), name=typed))

    assert "part of the name" not in text
    assert "name in another order" in text


def test_neither_the_address_nor_the_row_holds_a_word_of_the_search(client_as: ClientAs, people: dict[str, Subject]) -> None:
    analyst = person("ana.analyst", "analyst")
    client = client_as(analyst)

    posted = client.post(reverse("person_search"), {"purpose": "vetting", "name": "Doe Example"})

    assert re.fullmatch(r"/search/[0-9a-f-]{36}/", posted.headers["Location"])
    with acting_as(analyst):
        kept = PersonSearch.objects.get()
    assert b"Doe" not in bytes(kept.sealed)
    assert kept.purpose_kind == "vetting"


@pytest.mark.check(41)
def test_the_event_names_who_was_shown_the_words_and_the_purpose(client_as: ClientAs, people: dict[str, Subject]) -> None:
    analyst = person("ana.analyst", "analyst")

    response = search(client_as(analyst), name="Doe Example")

    with acting_as(analyst):
        event = Event.objects.get(act=Act.SEARCH, view="search_results")
        assert words_of(event) == {"name": "Doe Example"}
        kept = PersonSearch.objects.get()
    assert [str(entry) for entry in event.result_uuids] == list(dict.fromkeys(found(response)))
    assert (event.purpose_kind, event.purpose_uuid) == ("vetting", kept.uuid)


def test_a_look_from_the_results_carries_the_search_and_its_purpose(client_as: ClientAs, people: dict[str, Subject]) -> None:
    analyst = person("ana.analyst", "analyst")
    client = client_as(analyst)
    search(client, name="Namudhaj")
    with acting_as(analyst):
        kept = PersonSearch.objects.get()

    client.get(f"{reverse('subject_detail', args=[people['samir'].uuid])}?search={kept.uuid}")

    with acting_as(analyst):
        event = Event.objects.get(act=Act.VIEW, object_uuid=people["samir"].uuid)
    assert (event.purpose_kind, event.purpose_uuid) == ("vetting", kept.uuid)


def test_another_person_cannot_open_a_search(client_as: ClientAs, people: dict[str, Subject]) -> None:
    analyst, other = person("ana.analyst", "analyst"), person("bo.analyst", "analyst")
    with acting_as(analyst):
        kept = start_search(actor=analyst, terms=Terms(name="Doe"), purpose="vetting", now=timezone.now())

    mine = client_as(analyst).get(reverse("search_results", args=[kept.uuid]))
    theirs = client_as(other).get(reverse("search_results", args=[kept.uuid]))
    made_up = client_as(other).get(reverse("search_results", args=[uuid.uuid4()]))

    assert mine.status_code == 200
    assert theirs.status_code == made_up.status_code == 404
    with acting_as(other):
        assert not PersonSearch.objects.exists()


def test_a_search_ends_after_its_hours(client_as: ClientAs, people: dict[str, Subject]) -> None:
    analyst = person("ana.analyst", "analyst")
    with acting_as(analyst):
        kept = start_search(actor=analyst, terms=Terms(name="Doe"), purpose="vetting", now=timezone.now() - timedelta(hours=13))

    assert client_as(analyst).get(reverse("search_results", args=[kept.uuid])).status_code == 404


def test_a_protected_person_is_found_by_nobody_but_the_cleared(client_as: ClientAs, people: dict[str, Subject]) -> None:
    hidden = str(people["hidden"].uuid)

    for terms in (
        {"name": "Ana Protected Doe Example"},
        {"birth": "3 Mar 1991"},
        {"name": "Protected", "birth": "1991"},
        {"name": "Protectedana"},
    ):
        assert hidden not in found(search(client_as(person("ana.analyst", "analyst")), **terms))
    cleared = person("cleo", "analyst", cleared_for="protected-person")
    assert hidden in found(search(client_as(cleared), name="Ana Protected"))


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"purpose": "vetting"}, "Enter a name, a date of birth, a number, an address or an employer."),
        ({"name": "Doe"}, "Choose one."),
        ({"purpose": "vetting", "birth": "the third of March"}, "Enter a date such as 3 Mar 1991"),
        ({"purpose": "vetting", "number": "??"}, "No kind of number"),
        ({"purpose": "curiosity", "name": "Doe"}, "This can no longer be chosen."),
    ],
)
def test_an_empty_or_unreadable_search_says_what_is_wrong(client_as: ClientAs, form: dict[str, str], says: str) -> None:
    response = client_as(person("ana.analyst", "analyst")).post(reverse("person_search"), form)

    assert response.status_code == 422
    assert says in words(response)


def test_nobody_found_is_said_with_the_next_step(client_as: ClientAs, people: dict[str, Subject]) -> None:
    text = words(search(client_as(person("ana.analyst", "analyst")), name="Qqxyz Wwvut"))

    assert "Nobody fits" in text
    assert "Try another spelling" in text


@pytest.mark.parametrize("role", ["field_officer", "administrator", "auditor", "data_operator", "records_officer"])
def test_other_roles_have_no_person_search(client_as: ClientAs, role: str) -> None:
    assert client_as(person("olga", role)).get(reverse("person_search")).status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_hits(client_as: ClientAs, people: dict[str, Subject]) -> None:
    client = client_as(person("ana.analyst", "analyst"))
    posted = client.post(reverse("person_search"), {"purpose": "vetting", "name": "Twin"})
    address = posted.headers["Location"]
    with acting_as(service_actor("subjects")):
        cases.subject("TWIN", "A")
    client.get(address)
    with counted_queries() as one:
        client.get(address)
    with acting_as(service_actor("subjects")):
        for _ in range(20):
            cases.subject("TWIN", "B")
    with counted_queries() as many:
        response = client.get(address)

    assert len(set(found(response))) == 21
    assert len(many) == len(one)


@pytest.mark.parametrize(
    ("typed", "who"),
    [("Namudhaj S", "samir"), ("Samirnamudhaj", "samir"), ("Garcia Lopezjose", "lopez"), ("Namudhaj Qqqq", "samir"), ("Jo", None)],
)
def test_initials_joined_words_and_one_wrong_word_are_no_hindrance(
    client_as: ClientAs, people: dict[str, Subject], typed: str, who: str | None
) -> None:
    response = search(client_as(person("ana.analyst", "analyst")), name=typed)

    assert response.status_code == 200
    if who:
        assert found(response)[:1] == [str(people[who].uuid)], words(response)


def test_a_word_as_written_finds_its_bearer_though_others_are_more_like_the_mistyped_rest(
    client_as: ClientAs, people: dict[str, Subject]
) -> None:
    with acting_as(service_actor("subjects")):
        meant = cases.subject("SOFAIT", "TAKAI")
        cases.subject("SOHIT", "TAIKIV")

    assert found(search(client_as(person("ana.analyst", "analyst")), name="Sofait Taii"))[:1] == [str(meant.uuid)]


def test_the_terms_of_old_searches_are_removed_and_the_events_stay(people: dict[str, Subject]) -> None:
    analyst, now = person("ana.analyst", "analyst"), timezone.now()
    with acting_as(analyst):
        start_search(actor=analyst, terms=Terms(name="Old"), purpose="vetting", now=now - timedelta(hours=13))
        fresh = start_search(actor=analyst, terms=Terms(name="New"), purpose="vetting", now=now)

    with acting_as(service_actor("subjects")):
        assert forget_searches(now=now) == 1

    with acting_as(analyst):
        assert list(PersonSearch.objects.all()) == [fresh]
        assert Event.objects.filter(act=Act.SEARCH).count() == 2


def test_the_people_found_are_a_file_that_is_marked_addressed_and_on_record_for_their_searcher_alone(
    people: dict[str, Subject], client_as: ClientAs
) -> None:
    analyst, colleague = person("ana", "analyst"), person("ben", "analyst")
    results = search(client_as(analyst), name="Ana Doe Example")
    address = f"{results.request['PATH_INFO']}export/csv/"
    assert address in results.content.decode()

    file = client_as(analyst).get(address)
    head, columns, *rows = csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))

    assert (head[0], head[1]) == ("UNCLASSIFIED // LAW ENFORCEMENT SENSITIVE", f"For {analyst.label}")
    assert columns[0] == "Name"
    assert [row[0] for row in rows] == ["DOE EXAMPLE, Ana Maria"]  # and not the protected person of that name
    assert client_as(colleague).get(address).status_code == 404
    assert client_as(person("bob", "field_officer", office=OfficeFactory.create())).get(address).status_code == 403
    with acting_as(person("audrey", "auditor")):
        event = Event.objects.get(act=Act.EXPORT)
        assert event.result_uuids == [people["ana"].uuid]
        assert event.purpose_kind == "vetting"
        assert words_of(event)["view"] == {"name": "Ana Doe Example"}
