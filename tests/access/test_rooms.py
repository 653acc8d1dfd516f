"""Every address with real ids, room by room: what is shown to whom, what stands in a link, what a look writes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.middleware import declared_permission
from access.models import User
from access.permissions import Permission
from access.roles import ROLES
from tests.access.furnished import HTML, NUMBERS, Furnished, furnish
from tests.access.test_walks import OF_REQUESTS
from tests.factories.facts import NOW
from tests.journeys.addresses import Address, every_address
from tests.pages import signed_in

pytestmark = pytest.mark.django_db
OURS = [each for each in every_address() if not each.is_of_the_account and declared_permission(each.view) is not None]
OF_THE_PERSON = {"number", "subject_uuid", "referral_uuid", "packet_uuid", "decision_uuid", "file_uuid", "identifier_uuid", "fact_uuid"}
IN_FULL = {"office": {"packet_json", "referral_page"}}  # an office needs the numbers of its own referral
IN_FULL |= {role: {"packet_json"} for role in ROLES if Permission.REVEAL_IDENTIFIER in ROLES[role].permissions}
STILL_TOLD = {"packet_status"}  # whoever holds a printed packet is told that it is recalled, whatever has become of its person
VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
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
        answer = client.get(path)
        assert answer.status_code < 500, address
        if answer.status_code in (200, 410, 422):
            yield address, (answer.content.decode(errors="replace"), answer.headers["Content-Type"].startswith("text/html"))


EVERYBODY = [*(role for role in ROLES if role != "service"), "office"]
MOST = [pytest.param(role, marks=() if role == "analyst" else pytest.mark.proof) for role in EVERYBODY]


@pytest.mark.check(27, 59, 65)
@pytest.mark.parametrize("role", MOST)
def test_no_room_shows_a_number_whole_runs_what_was_typed_or_puts_a_person_into_a_link(role: str) -> None:
    world = furnish()
    reader: User = world.office if role == "office" else world.readers[role]
    shown = dict(answers(signed_in(reader), world))

    for address, (text, is_page) in shown.items():
        assert HTML.lower() not in text.lower() or not is_page, address
        if address.name not in IN_FULL.get(role, ()):
            assert [kind for kind, number in NUMBERS.items() if number in re.sub(r"[- ]", "", text)] == [], address
        assert [link for link in LINK.findall(text) if re.search(r"kanarien|ana\b|1991|7654321", link, re.IGNORECASE)] == [], address
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
    client = signed_in(world.readers[role])
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
