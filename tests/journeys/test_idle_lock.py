"""The idle lock in a browser: it closes over the page, one factor opens it, and the page is as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from access.models import User
from tests.factories.people import person
from tests.journeys.conftest import Visit
from tests.journeys.worlds import a_desk

pytestmark = pytest.mark.journey

PASSPHRASE = "thirteen quiet ferries leave"
IDLE_SECONDS = 6


@pytest.fixture
def more_variables() -> dict[str, str]:
    return {"LEADTRAC_IDLE_LOCK_SECONDS": str(IDLE_SECONDS)}


def with_password(user: User) -> User:
    user.set_password(PASSPHRASE)
    user.save()
    return user


def sit_still(page: Page) -> None:
    """Until the page has locked itself."""
    expect(page.get_by_role("dialog")).to_be_visible(timeout=IDLE_SECONDS * 5_000)


@pytest.mark.proof
@pytest.mark.check(16)
def test_the_page_locks_in_place_and_comes_back_with_text_and_scroll(visit_as: Visit) -> None:
    desk = a_desk(1)
    page = visit_as(with_password(desk.analyst), height=500)
    page.goto(f"/leads/{desk.leads[0].number}/notes/")
    words = page.locator("main textarea").first
    words.fill("The landlord says that she left in March.")
    page.evaluate("window.scrollTo(0, 120)")
    scrolled = page.evaluate("window.scrollY")

    sit_still(page)
    locked = page.get_by_role("dialog")
    expect(page).to_have_title("Locked | LeadTrac")
    page.keyboard.press("Escape")
    expect(locked).to_be_visible()
    assert page.request.get("/queue/", max_redirects=0).headers["location"].startswith("/session/locked/"), "the server locks too"
    locked.get_by_label("Password or one-time code").fill("not my password")
    locked.get_by_role("button", name="Unlock").click()
    expect(locked.get_by_text("neither your password nor your present code").first).to_be_visible()
    locked.get_by_label("Password or one-time code").fill(PASSPHRASE)
    locked.get_by_role("button", name="Unlock").click()

    expect(locked).to_be_hidden()
    expect(words).to_have_value("The landlord says that she left in March.")
    assert page.evaluate("window.scrollY") == scrolled > 0
    words.press("End")
    page.get_by_role("button", name="Keep the note").first.click()
    expect(page.get_by_text("The landlord says that she left in March.").first).to_be_visible()


@pytest.mark.proof
def test_a_form_that_comes_late_does_not_take_the_typed_words_away(visit_as: Visit) -> None:
    page = visit_as(with_password(person("ana.lyst", "analyst")))
    page.goto("/search/")
    held: list[Route] = []
    page.route("**/session/locked/", lambda route: held.append(route) if route.request.method == "GET" else route.fallback())
    sit_still(page)
    locked = page.get_by_role("dialog")
    field = locked.get_by_label("Password or one-time code")
    expect(field).to_be_focused()
    page.keyboard.type(PASSPHRASE)
    with page.expect_response(lambda answer: answer.request.method == "GET"):
        held[0].continue_()
    expect(page.locator("#lock-form.htmx-request")).to_have_count(0)

    expect(field).to_have_value(PASSPHRASE)
    page.keyboard.press("Enter")
    expect(locked).to_be_hidden()


@pytest.mark.proof
@pytest.mark.alone
def test_typing_is_work(visit_as: Visit) -> None:
    page = visit_as(with_password(person("ana.lyst", "analyst")))
    page.goto("/search/")
    field = page.locator("main input[type=text]").first
    for _ in range(IDLE_SECONDS * 2):
        field.press("a")
        page.wait_for_timeout(800)  # a person who types now and then: the pauses are what is tested

    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.request.get("/search/", max_redirects=0).status == 200


@pytest.mark.proof
def test_without_a_script_the_text_comes_back_in_a_form(visit_as: Visit) -> None:
    desk = a_desk(1)
    page = visit_as(with_password(desk.analyst), javascript=False)
    page.goto(f"/leads/{desk.leads[0].number}/notes/")
    page.locator("main textarea").first.fill("The landlord says that she left in March.")
    page.wait_for_timeout(IDLE_SECONDS * 1_000 + 200)  # nothing is asked of the server: that is what is tested
    page.get_by_role("button", name="Keep the note").first.click()

    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    page.get_by_label("Password or one-time code").fill(PASSPHRASE)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("heading", name="What you typed was not sent yet")).to_be_visible()
    expect(page.locator("main textarea")).to_have_value("The landlord says that she left in March.")
    page.get_by_role("button", name="Send it now").click()

    expect(page.get_by_text("The landlord says that she left in March.").first).to_be_visible()
    assert f"/leads/{desk.leads[0].number}/notes/" in page.url


def test_every_part_that_asks_by_itself_says_so() -> None:
    """Else a page left open would keep its session awake for ever."""
    templates = Path(settings.BASE_DIR) / "templates"
    for path in templates.rglob("*.html"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if 'hx-trigger="every ' in line:
                assert "X-Background" in line, path
