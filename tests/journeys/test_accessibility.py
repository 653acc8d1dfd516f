"""axe over every named address that renders a page, for a role that may open it, at 1280 and at 320 px; nothing scrolls sideways,
nor at 200 % zoom, nor with the spaces between letters, words and lines that a reader may want (WCAG 1.4.12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import APIResponse, Page

from access.middleware import declared_permission
from access.models import User
from access.permissions import Permission
from access.policy import can
from tests.journeys.addresses import Address, every_address
from tests.journeys.conftest import Visit
from tests.journeys.stands import stand_on
from tests.journeys.worlds import a_desk

pytestmark = [pytest.mark.journey, pytest.mark.slow]

WIDTHS = (1280, 640, 320)
ZOOMED = 640  # what a window of 1,280 px holds at 200 % zoom; only its width is looked at
SERIOUS = {"serious", "critical"}
SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"
        + "p { margin-bottom: 2em !important; }");
    document.adoptedStyleSheets = [sheet];
}"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# addresses that take a form only, answer data, or belong to the library that signs people in
NO_PAGE = {"api_schema", "packet_pdf", "packet_json", "queue_export", "search_export", "home", "health", "demo_sign_in", "gallery"}
SAID = {  # words in an address that mean something else on each page
    "fact_source": {"kind": "name"},
    "user_give": {"kind": "role"},
    "user_act": {"what": "close"},
    "retention_due": {"what": "archive"},
    "user_take": {"kind": "role", "code": "field_officer"},
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


INTAKE = {"quarantined_row"}  # rows of extracts: an analyst may read extracts, but none of these


def opener(address: Address, people: tuple[User, ...]) -> User | None:
    if address.name in INTAKE:
        return next(user for user in people if can(user, Permission.HANDLE_EXTRACT))
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
    sideways = page.evaluate(SIDEWAYS)
    if sideways > 0:
        yield f"{name} at {width}: scrolls sideways by {sideways} px"
    if width == ZOOMED:
        return
    for found in axe(page).response["violations"]:
        if found["impact"] in SERIOUS:
            where = "; ".join(node["html"][:120] for node in found["nodes"][:2])
            yield f"{name} at {width}: {found['id']} ({found['impact']}) {where}"
    page.evaluate(SPACED)
    sideways = page.evaluate(SIDEWAYS)
    if sideways > 1:  # fractions of a pixel are rounded up
        yield f"{name} at {width}, text spaced: scrolls sideways by {sideways} px"


@pytest.mark.proof  # four minutes
def test_every_page_passes_axe_and_fits_at_both_widths(visit_as: Visit, tmp_path: Path) -> None:
    desk = a_desk(3)
    stand = stand_on(desk, visit_as(desk.analyst), tmp_path)
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
    assert {"judging_record", "judging_pair", "compartment_decide", "disclosure_confirm", "quarantined_row"} <= set(walked)
    assert len(set(walked)) > 80
