"""Whatever people change about their own accounts, and each wrong code, is an event; so is that recovery codes were shown."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from access.models import User
from audit.models import Event
from audit.selectors import words_of
from tests.factories.people import person
from tests.journeys.test_signing_in import code_now
from tests.leadtrac.test_account_pages import sign_in, visit

pytestmark = pytest.mark.django_db
PASSPHRASE = "a long enough passphrase"
SECRET = generate_totp_secret()


@pytest.fixture(autouse=True)
def at_once(django_capture_on_commit_callbacks: Any) -> Any:
    return django_capture_on_commit_callbacks


@pytest.fixture
def analyst() -> User:
    user = person("an.analyst", "analyst")
    user.set_password(PASSPHRASE)
    user.email = "an.analyst@office.invalid"
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


@pytest.fixture
def client(analyst: User) -> Client:
    client = Client()
    sign_in(client, analyst, "password", "mfa")
    return client


def events(*acts: str) -> Counter[tuple[str, str, str]]:
    """The events about accounts: act, field, and what was done, where it was said."""
    with acting_as(person("uma.auditor", "auditor")):
        found = Event.objects.filter(act__in=acts or ["account", "session_ended"]).order_by("pk")
        return Counter((each.act, "".join(each.field_names), str((words_of(each) or {}).get("what", ""))) for each in found)


def act(client: Client, name: str, at_once: Any, *args: object, **form: object) -> None:
    with at_once(execute=True):
        answer = client.post(reverse(name, args=args), form)
    assert answer.status_code == 302, answer.content.decode()


@pytest.mark.parametrize(
    ("name", "form", "expected"),
    [
        pytest.param(
            "account_change_password",
            {"oldpassword": PASSPHRASE, "password1": "eleven slow ferries return", "password2": "eleven slow ferries return"},
            ("account", "password", "changed"),
            id="password",
        ),
        pytest.param("mfa_generate_recovery_codes", {}, ("account", "second_factor", "made anew"), id="recovery codes made anew"),
        pytest.param("mfa_deactivate_totp", {}, ("account", "second_factor", "removed"), id="second factor removed"),
        pytest.param("account_reauthenticate", {"password": PASSPHRASE}, ("account", "sign_in", "confirmed with the password"), id="again"),
    ],
)
def test_a_change_of_ones_own_account_is_on_record(
    client: Client, at_once: Any, name: str, form: dict[str, object], expected: tuple[str, str, str]
) -> None:
    act(client, name, at_once, **form)

    assert expected in events()


def test_an_address_of_mail_that_is_added_made_the_first_or_removed_is_on_record(client: Client, analyst: User, at_once: Any) -> None:
    Authenticator.objects.filter(user=analyst).delete()  # with one the library lets nobody add an address
    act(client, "account_email", at_once, action_add="", email="other@office.invalid")
    EmailAddress.objects.filter(email="other@office.invalid").update(verified=True)

    act(client, "account_email", at_once, action_primary="", email="other@office.invalid")
    act(client, "account_email", at_once, action_remove="", email="an.analyst@office.invalid")

    assert events() == {("account", "email", what): 1 for what in ("added", "made the first one", "removed")}


def test_a_second_factor_that_is_set_up_is_on_record_and_so_is_a_confirmation_with_it(client: Client, analyst: User, at_once: Any) -> None:
    act(client, "mfa_reauthenticate", at_once, code=code_now(SECRET))
    assert events() == {("account", "sign_in", "confirmed with a second factor"): 1}

    Authenticator.objects.filter(user=analyst).delete()
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    act(client, "mfa_activate_totp", at_once, code=code_now(secret))
    assert events()["account", "second_factor", "added"] == 2, "the authenticator, and the recovery codes that came with it"


def test_a_password_that_is_reset_by_mail_is_on_record(analyst: User, at_once: Any) -> None:
    client = Client()
    visit(client)
    client.post(reverse("account_reset_password"), {"email": analyst.email})
    link = next(word for word in mail.outbox[-1].body.split() if "/accounts/password/reset/key/" in word)
    form = client.get(link.partition("://")[2].partition("/")[2].join(["/", ""]), follow=True)
    new = {"password1": "eleven slow ferries return", "password2": "eleven slow ferries return"}
    with at_once(execute=True):
        client.post(form.request["PATH_INFO"], new)

    assert events() == {("account", "password", "reset by mail"): 1}


def test_sessions_that_their_person_ends_are_on_record(client: Client, analyst: User, at_once: Any) -> None:
    UserSession.objects.create(user=analyst, session_key="elsewhere", ip="192.0.2.7", user_agent="x")

    act(client, "usersessions_list", at_once)

    assert events() == {("session_ended", "", ""): 1}
    assert not UserSession.objects.filter(session_key="elsewhere").exists()


@pytest.mark.parametrize("name", ["mfa_view_recovery_codes", "mfa_download_recovery_codes"])
def test_that_recovery_codes_were_shown_is_on_record(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 200

    assert events() == {("account", "recovery_codes", "shown"): 1}


def test_each_wrong_or_used_code_is_a_failed_sign_in_of_its_account(analyst: User) -> None:
    client = Client()
    visit(client)
    client.post(reverse("account_login"), {"login": analyst.username, "password": PASSPHRASE})
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert events("sign_in_failed") == {("sign_in_failed", "second_factor", ""): 1}

    good = code_now(SECRET)
    assert client.post(reverse("mfa_authenticate"), {"code": good}).status_code == 302
    second = Client()
    visit(second)
    second.post(reverse("account_login"), {"login": analyst.username, "password": PASSPHRASE})
    second.post(reverse("mfa_authenticate"), {"code": good})

    assert events("sign_in_failed") == {("sign_in_failed", "second_factor", ""): 2}
    with acting_as(person("ulf.auditor", "auditor")):
        assert {each.object_uuid for each in Event.objects.filter(act="sign_in_failed")} == {analyst.uuid}


STRANGE_KEY = {
    "id": "c3RyYW5nZQ",
    "rawId": "c3RyYW5nZQ",
    "type": "public-key",
    "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"},
}


@pytest.mark.parametrize("answer", [STRANGE_KEY, {"id": 1}], ids=["a key of somebody else", "no answer of a key"])
def test_a_security_key_that_fails_is_a_failed_sign_in_of_its_account(analyst: User, answer: dict[str, object]) -> None:
    client = Client()
    visit(client)
    client.post(reverse("account_login"), {"login": analyst.username, "password": PASSPHRASE})

    client.post(reverse("mfa_authenticate"), {"credential": json.dumps(answer)})

    assert events("sign_in_failed") == {("sign_in_failed", "second_factor", ""): 1}
    with acting_as(person("ulf.auditor", "auditor")):
        failed = Event.objects.get(act="sign_in_failed")
        assert (failed.object_uuid, failed.allowed, (words_of(failed) or {})["kind"]) == (analyst.uuid, False, "webauthn")


def test_a_security_key_that_fails_to_unlock_the_screen_is_on_record(client: Client) -> None:
    assert client.post(reverse("session_lock"), {"credential": json.dumps(STRANGE_KEY)}).status_code == 422

    assert events("sign_in_failed") == {("sign_in_failed", "second_factor", ""): 1}


@pytest.mark.parametrize("junk", [{"id": 1}, [1], {**STRANGE_KEY, "rawId": "AAAA"}], ids=["no answer", "a list", "two ids"])
def test_what_no_security_key_sends_is_refused_in_words_when_one_is_set_up(client: Client, junk: object) -> None:
    client.get(reverse("mfa_add_webauthn"))

    answer = client.post(reverse("mfa_add_webauthn"), {"name": "mine", "credential": json.dumps(junk)})

    assert answer.status_code == 200
    assert "Incorrect code." in answer.content.decode()
