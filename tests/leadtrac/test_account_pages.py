"""Every page of one's own account stands in the frame, whoever wrote its view."""

from __future__ import annotations

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from access.models import User
from access.sign_in import METHODS_KEY
from leadtrac.middleware import NOTICE_KEY
from tests.factories.people import person
from tests.leadtrac.test_gallery import INLINE

pytestmark = pytest.mark.django_db

BEFORE_SIGN_IN = ["notice", "account_login", "account_signup", "account_reset_password", "account_reset_password_done", "account_inactive"]
SIGNED_IN = [
    "account_logout",
    "account_reauthenticate",
    "account_change_password",
    "account_email",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_deactivate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "usersessions_list",
]


@pytest.fixture
def analyst() -> User:
    user = person("an.analyst", "analyst")
    user.set_password("a long enough passphrase")
    user.email = "an.analyst@office.invalid"
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return user


def visit(client: Client) -> None:
    session = client.session
    session[NOTICE_KEY] = True
    session.save()


def sign_in(client: Client, user: User, *methods: str) -> None:
    """As after a sign-in with `methods` that was confirmed a moment ago."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session[NOTICE_KEY] = True
    session["account_authentication_methods_user"] = str(user.pk)
    session[METHODS_KEY] = [{"method": method, "at": time.time(), "reauthenticated": True} for method in methods]
    session.save()


def assert_in_the_frame(html: str) -> None:
    assert html.count("desk-marking--top") == 1
    assert html.count("desk-footer") >= 1
    assert len(re.findall(r"<h1\b", html)) == 1
    assert "<c-" not in html
    assert [what for what, pattern in INLINE.items() if pattern.search(html)] == []
    bare = re.findall(r"<(?:input|select|textarea)\b(?![^>]*(?:usa-|type=\"hidden\"|desk-file))[^>]*>", html)
    assert bare == []
    assert re.findall(r"<button\b(?![^>]*(?:usa-button|desk-role))[^>]*>", html) == []


@pytest.mark.parametrize("name", BEFORE_SIGN_IN)
def test_a_page_before_sign_in_stands_in_the_frame(client: Client, name: str) -> None:
    visit(client)
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert_in_the_frame(response.content.decode())


@pytest.mark.parametrize("name", SIGNED_IN)
def test_a_page_of_ones_own_account_stands_in_the_frame(client: Client, analyst: User, name: str) -> None:
    sign_in(client, analyst, "password", "mfa")
    response = client.get(reverse(name))
    assert response.status_code == 200, response.headers.get("Location")
    assert_in_the_frame(response.content.decode())


@pytest.mark.check(24)
def test_the_way_in_leads_over_the_notice_and_the_one_time_code(client: Client, analyst: User) -> None:
    start = client.get(reverse("account_login"))
    assert start.headers["Location"].startswith(reverse("notice"))
    client.post(reverse("notice"), {"accept": "yes", "next": reverse("account_login")})
    answer = client.post(reverse("account_login"), {"login": analyst.username, "password": "a long enough passphrase"})
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    page = client.get(reverse("mfa_authenticate"))
    assert_in_the_frame(page.content.decode())
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "One entry needs a correction" in wrong.content.decode()
    assert_in_the_frame(wrong.content.decode())


def test_setting_up_an_authenticator_shows_its_code_without_a_script(client: Client) -> None:
    sign_in(client, person("new.person", "analyst"), "password")
    response = client.get(reverse("mfa_activate_totp"))
    assert response.status_code == 200, response.headers.get("Location")
    html = response.content.decode()
    assert 'src="data:image/svg+xml' in html
    assert_in_the_frame(html)
