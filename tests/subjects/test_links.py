"""The link chart: what ties people together, and nothing of those whom the reader may not see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.models import Event
from ingest.facts import IdentifierKind
from subjects.identifiers import identifier_key
from subjects.links.graph import Graph
from subjects.links.selectors import MOST_NEW, Wanted, links_of
from subjects.models import Associate, Subject
from tests.factories import cases
from tests.factories.people import OfficeFactory, person
from tests.pages import counted_queries

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]
PHONE = "+12025550101"


@dataclass(frozen=True)
class Circle:
    """Ana shares a phone with Ben and with a protected person; Ben shares an address with Cleo."""

    ana: Subject
    ben: Subject
    cleo: Subject
    hidden: Subject


@pytest.fixture
def analyst() -> User:
    return person("ana.lyst", "analyst")


@pytest.fixture
def circle() -> Circle:
    with acting_as(service_actor("subjects")):
        ana, ben, cleo = cases.subject("DOE EXAMPLE", "ANA"), cases.subject("SAMPLE", "BEN"), cases.subject("SAMPLE", "CLEO")
        hidden = cases.subject("CANARY", "HIDDEN", protected=True)
        for one in (ana, ben, hidden):
            cases.identifier(one, IdentifierKind.PHONE, PHONE)
        for one in (ben, cleo, hidden):
            cases.home(one, line="7 Sample Road")
        cases.identifier(ana, IdentifierKind.PASSPORT, "ZZ0004821", country="UTO", as_of=date(2020, 1, 1))
        school = cases.school()
        cases.student(ana, organization=school)
        cases.student(cleo, organization=school)
    return Circle(ana, ben, cleo, hidden)


def chart(user: User, subject: Subject, wanted: Wanted | None = None, *opened: str) -> Graph:
    with acting_as(user):
        return links_of(user, subject, wanted or Wanted(), opened)


def labels(graph: Graph, kind: str) -> set[str]:
    return {node.label for node in graph.nodes.values() if node.kind == kind}


def node_id(graph: Graph, label: str) -> str:
    return next(node.id for node in graph.nodes.values() if node.label.startswith(label))


def test_a_shared_phone_ties_two_people(analyst: User, circle: Circle) -> None:
    graph = chart(analyst, circle.ana)

    assert labels(graph, "person") == {"DOE EXAMPLE, Ana (1991)", "SAMPLE, Ben (1991)"}
    assert labels(graph, "phone") == {"phone ••••0101"}
    assert labels(graph, "document") == {"passport ••••4821"}
    assert labels(graph, "organization") == {"Example College"}
    tied = {(link.start.label, link.end.label) for link in graph if link.words == "phone"}
    assert tied == {("DOE EXAMPLE, Ana (1991)", "phone ••••0101"), ("phone ••••0101", "SAMPLE, Ben (1991)")}


def test_a_person_out_of_sight_leaves_no_trace_in_the_chart(analyst: User, circle: Circle) -> None:
    opened = ["p-" + str(circle.ben.uuid), "p-" + str(circle.hidden.uuid)]
    graph = chart(analyst, circle.ana, None, *opened)
    with acting_as(service_actor("subjects")):
        for fact in (*circle.hidden.identifierfacts.all(), *circle.hidden.addressfacts.all()):
            fact.retracted_at = fact.known_at
            fact.save(update_fields=["retracted_at"])
    without = chart(analyst, circle.ana, None, *opened)

    assert "CANARY" not in "".join(node.label for node in graph.nodes.values())
    assert [(n.id, n.label, n.cut) for n in graph.nodes.values()] == [(n.id, n.label, n.cut) for n in without.nodes.values()]
    assert [(li.start.id, li.end.id, li.words) for li in graph] == [(li.start.id, li.end.id, li.words) for li in without]


def test_whoever_is_cleared_sees_the_protected_person_too(circle: Circle) -> None:
    cleared = person("cora", "analyst", cleared_for="protected-person")

    assert "CANARY, Hidden (1991)" in labels(chart(cleared, circle.ana), "person")


def test_each_step_reaches_one_person_further(analyst: User, circle: Circle) -> None:
    first = chart(analyst, circle.ana)
    through_ben = chart(analyst, circle.ana, None, node_id(first, "SAMPLE, Ben"))
    through_school = chart(analyst, circle.ana, None, node_id(first, "Example College"))

    assert "SAMPLE, Cleo (1991)" not in labels(first, "person")
    assert "SAMPLE, Cleo (1991)" in labels(through_ben, "person")
    assert labels(through_ben, "address") == {"7 Sample Road, Boston MA"}
    assert "SAMPLE, Cleo (1991)" in labels(through_school, "person")


def test_type_and_time_narrow_the_chart(analyst: User, circle: Circle) -> None:
    phones = chart(analyst, circle.ana, Wanted(through="phone"))
    recent = chart(analyst, circle.ana, Wanted(since=date(2026, 1, 1)))
    old = chart(analyst, circle.ana, Wanted(until=date(2021, 1, 1)))

    assert {node.kind for node in phones.nodes.values()} == {"person", "phone"}
    assert labels(recent, "document") == set()
    assert labels(old, "document") == {"passport ••••4821"}
    assert labels(old, "phone") == set()


def test_a_crowded_school_is_cut_and_says_so(analyst: User, circle: Circle) -> None:
    with acting_as(service_actor("subjects")):
        school = cases.school("Crowded College", code="SIM214F00000099")
        for number in range(MOST_NEW + 3):
            cases.student(cases.subject("STUDENT", f"NO {number}"), organization=school)
        cases.student(circle.ana, organization=school)
    first = chart(analyst, circle.ana)
    graph = chart(analyst, circle.ana, None, node_id(first, "Crowded"))

    assert graph.nodes[node_id(graph, "Crowded")].cut
    assert len([label for label in labels(graph, "person") if label.startswith("STUDENT")]) <= MOST_NEW


def test_associates_tie_people_in_both_directions(analyst: User, circle: Circle) -> None:
    with acting_as(service_actor("subjects")):
        Associate.objects.create(
            subject=circle.ana, access_class_id=cases.hq(), relation="spouse", family_name="SAMPLE", given_name="CLEO",
            linked_subject=circle.cleo, source="manual",
        )  # fmt: skip
        Associate.objects.create(
            subject=circle.ana, access_class_id=cases.hq(), relation="child", family_name="DOE", given_name="KIM", source="manual"
        )

    assert "SAMPLE, Cleo (1991)" in labels(chart(analyst, circle.ana), "person")
    assert labels(chart(analyst, circle.ana), "associate") == {"DOE, Kim"}
    assert "DOE EXAMPLE, Ana (1991)" in labels(chart(analyst, circle.cleo, Wanted(through="associate")), "person")


@pytest.mark.check(65)
def test_the_page_is_a_table_with_steps_as_links_and_puts_no_number_into_an_address(
    client_as: ClientAs, analyst: User, circle: Circle
) -> None:
    page = client_as(analyst).get(f"/subjects/{circle.ana.uuid}/links/")
    html = page.content.decode()

    assert page.status_code == 200
    assert html.count("data-node=") == 5
    assert "data-expand" in html
    assert "<script>" not in html
    assert "style=" not in html
    assert PHONE not in html
    assert str(identifier_key(IdentifierKind.PHONE, PHONE)) not in html
    assert str(circle.hidden.uuid) not in html
    step = html.split('href="')[
        [part.startswith(f"/subjects/{circle.ana.uuid}/links/?") for part in html.split('href="')].index(True)
    ].split('"')[0]
    assert set(parse_qs(urlsplit(step.replace("&amp;", "&")).query)) == {"open"}
    assert client_as(analyst).get(step.replace("&amp;", "&")).status_code == 200


def test_the_look_is_on_record_with_everybody_shown(client_as: ClientAs, analyst: User, circle: Circle) -> None:
    client_as(analyst).get(f"/subjects/{circle.ana.uuid}/links/")

    with acting_as(person("audrey", "auditor")):
        event = Event.objects.get(act="view", view="subject_links")
    assert event.object_uuid == circle.ana.uuid
    assert circle.ben.uuid in event.result_uuids
    assert circle.hidden.uuid not in event.result_uuids


def test_a_field_officer_and_a_reader_out_of_sight_find_no_page(client_as: ClientAs, analyst: User, circle: Circle) -> None:
    officer = person("finn", "field_officer", office=OfficeFactory.create())

    assert client_as(officer).get(f"/subjects/{circle.ana.uuid}/links/").status_code == 404
    assert client_as(analyst).get(f"/subjects/{circle.hidden.uuid}/links/").status_code == 404


def test_a_step_costs_a_fixed_number_of_queries(analyst: User, circle: Circle) -> None:
    with acting_as(analyst), counted_queries() as queries:
        links_of(analyst, circle.ana, Wanted())

    assert len(queries) <= 8, len(queries)
