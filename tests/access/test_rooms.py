"""Every address with real ids, room by room: what is shown to whom, what stands in a link, what a look writes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from access.api import UUID_PATTERN
from access.context import acting_as
from access.middleware import declared_permission
from access.models import User
from access.roles import ROLES
from access.selectors import service_actor
from audit.models import Event
from leads.models import Lead
from leadtrac.bench.client import signed_in
from tests.access.furnished import HTML, NUMBERS, Furnished, furnish
from tests.access.test_walks import OF_REQUESTS
from tests.factories.facts import NOW
from tests.factories.people import person
from tests.journeys.addresses import Address, every_address

pytestmark = pytest.mark.django_db
OURS = [each for each in every_address() if not each.is_of_the_account and declared_permission(each.view) is not None]
OF_THE_PERSON = {
    "number", "subject_uuid", "referral_uuid", "packet_uuid", "decision_uuid", "file_uuid", "identifier_uuid", "fact_uuid", "object_uuid",
    "event_uuid", "associate_uuid",
}  # fmt: skip
IN_FULL = {"office": {"packet_json", "packet_pdf", "referral_page"}}  # an office needs the numbers of its own referral
# whoever holds a printed packet is told that it is recalled, and whoever prints the page that still stands on their own screen is on
# record (an answer without content): whatever has become of its person meanwhile
STILL_TOLD = {"packet_status", "page_printed"}
VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
OPAQUE = re.compile(UUID_PATTERN)
LINK = re.compile(r"""(?:href|src|action|formaction|hx-[a-z]+|data-[a-z-]+)="([^"]*)\"""")


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def rooms(world: Furnished) -> list[tuple[Address, str]]:
    """Each address with the path that leads to something: filled with real ids where it takes ids."""
    filled = [(each, world.address(each) if each.parameters else each.path) for each in OURS]
    return [(each, path) for each, path in filled if path is not None]


def answers(client: Client, world: Furnished) -> Iterator[tuple[Address, tuple[str, bool]]]:
    """What a GET of each room answers, as text, when it answers with content; and whether a browser takes it for a page."""
    for address, path in rooms(world):
        every_form = [path.replace("/csv/", f"/{form}/") for form in ("csv", "xlsx", "pdf")] if "/csv/" in path else [path]
        found = [answer for answer in map(client.get, every_form) if answer.status_code in (200, 410, 422)]
        for answer in found:
            assert answer.headers["Cache-Control"] == "no-store", address
            assert answer.headers["X-Content-Type-Options"] == "nosniff", address
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], address
            assert "unsafe-inline" not in answer.headers["Content-Security-Policy"], address
        if found:
            yield address, ("\n".join(text_of(answer) for answer in found), found[0].headers["Content-Type"].startswith("text/html"))


def text_of(answer: Any) -> str:
    """What can be read in an answer: of a PDF its text, of a spreadsheet or another archive what lies in it."""
    kind = answer.headers["Content-Type"]
    if kind == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
            return "\n".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    return answer.content.decode(errors="replace")


EVERYBODY = [*(role for role in ROLES if role != "service"), "office"]
MOST = [pytest.param(role, marks=() if role == "analyst" else pytest.mark.proof) for role in EVERYBODY]


@pytest.mark.check(27, 53, 54, 59, 65)
@pytest.mark.parametrize("role", MOST)
def test_no_room_shows_a_number_whole_runs_what_was_typed_or_puts_a_person_into_a_link(role: str) -> None:
    world = furnish()
    reader: User = world.office if role == "office" else world.readers[role]
    shown = dict(answers(signed_in(reader), world))

    for address, (text, is_page) in shown.items():
        assert HTML.lower() not in text.lower() or not is_page, address
        if address.name not in IN_FULL.get(role, ()):
            assert [kind for kind, number in NUMBERS.items() if number in re.sub(r"[- ]", "", text)] == [], address
        links = [OPAQUE.sub("", link) for link in LINK.findall(text)]  # a random id may hold any four digits
        assert [link for link in links if re.search(r"kanarien|ana\b|1991|7654321", link, re.IGNORECASE)] == [], address
    if role == "analyst":  # a search is its asker's
        (found,) = (text for address, (text, _) in shown.items() if address.name == "search_results")
        assert f"/subjects/{world.subject.uuid}/" in found, "the person, not only what was typed"
    named = {address.name for address, (text, _) in shown.items() if "KANARIENVOGEL" in text.upper()}
    if role in ("analyst", "supervisor"):
        wanted = {"lead_page", "lead_facts", "lead_notes", "subject_detail", "fact_source", "referral_page"}
        assert wanted | ({"search_results"} if role == "analyst" else set()) <= named  # a search is its asker's
        assert len(shown) > 60
    if role in ("field_officer", "auditor", "data_operator", "administrator"):
        assert named <= {"quarantined_row"}
    assert IN_FULL.get(role, set()) <= {address.name for address, (text, _) in shown.items() if NUMBERS["passport"] in text}


@pytest.mark.proof
@pytest.mark.check(26)
@pytest.mark.parametrize("role", EVERYBODY[:-1])
def test_a_person_in_a_compartment_is_a_made_up_one_to_everybody_else_whatever_the_verb(role: str) -> None:
    world = furnish(compartment="protected-person")
    assert_made_up_to(world.readers[role], world)


@pytest.mark.proof
@pytest.mark.check(26)
@pytest.mark.parametrize("role", [role for role in ROLES if ROLES[role].own_office])
def test_what_another_office_has_is_made_up_to_an_office_whatever_the_verb(role: str) -> None:
    world = furnish()
    assert_made_up_to(world.readers[role], world)


def assert_made_up_to(reader: User, world: Furnished) -> None:
    """Each room of the person, with each verb, answers as one of somebody who does not exist."""
    client = signed_in(reader)
    client.raise_request_exception = False
    about = [
        (each, path)
        for each, path in rooms(world)
        if OF_THE_PERSON & set(each.parameters) and each.name not in STILL_TOLD and world.closed_number not in path
    ]

    assert len({address.name for address, _ in about}) > 60
    for address, path in about:
        for verb in VERBS:
            found, made_up = getattr(client, verb)(path), getattr(client, verb)(world.address(address, made_up=True))
            assert found.status_code == made_up.status_code, (verb, address)
            assert found.status_code in (302, 403, 404, 405, 423) or address.name.startswith("api_"), (verb, address)
            assert "KANARIENVOGEL" not in found.content.decode(errors="replace").upper(), (verb, address)


@pytest.mark.proof
@pytest.mark.check(60)
@pytest.mark.parametrize("role", EVERYBODY)
def test_a_look_at_a_real_record_writes_nothing_but_its_event(role: str) -> None:
    world = furnish()
    client = signed_in(world.office if role == "office" else world.readers[role])
    for address, path in rooms(world):
        for verb in ("get", "head"):
            with CaptureQueriesContext(connection) as asked:
                getattr(client, verb)(path)
            written = [each["sql"] for each in asked if re.match(r"\s*(INSERT|UPDATE|DELETE|TRUNCATE|COPY|MERGE)\b", each["sql"], re.I)]
            strange = [sql[:200] for sql in written if not any(f" {table}" in sql.replace('"', " ") for table in OF_REQUESTS)]
            assert strange == [], (verb, address)


RECORD = re.compile(r"/(?:subjects|referrals|organizations)/([0-9a-f-]{36})/|/leads/(L-[0-9A-Z]{4}-[0-9A-Z]{4})/")


@pytest.mark.check(41)
@pytest.mark.parametrize("role", MOST)
def test_every_person_lead_referral_and_organization_that_a_page_names_is_in_its_event(role: str) -> None:
    world = furnish()
    reader = world.office if role == "office" else world.readers[role]
    client, auditor = signed_in(reader), person("olaf.auditor", "auditor")
    with acting_as(service_actor("leads")):
        numbers = {lead.number: str(lead.uuid) for lead in Lead.objects.all()}
    counted = 0
    for address, path in rooms(world):
        with acting_as(auditor):
            before = Event.objects.latest("pk").pk
        answer = client.get(path)
        if answer.status_code not in (200, 422) or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        page = answer.content.decode().partition("<main")[2].partition("</main>")[0]
        named = {found[1] or numbers[found[2]] for found in RECORD.finditer(page)}
        with acting_as(auditor):
            events = list(Event.objects.filter(pk__gt=before, actor_id=reader.pk))
        on_record = {str(each) for event in events for each in (event.object_uuid, *event.result_uuids)}
        assert named <= on_record, address
        counted += len(named)
    assert counted >= {"analyst": 50, "supervisor": 50, "privacy_officer": 10, "office": 1}.get(role, 0)
