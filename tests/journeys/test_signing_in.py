"""The way in: notice, password, one-time code, and the desk behind it."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Page, expect

from tests.factories.people import person
from tests.journeys.conftest import Visit

pytestmark = pytest.mark.journey

PASSPHRASE = "a long enough passphrase"


def code_now(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1])))


def test_an_analyst_signs_in_over_the_notice_with_password_and_one_time_code(visit_as: Visit) -> None:
    analyst = person("ana.lyst", "analyst")
    analyst.set_password(PASSPHRASE)
    analyst.save()
    secret = generate_totp_secret()
    TOTP.activate(analyst, secret)
    page: Page = visit_as()

    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("button", name="understand").click()
    page.get_by_label("Username").fill(analyst.username)
    page.get_by_label("Password", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in").click()
    page.locator("input[name=code]").fill(code_now(secret))
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("link", name=analyst.label)).to_be_visible()
