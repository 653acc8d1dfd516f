"""Passwords: long, any characters, not guessable, hashed slowly, never forced to rotate; and the ways back when one is forgotten."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from access.services.accounts import close_inactive_accounts
from leadtrac.bench.client import signed_in
from leadtrac.middleware import NOTICE_KEY
from tests.factories.people import person
from tests.pages import words

pytestmark = pytest.mark.django_db
PASSPHRASE = "thirteen quiet ferries leave"


@pytest.fixture
def analyst() -> User:
    user = person("maria.santos", "analyst")
    user.set_password(PASSPHRASE)
    user.email = "maria.santos@office.invalid"
    user.save()
    return user


def is_taken(password: str, user: User | None = None) -> bool:
    try:
        validate_password(password, user)
    except ValidationError:
        return False
    return True


@pytest.mark.check(7)
@pytest.mark.parametrize(("password", "taken"), [("v8#kQz!m2@Lp9x", False), ("v8#kQz!m2@Lp9xT", True)])
def test_fourteen_characters_are_too_few_and_fifteen_enough(password: str, taken: bool) -> None:
    assert is_taken(password) is taken


@pytest.mark.check(8)
@pytest.mark.parametrize(
    "password",
    [
        "thirteen quiet ferries leave",  # small letters and blanks alone
        "тринадцать тихих паромов ушли",
        "十三艘安静的渡轮在黎明时分离开了港口去远方",
        "🦦🪁🫖🧭🪵🦔🫐🪆🪗🧶🦩🪐🫎🪬🪷",
        "correct otter " * 6 + "kite",  # 88 characters
    ],
)
def test_any_characters_and_great_length_are_taken(password: str) -> None:
    assert is_taken(password), "no rule of composition"


@pytest.mark.check(9)
@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password1234567!",
        "iloveyouiloveyou",
        "qwertyuiopasdfghjkl",
        "aaaaaaaaaaaaaaaaaaaa",
        "1234567890123456",
        "LeadTrac LeadTrac",
        "homelandsecurity1",
        "maria.santos2026",
        "Letmein123456789",
    ],
)
def test_what_is_guessed_first_is_refused_with_the_reason(password: str, analyst: User) -> None:
    assert not is_taken(password, analyst)


@pytest.mark.check(9)
def test_the_lists_of_breached_and_much_used_passwords_are_long_enough() -> None:
    from django.contrib.auth.password_validation import CommonPasswordValidator

    assert len(CommonPasswordValidator().passwords) > 3_000


@pytest.mark.check(11)
def test_passwords_are_hashed_with_many_rounds() -> None:
    algorithm, rounds, _salt, _digest = make_password(PASSPHRASE).split("$")

    assert algorithm == "pbkdf2_sha256"
    assert int(rounds) >= 600_000


def visitor() -> Client:
    client = Client()
    client.get(reverse("notice"))
    session = client.session
    session[NOTICE_KEY] = True
    session.save()
    return client


def ask_for_a_link(client: Client) -> str:
    mail.outbox.clear()
    client.post(reverse("account_reset_password"), {"email": "maria.santos@office.invalid"})
    return re.findall(r"http://\S+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))[0]


def opens(link: str) -> bool:
    """Whether the link leads to the form for a new password."""
    page = visitor().get(link, follow=True)
    return 'name="password1"' in page.content.decode()


@pytest.fixture
def mailed(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()
    mail.outbox = []


@pytest.mark.check(13)
@pytest.mark.usefixtures("mailed")
def test_a_reset_link_lives_ten_minutes(analyst: User) -> None:
    with time_machine.travel(time.time(), tick=False) as clock:
        link = ask_for_a_link(visitor())
        clock.shift(599)
        assert opens(link)
        clock.shift(2)
        assert not opens(link)


@pytest.mark.check(6)
@pytest.mark.usefixtures("mailed")
def test_asking_for_a_link_tells_nobody_whether_the_address_is_known(analyst: User) -> None:
    def answer(address: str) -> tuple[int, str, str]:
        page = visitor().post(reverse("account_reset_password"), {"email": address}, follow=True)
        return page.status_code, page.request["PATH_INFO"], words(page)

    assert answer("maria.santos@office.invalid") == answer("nobody@office.invalid")
    letters = [(each.to, "password/reset/key" in str(each.body)) for each in mail.outbox]
    assert letters == [(["maria.santos@office.invalid"], True), (["nobody@office.invalid"], False)], "a letter each: it takes as long"


@pytest.mark.check(13)
@pytest.mark.usefixtures("mailed")
def test_a_later_request_makes_an_earlier_link_worthless(analyst: User) -> None:
    first = ask_for_a_link(visitor())
    second = ask_for_a_link(visitor())

    assert not opens(first)
    assert opens(second)


@pytest.mark.check(13, 14)
@pytest.mark.usefixtures("mailed")
def test_a_link_works_once_and_the_second_factor_is_still_asked(analyst: User) -> None:
    TOTP.activate(analyst, generate_totp_secret())
    client = visitor()
    link = ask_for_a_link(client)
    form = client.get(link, follow=True)
    new = "eleven amber kettles whistle"
    done = client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})

    assert done.status_code == 302
    assert not opens(link)
    assert client.get("/search/").headers["Location"].startswith("/accounts/login/"), "the link signs nobody in"
    asked = visitor()
    assert asked.post(reverse("account_login"), {"login": "maria.santos", "password": new}).headers["Location"] == reverse(
        "mfa_authenticate"
    )


@pytest.mark.check(14)
def test_a_new_passphrase_from_an_administrator_keeps_the_second_factor_and_is_changed_first(analyst: User) -> None:
    TOTP.activate(analyst, generate_totp_secret())
    at_work = signed_in(analyst)
    administrator = signed_in(person("adam.admin", "administrator"))

    page = administrator.post(reverse("user_act", args=[analyst.uuid, "passphrase"]), {"reason": "Forgot it"})
    passphrase = re.findall(r'id="passphrase"[^>]*value="([^"]+)"', page.content.decode())[0]

    analyst.refresh_from_db()
    assert analyst.check_password(passphrase)
    assert Authenticator.objects.filter(user=analyst).exists()
    assert at_work.get("/search/").status_code == 302, "every session ended"
    again = signed_in(analyst)
    assert again.get("/search/").headers["Location"] == reverse("account_change_password")
    new = "eleven amber kettles whistle"
    again.post(reverse("account_change_password"), {"oldpassword": passphrase, "password1": new, "password2": new})
    analyst.refresh_from_db()
    assert analyst.check_password(new)
    assert signed_in(analyst).get("/search/").status_code == 200


def test_a_lost_phone_is_taken_off_the_account_and_a_new_one_set_up_first(analyst: User) -> None:
    TOTP.activate(analyst, generate_totp_secret())
    administrator = signed_in(person("adam.admin", "administrator"))

    administrator.post(reverse("user_act", args=[analyst.uuid, "second-step"]), {"reason": "Lost the phone"})

    assert not Authenticator.objects.filter(user=analyst).exists()


@pytest.mark.check(22)
def test_a_temporary_account_closes_after_ninety_six_hours_and_the_list_says_so() -> None:
    administrator = signed_in(person("adam.admin", "administrator"))
    administrator.post(
        reverse("user_new"), {"username": "temp.orary", "display_name": "Temp Orary", "team": "", "email": "", "temporary": "on"}
    )
    made = User.objects.get(username="temp.orary")

    assert made.closes_at is not None
    assert 95.9 < (made.closes_at - timezone.now()).total_seconds() / 3600 <= 96
    assert "open until" in words(administrator.get(reverse("user_list")))
    service = service_actor("audit")
    with acting_as(service):
        assert close_inactive_accounts(actor=service, now=made.closes_at) >= 1
    made.refresh_from_db()
    assert not made.is_active


@pytest.mark.check(61)
def test_fields_that_a_form_does_not_have_change_nothing() -> None:
    administrator = signed_in(person("adam.admin", "administrator"))
    asked = {
        "username": "new.person",
        "display_name": "New",
        "is_superuser": "on",
        "is_staff": "on",
        "kind": "service",
        "uuid": "x",
        "id": "1",
    }

    administrator.post(reverse("user_new"), {**asked, "must_change_password": "", "demonstration": "on"})

    made = User.objects.get(username="new.person")
    assert (made.is_superuser, made.is_staff, made.kind, made.demonstration, made.must_change_password) == (
        False,
        False,
        "person",
        False,
        True,
    )


@pytest.mark.check(18)
@pytest.mark.parametrize(("age", "confirmed"), [(4 * 60 + 59, True), (5 * 60 + 1, False)])
@pytest.mark.parametrize(("name", "rest"), [("user_give", ("role",)), ("user_take", ("role", "analyst")), ("user_act", ("close",))])
def test_a_grant_needs_a_sign_in_of_at_most_five_minutes(
    analyst: User, age: int, confirmed: bool, name: str, rest: tuple[str, ...]
) -> None:
    with time_machine.travel(time.time(), tick=False) as clock:
        client = signed_in(person("adam.admin", "administrator"))
        clock.shift(age)
        answer = client.get(reverse(name, args=[analyst.uuid, *rest]))

    assert (answer.status_code == 200) is confirmed
    if not confirmed:
        assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
