"""The frame and the kit in a real browser: content policy, reach, keyboard, paper, no script."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from access.models import User
from access.session_clock import LOCKED
from access.sign_in import METHODS_KEY
from retention.models import Schedule
from tests.factories.people import person

pytestmark = pytest.mark.journey

PASSWORD = "a long enough passphrase"
WIDTHS = [1280, pytest.param(640, marks=pytest.mark.proof), 320]
ACCOUNT_PAGES = ["/accounts/2fa/", "/accounts/password/change/", "/accounts/sessions/", "/accounts/logout/", "/accounts/reauthenticate/"]


@pytest.fixture
def secret() -> str:
    return str(generate_totp_secret())


@pytest.fixture
def analyst(site: str, secret: str) -> str:
    user = person("an.analyst", "analyst")
    user.set_password(PASSWORD)
    user.save()
    TOTP.activate(user, secret)
    return str(user.username)


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser said on its console; a refusal of the content policy stands there."""
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 404" not in message.text:
            said.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield said
    assert said == []


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1])))


def sign_in(page: Page, site: str, username: str, secret: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="I understand").click()
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").last.click()
    page.get_by_label("Code from your authenticator app").fill(code_of(secret))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "2fa/authenticate" not in url)


def assert_fit(page: Page, width: int) -> None:
    """No finding of axe, nothing to scroll sideways."""
    findings = [f"{found['id']}: {found['nodes'][0]['html'][:120]}" for found in Axe().run(page).response["violations"]]
    assert findings == [], f"{page.url} at {width} px"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{page.url} scrolls sideways at {width} px"


@pytest.mark.parametrize("width", WIDTHS)
def test_every_component_is_reachable_and_fits_the_width(site: str, page: Page, complaints: list[str], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/gallery/")
    expect(page.locator("figure.desk-chart canvas")).to_be_visible()
    assert_fit(page, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_around_sign_in_are_reachable_and_fit_the_width(
    site: str, page: Page, complaints: list[str], analyst: str, secret: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/notice/")
    assert_fit(page, width)
    sign_in(page, site, analyst, secret)
    for address in [*ACCOUNT_PAGES, "/there-is-no-such-page/"]:
        page.goto(f"{site}{address}")
        assert_fit(page, width)


def test_signing_in_needs_no_script(site: str, browser: Browser, analyst: str, secret: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, site, analyst, secret)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.context.close()


def test_the_keyboard_skips_to_the_content_and_the_focus_is_seen(site: str, page: Page) -> None:
    page.goto(f"{site}/notice/")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to the content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_what_is_wrong_in_a_form_has_the_focus(site: str, page: Page, analyst: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="I understand").click()
    page.get_by_label("Username").fill(analyst)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").last.click()
    expect(page.get_by_role("alert")).to_be_focused()


@pytest.mark.check(2, 16, 18)
def test_a_key_of_hardware_is_added_signs_in_unlocks_in_place_and_confirms(
    site: str, page: Page, complaints: list[str], settings: Any
) -> None:
    """All of it under the content policy, by clicks; its person has no authenticator app."""
    officer = person("rea.cords", "records_officer")
    officer.set_password(PASSWORD)
    officer.save()
    plug_in_a_key(page)
    start_to_sign_in(page, site, officer.username)
    page.get_by_role("link", name="Add a security key").click()
    if "reauthenticate" in page.url:
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("Blue key")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()

    start_to_sign_in(page, site, officer.username)
    page.get_by_role("button", name="Use the security key").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert "2fa" not in page.url

    settings.IDLE_LOCK_SECONDS = 2
    page.goto(f"{site}{reverse('retention_holds')}")
    page.locator("main textarea").first.fill("The court asks for all of them.")
    locked = page.get_by_role("dialog")
    expect(locked).to_be_visible(timeout=20_000)
    settings.IDLE_LOCK_SECONDS = 900
    locked.get_by_role("button", name="Unlock with a security key").click()
    expect(locked).to_be_hidden()
    expect(page.locator("main textarea").first).to_have_value("The court asks for all of them.")

    grow_old(officer)
    grave = reverse("retention_approve", args=[Schedule.objects.get(status="proposed").uuid])
    page.goto(f"{site}{grave}")
    page.get_by_role("link", name="Use a security key").click()
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_url(f"{site}{grave}")


def start_to_sign_in(page: Page, site: str, username: str) -> None:
    page.goto(f"{site}/accounts/login/")
    if page.get_by_role("button", name="I understand").count():
        page.get_by_role("button", name="I understand").click()
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").last.click()


def grow_old(user: User) -> None:
    """Every sign-in of the user was six minutes ago."""
    for session in Session.objects.all():
        words = session.get_decoded()
        if words.get("_auth_user_id") == str(user.pk):
            words[METHODS_KEY] = [{**method, "at": method["at"] - 360} for method in words[METHODS_KEY]]
            words.pop(LOCKED, None)  # it was unlocked before that
            session.session_data = SessionStore().encode(words)
            session.save()


def plug_in_a_key(page: Page) -> None:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options: dict[str, Any] = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})


def test_every_printed_sheet_bears_the_marking_and_its_number(site: str, page: Page) -> None:
    page.goto(f"{site}/gallery/")
    sheets = pypdf.PdfReader(io.BytesIO(page.pdf(format="Letter", prefer_css_page_size=True))).pages
    assert len(sheets) > 1
    for number, sheet in enumerate(sheets, start=1):
        text = sheet.extract_text()
        assert text.count("UNCLASSIFIED // LAW ENFORCEMENT SENSITIVE") == 2
        assert f"Page {number} of {len(sheets)}" in text
        assert "Skip to the content" not in text
