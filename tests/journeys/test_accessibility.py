"""axe over every named address that renders a page, for a role that may open it, at 1280 and at 320 px; nothing scrolls sideways,
nor at 200 % zoom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from playwright.sync_api import APIResponse, Page

from access.context import acting_as
from access.middleware import declared_permission
from access.models import User
from access.permissions import Permission
from access.policy import can
from access.selectors import service_actor
from leads.models import Decision, Lead, Referral
from retention.models import Schedule
from subjects.models import IdentifierFact, NameFact, Subject
from subjects.search.services import start_search
from subjects.search.terms import Terms
from tests.factories import cases
from tests.factories.people import person
from tests.journeys.addresses import Address, every_address
from tests.journeys.conftest import Visit
from tests.journeys.worlds import Desk, a_desk

pytestmark = [pytest.mark.journey, pytest.mark.slow]

WIDTHS = (1280, 640, 320)
ZOOMED = 640  # what a window of 1,280 px holds at 200 % zoom; only its width is looked at
SERIOUS = {"serious", "critical"}
# addresses that take a form only, answer data, or belong to the library that signs people in
NO_PAGE = {"api_schema", "packet_pdf", "packet_json", "queue_export", "search_export", "home", "health", "demo_sign_in", "gallery"}


@dataclass(frozen=True, slots=True)
class Stand:
    """What the addresses are filled with: real records of the world, so that each page has something on it."""

    values: dict[str, Any]
    people: tuple[User, ...]


def stand_on(desk: Desk, page: Page) -> Stand:
    """Refer the first lead, close the second, keep the third; collect the ids."""
    first, second, third = (lead.number for lead in desk.leads)
    page.goto(f"/leads/{first}/refer/")
    page.get_by_role("button", name="Review the packet").click()
    page.get_by_role("button", name="Send to HSI Boston").click()
    page.goto(f"/leads/{second}/close/")
    page.get_by_text("Departed").click()
    page.get_by_role("button", name="Close the lead").click()
    page.goto(f"/leads/{third}/")
    page.get_by_role("button", name="Claim", exact=True).click()
    with acting_as(service_actor("leads")):
        referral = Referral.objects.select_related("packet", "lead__subject").get()
        decision = Decision.objects.filter(lead__number=second).latest("pk")
        open_lead = Lead.objects.select_related("subject").get(number=third)
        assert open_lead.subject is not None
        values = {
            "number": third,
            "key": "source_stale",
            "referral_uuid": referral.uuid,
            "packet_uuid": referral.packet.uuid,
            "decision_uuid": decision.uuid,
            "subject_uuid": open_lead.subject.uuid,
            "closed_number": second,
            **other_records(open_lead.subject),
        }
    with acting_as(desk.analyst):
        search = start_search(actor=desk.analyst, terms=Terms(name="SAMPLE"), purpose="vetting", now=timezone.now())
    values |= {"search_uuid": search.uuid, "account_uuid": desk.officer.uuid}
    chief = person("some.chief", "field_supervisor", office=desk.boston)
    extra = [person(f"some.{role}", role) for role in ("records_officer", "privacy_officer", "auditor", "data_operator", "administrator")]
    return Stand(values, (desk.analyst, desk.supervisor, desk.officer, chief, *extra))


def other_records(subject: Subject) -> dict[str, Any]:
    """One of each other kind of record that a page shows."""
    school = cases.school()
    cases.official(school)
    cases.student(subject, organization=school)
    extract = cases.extract()
    schedule = Schedule.objects.filter(status="proposed").first()
    return {
        "organization_uuid": school.uuid,
        "extract_uuid": extract.uuid,
        "identifier_uuid": IdentifierFact.objects.filter(subject=subject).latest("pk").uuid,
        "fact_uuid": NameFact.objects.filter(subject=subject).latest("pk").uuid,
        "object_uuid": subject.uuid,
        **({"schedule_uuid": schedule.uuid} if schedule else {}),
    }


SAID = {  # words in an address that mean something else on each page
    "fact_source": {"kind": "name"},
    "user_give": {"kind": "role"},
    "user_act": {"what": "close"},
    "retention_due": {"what": "archive"},
}


def address_of(address: Address, values: dict[str, Any]) -> str | None:
    """The address filled with real ids; None where this world has no record for it."""
    wanted = {**values, **SAID.get(address.name, {})}
    if address.name in ("lead_reopen", "lead_decision"):
        wanted["number"] = values["closed_number"]
    try:
        return reverse(address.name, kwargs={name: wanted[name] for name in address.parameters})
    except (KeyError, NoReverseMatch):
        return None


def opener(address: Address, people: tuple[User, ...]) -> User | None:
    permission = declared_permission(address.view)
    if permission is None:
        return None
    if permission is Permission.SIGNED_IN:
        return people[0]
    return next((user for user in people if can(user, permission)), None)


def is_page(response: APIResponse) -> bool:
    """Whether an address shows something: not one that takes a form only, not a file, not part of a page."""
    shown = response.headers.get("content-type", "").startswith("text/html") and "<!doctype html>" in response.text()
    return shown and response.status != 405 and "attachment" not in response.headers.get("content-disposition", "")


def problems(page: Page, name: str, width: int, axe: Callable[[Page], Any]) -> Iterator[str]:
    sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if sideways > 0:
        yield f"{name} at {width}: scrolls sideways by {sideways} px"
    if width == ZOOMED:
        return
    for found in axe(page).response["violations"]:
        if found["impact"] in SERIOUS:
            where = "; ".join(node["html"][:120] for node in found["nodes"][:2])
            yield f"{name} at {width}: {found['id']} ({found['impact']}) {where}"


@pytest.mark.proof  # four minutes
def test_every_page_passes_axe_and_fits_at_both_widths(visit_as: Visit) -> None:
    desk = a_desk(3)
    stand = stand_on(desk, visit_as(desk.analyst))
    axe, found, walked = Axe(), [], []
    pages: dict[tuple[int, int], Page] = {}
    for address in every_address():
        path = address_of(address, stand.values)
        user = opener(address, stand.people)
        if path is None or user is None or address.name in NO_PAGE or path.startswith("/api/"):
            continue
        for width in WIDTHS:
            if (user.pk, width) not in pages:
                pages[user.pk, width] = visit_as(user, width=width)
            page = pages[user.pk, width]
            if not is_page(page.request.get(path)):
                break
            response = page.goto(path)
            assert response is not None
            if response.status not in (200, 422):  # 422: a page that asks for what its address lacks
                found.append(f"{address.name}: answered {response.status}")
                break
            walked.append(address.name)
            found += problems(page, address.name, width, axe.run)

    assert not found, "\n".join(found)
    assert {"queue", "lead_page", "lead_close", "lead_refer", "office_inbox", "referral_page", "referral_outcome", "rule_book"} <= set(
        walked
    )
    assert {"organization_detail", "extract_detail", "fact_source", "search_results", "user_give"} <= set(walked)
    assert {"referral_assign", "referral_transfer", "figures", "retention_due", "audit_object"} <= set(walked)
    assert len(set(walked)) > 50
