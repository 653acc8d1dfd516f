"""A session that nobody works in is locked by the server; one factor opens it, and no typed word is lost."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from access.models import User
from access.session_clock import LOCKED, OPENED, SEEN
from access.sign_in import METHODS_KEY
from audit.acts import Act
from audit.models import Event
from leadtrac.bench.client import signed_in
from tests.factories.people import person
from tests.pages import words

pytestmark = pytest.mark.django_db
PASSPHRASE = "thirteen quiet ferries leave"


@pytest.fixture
def analyst() -> User:
    user = person("ana.lyst", "analyst")
    user.set_password(PASSPHRASE)
    user.save()
    return user


@pytest.fixture
def client(analyst: User) -> Client:
    return signed_in(analyst)


def pass_time(client: Client, seconds: float) -> None:
    """As if everything in the session had happened so much earlier."""
    session = client.session
    session[METHODS_KEY] = [{**entry, "at": entry["at"] - seconds} for entry in session[METHODS_KEY]]
    for key in (OPENED, SEEN, LOCKED):
        if key in session:
            session[key] -= seconds
    session.save()


def acts_of(user: User) -> list[str]:
    with acting_as(user):
        return list(Event.objects.filter(actor_id=user.pk).order_by("pk").values_list("act", flat=True))


@pytest.mark.check(16)
def test_after_fifteen_minutes_every_page_is_the_lock_page_and_one_factor_leads_back(client: Client, analyst: User) -> None:
    assert client.get("/search/").status_code == 200
    pass_time(client, 901)

    for address in ("/queue/?tab=all", "/search/", "/accounts/2fa/", "/accounts/password/change/"):
        assert client.get(address).headers["Location"].startswith(reverse("session_lock")), address
    asked = client.get("/queue/?tab=all")
    page = client.get(asked.headers["Location"])
    back = client.post(reverse("session_lock"), {"proof": PASSPHRASE, "next": "/queue/?tab=all"})

    assert "Say that it is you" in words(page)
    assert "Queue" not in words(page), "a locked screen shows nothing of the desk"
    assert back.headers["Location"] == "/queue/?tab=all"
    assert client.get("/queue/?tab=all").status_code == 200
    assert acts_of(analyst).count(Act.SCREEN_LOCKED) == 1
    assert acts_of(analyst).count(Act.SCREEN_UNLOCKED) == 1


def test_a_one_time_code_opens_it_too_and_a_wrong_word_does_not(client: Client, analyst: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(analyst, secret)
    pass_time(client, 901)

    wrong = client.post(reverse("session_lock"), {"proof": "not my password", "next": "/search/"})
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    right = client.post(reverse("session_lock"), {"proof": code, "next": "/search/"})

    assert wrong.status_code == 422
    assert "neither your password nor your present code" in words(wrong)
    assert right.status_code == 302
    assert client.get("/search/").status_code == 200


@pytest.mark.check(16)
def test_whoever_manages_accounts_is_locked_out_after_ten_minutes() -> None:
    client = signed_in(person("adam.admin", "administrator"))
    pass_time(client, 601)

    assert client.get(reverse("user_list")).headers["Location"].startswith(reverse("session_lock"))


@pytest.mark.check(16)
def test_polls_keep_nothing_awake_and_work_does(client: Client) -> None:
    client.get("/search/")
    pass_time(client, 600)
    client.get("/search/", headers={"X-Background": "1"})
    pass_time(client, 301)
    assert client.get("/search/").status_code == 302

    client.post(reverse("session_lock"), {"proof": PASSPHRASE})
    pass_time(client, 600)
    client.post(reverse("session_awake"))
    pass_time(client, 301)
    assert client.get("/search/").status_code == 200


def test_a_part_of_a_page_is_told_to_go_to_the_lock_page(client: Client) -> None:
    pass_time(client, 901)

    part = client.get("/queue/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/queue/?tab=mine"})
    program = client.get("/api/v1/leads/")

    assert part.status_code == program.status_code == 423
    assert part.headers["HX-Redirect"] == "/session/locked/?next=%2Fqueue%2F%3Ftab%3Dmine"
    assert part.content == b""
    assert program.json()["code"] == "locked"


def test_a_form_that_comes_late_is_not_carried_out_and_loses_no_word(client: Client, analyst: User) -> None:
    pass_time(client, 901)
    typed = "The landlord says that she left in <March>.\nHe will write."

    late = client.post("/leads/L-7K4Q-92MD/note/", {"words": typed, "audience": "hq", "csrfmiddlewaretoken": "x"})
    assert client.get(late.headers["Location"]).status_code == 200
    back = client.post(late.headers["Location"], {"proof": PASSPHRASE, "next": "/session/kept/"})
    page = client.get(back.headers["Location"])

    html = page.content.decode()
    assert 'action="/leads/L-7K4Q-92MD/note/"' in html
    assert "The landlord says that she left in &lt;March&gt;." in html
    assert re.search(r'<input type="hidden" name="audience" value="hq">', html)
    assert "was not sent yet" in words(page)


def test_whatever_was_chosen_or_typed_in_a_late_form_is_seen_before_it_is_sent(client: Client) -> None:
    pass_time(client, 901)
    given = {
        "role": "supervisor",
        "reason": "Leaves",
        "until": "1 Dec 2026",
        "quote": 'say "no"',
        "version": "7",
        "from": "tab=all",
        "note": "",
    }
    client.post("/people/new/", given)

    client.post(reverse("session_lock"), {"proof": PASSPHRASE})
    response = client.get(reverse("session_kept"))
    html = response.content.decode()

    assert "It goes to /people/new/ Role: supervisor" in words(response)
    assert re.search(r'<input [^>]*type="text"[^>]* name="reason" value="Leaves"', html)
    assert re.search(r'<input [^>]*type="text"[^>]* name="until" value="1 Dec 2026"', html)
    assert 'value="say &quot;no&quot;"' in html
    assert '<input type="hidden" name="version" value="7">' in html
    assert "Version" not in words(response)


def test_a_draft_that_another_tab_saves_does_not_displace_the_form_that_was_sent(client: Client, analyst: User) -> None:
    pass_time(client, 901)
    client.post("/leads/L-7K4Q-92MD/note/", {"words": "She left in March."})

    draft = client.post("/leads/L-7K4Q-92MD/draft/close/", {"words": "Half a sent"}, headers={"X-Background": "1"})
    client.post(reverse("session_lock"), {"proof": PASSPHRASE})
    page = client.get(reverse("session_kept")).content.decode()

    assert draft.status_code == 423
    assert "She left in March." in page
    assert "Half a sent" not in page


def test_the_words_that_wait_are_sealed_and_open_for_their_writer_alone(client: Client) -> None:
    from access.late_forms import KEPT, open_kept

    pass_time(client, 901)
    client.post("/leads/L-7K4Q-92MD/note/", {"words": "a canary of seventeen words", "password": "secret"})
    kept = client.session[KEPT]

    assert "canary" not in kept
    assert open_kept(kept, person("ben", "analyst")) is None
    mine = open_kept(kept, User.objects.get(username="ana.lyst"))
    assert mine is not None
    assert [entry.name for entry in mine.entries] == ["words"]


@pytest.mark.check(17)
def test_after_twelve_hours_only_a_sign_in_helps_and_the_words_come_back_after_it(client: Client, analyst: User) -> None:
    client.get("/search/")
    pass_time(client, 12 * 3600)

    late = client.post("/leads/L-7K4Q-92MD/note/", {"words": "He moved to another state."})

    assert late.headers["Location"] == "/accounts/login/?next=%2Fsession%2Fkept%2F"
    assert "_auth_user_id" not in client.session
    assert client.get("/search/").headers["Location"].startswith("/accounts/login/")
    assert Act.SESSION_ENDED in acts_of(analyst)


@pytest.mark.check(15)
def test_proving_who_one_is_gives_the_session_a_new_id(client: Client) -> None:
    before = client.session.session_key
    pass_time(client, 901)
    client.post(reverse("session_lock"), {"proof": PASSPHRASE, "next": "/search/"})

    assert client.session.session_key != before
    client.cookies["leadtrac"] = before
    assert client.get("/search/").headers["Location"].startswith("/accounts/login/")


def test_the_screen_can_be_locked_at_once(client: Client) -> None:
    client.post(reverse("session_lock"), {"next": "/search/"})

    assert client.get("/search/").headers["Location"].startswith(reverse("session_lock"))


def test_the_lock_page_leads_to_no_other_site(client: Client) -> None:
    back = client.post(reverse("session_lock"), {"proof": PASSPHRASE, "next": "https://elsewhere.example/"})

    assert back.headers["Location"] == "/"
