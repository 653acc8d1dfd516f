"""The administrator's accounts: made, given roles, closed, sessions ended; and no case content."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.models import Clearance, Leaver, Membership, RoleGrant, User
from access.selectors import service_actor
from access.services.accounts import close_inactive_accounts
from access.services.grants import grant_role
from access.sign_in import METHODS_KEY
from access.views.accounts import ACTS
from audit.acts import Act
from audit.models import Event
from audit.selectors import words_of
from foundation.errors import Conflict
from leads.models import Lead
from subjects.models import Subject
from tests.factories import cases
from tests.factories.people import OfficeFactory, person
from tests.pages import words

ClientAs = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return person("adam.admin", "administrator")


@pytest.fixture
def analyst() -> User:
    return person("ana.analyst", "analyst")


def test_the_list_shows_who_holds_which_role_where(client_as: ClientAs, admin: User) -> None:
    person("fay.field", "field_officer", office=OfficeFactory.create(code="HSI-BOS", name="HSI Boston"))

    text = words(client_as(admin).get(reverse("user_list")))

    assert "Fay Field fay.field Field officer HSI Boston" in text
    assert "svc-" not in text


def test_a_new_account_gets_a_passphrase_that_is_shown_once_and_holds_no_role(client_as: ClientAs, admin: User) -> None:
    client = client_as(admin)

    made = client.post(reverse("user_new"), {"username": "new.person", "display_name": "New Person", "team": "3", "email": ""})

    user = User.objects.get(username="new.person")
    passphrase = re.findall(r'id="passphrase"[^>]*value="([^"]+)"', made.content.decode())[0]
    assert len(passphrase) >= 20
    assert passphrase in made.content.decode()
    assert user.check_password(passphrase)
    assert passphrase not in client.get(reverse("user_page", args=[user.uuid])).content.decode()
    assert not RoleGrant.objects.filter(user=user).exists()


def test_a_name_that_is_taken_is_refused(client_as: ClientAs, admin: User, analyst: User) -> None:
    made = client_as(admin).post(reverse("user_new"), {"username": "ANA.analyst", "display_name": "Other"})

    assert made.status_code == 422
    assert "This sign-in name is taken." in words(made)


@pytest.mark.check(36)
@pytest.mark.parametrize(("kind", "what"), [("role", "supervisor"), ("office", "HSI-BOS"), ("clearance", "protected-person")])
def test_what_is_given_says_who_why_and_until_and_can_be_taken_away(
    client_as: ClientAs, admin: User, analyst: User, kind: str, what: str
) -> None:
    OfficeFactory.create(code="HSI-BOS", name="HSI Boston")
    client = client_as(admin)

    given = client.post(reverse("user_give", args=[analyst.uuid, kind]), {"what": what, "reason": "Stands in", "until": "1 Mar 2099"})
    shown = words(client.get(given.headers["Location"]))
    twice = client.post(reverse("user_give", args=[analyst.uuid, kind]), {"what": what, "reason": "Again"})
    taken = client.post(reverse("user_take", args=[analyst.uuid, kind, what]), {"reason": "Came back"})

    assert "in force Adam Admin" in shown
    assert "Stands in 1 Mar 2099" in shown
    assert twice.status_code == 422
    assert "taken away" in words(client.get(taken.headers["Location"]))
    model: Any = {"role": RoleGrant, "office": Membership, "clearance": Clearance}[kind]
    assert not model.objects.filter(user=analyst, revoked_at=None, reason="Stands in").exists()
    with acting_as(person("uma", "auditor")):
        acts = set(Event.objects.filter(object_uuid=analyst.uuid, actor_id=admin.pk).values_list("act", flat=True))
    assert {"clearance_granted", "clearance_revoked"} <= acts if kind == "clearance" else {"role_granted", "role_revoked"} <= acts


@pytest.mark.check(36)
@pytest.mark.parametrize("what", sorted(ACTS))
def test_each_act_of_an_administrator_is_on_record_with_its_reason(client_as: ClientAs, admin: User, analyst: User, what: str) -> None:
    client = client_as(admin)
    if what == "open":
        client.post(reverse("user_act", args=[analyst.uuid, "close"]), {"reason": "Away"})
    if what == "settle":
        day = timezone.now().date()
        Leaver.objects.create(user=analyst, told_by=person("sue", "supervisor"), kind="changes", last_day=day, told_at=timezone.now())
    more = {"identity": "someone-7", "line": "12 Main St", "postal_code": "02134"}

    answer = client.post(reverse("user_act", args=[analyst.uuid, what]), {"reason": "It was asked for", **more})

    assert answer.status_code in (200, 302)
    with acting_as(person("uma", "auditor")):
        newest = Event.objects.filter(object_uuid=analyst.uuid, actor_id=admin.pk, payload_scope__isnull=False).latest("pk")
        assert (words_of(newest) or {})["reason"] == "It was asked for"
        assert newest.act in (Act.USER_CHANGED, Act.SESSION_ENDED)


def test_a_reason_is_needed_and_the_service_role_cannot_be_given(client_as: ClientAs, admin: User, analyst: User) -> None:
    client = client_as(admin)
    address = reverse("user_give", args=[analyst.uuid, "role"])

    assert client.post(address, {"what": "auditor", "reason": " "}).status_code == 422
    assert client.post(address, {"what": "service", "reason": "x"}).status_code == 422
    assert client.post(address, {"what": "auditor", "reason": "x", "until": "1 Mar 2020"}).status_code == 422


@pytest.mark.check(34)
def test_nobody_changes_their_own_account(client_as: ClientAs, admin: User) -> None:
    client = client_as(admin)

    assert client.post(reverse("user_give", args=[admin.uuid, "role"]), {"what": "analyst", "reason": "x"}).status_code == 403
    assert client.post(reverse("user_take", args=[admin.uuid, "role", "administrator"]), {"reason": "x"}).status_code == 403
    assert client.post(reverse("user_act", args=[admin.uuid, "close"]), {"reason": "x"}).status_code == 403
    assert "Close the account" not in words(client.get(reverse("user_page", args=[admin.uuid])))


@pytest.mark.check(21)
def test_ending_the_sessions_signs_the_person_out_at_once(client_as: ClientAs, admin: User, analyst: User) -> None:
    first, second, administrator = client_as(analyst), client_as(analyst), client_as(admin)
    assert first.get(reverse("person_search")).status_code == 200

    administrator.post(reverse("user_act", args=[analyst.uuid, "end-sessions"]), {"reason": "Lost laptop"})

    assert first.get(reverse("person_search")).status_code == 302
    assert second.get(reverse("person_search")).status_code == 302
    assert administrator.get(reverse("user_list")).status_code == 200


@pytest.mark.check(21)
def test_ending_everybodys_sessions_signs_out_all_but_the_administrator(client_as: ClientAs, admin: User, analyst: User) -> None:
    other = client_as(person("bob.analyst", "analyst"))
    first, elsewhere, administrator = client_as(analyst), client_as(admin), client_as(admin)
    assert reverse("user_end_all") in administrator.get(reverse("user_list")).content.decode()
    assert administrator.post(reverse("user_end_all"), {"reason": " "}).status_code == 422
    assert first.get(reverse("person_search")).status_code == 200

    answer = administrator.post(reverse("user_end_all"), {"reason": "A key leaked"}, follow=True)

    assert "3 sessions are ended." in words(answer)
    for client in (first, other, elsewhere):
        assert client.get(reverse("home")).status_code == 302
        assert "/accounts/" in client.get(reverse("home")).headers["Location"]
    with acting_as(person("uma", "auditor")):
        newest = Event.objects.filter(act=Act.SESSION_ENDED, actor_id=admin.pk).latest("pk")
        assert (words_of(newest) or {})["reason"] == "A key leaked"
    assert first.post(reverse("user_end_all"), {"reason": "x"}).status_code == 302


@pytest.mark.check(20)
def test_closing_an_account_holds_at_the_next_request_and_can_be_undone(client_as: ClientAs, admin: User, analyst: User) -> None:
    client, administrator = client_as(analyst), client_as(admin)

    administrator.post(reverse("user_act", args=[analyst.uuid, "close"]), {"reason": "Left the agency"})
    assert client.get(reverse("person_search")).status_code == 302
    assert administrator.post(reverse("user_act", args=[analyst.uuid, "close"]), {"reason": "again"}).status_code == 409

    administrator.post(reverse("user_act", args=[analyst.uuid, "open"]), {"reason": "Came back"})
    assert client_as(User.objects.get(pk=analyst.pk)).get(reverse("person_search")).status_code == 200


def test_an_old_sign_in_must_be_confirmed_before_anything_is_given(client_as: ClientAs, admin: User, analyst: User) -> None:
    client = client_as(admin)
    session = client.session
    session[METHODS_KEY] = [{**entry, "at": entry["at"] - 301} for entry in session[METHODS_KEY]]
    session.save()

    for name, *rest in (("user_give", "role"), ("user_act", "close"), ("user_take", "role", "analyst")):
        answer = client.post(reverse(name, args=[analyst.uuid, *rest]), {"what": "auditor", "reason": "x"})
        assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert not RoleGrant.objects.filter(user=analyst, role_id="auditor").exists()


def test_what_has_lapsed_can_be_given_anew(admin: User, analyst: User) -> None:
    past, later = (timezone.now() + timedelta(days=days) for days in (-2, 30))

    with acting_as(admin):
        lapsed = RoleGrant.objects.create(user=analyst, role_id="auditor", granted_by=admin, reason="A month's help", until=past)
        grant_role(actor=admin, user=analyst, role="auditor", reason="Another month", until=later)
        with pytest.raises(Conflict):
            grant_role(actor=admin, user=analyst, role="auditor", reason="Twice", until=later)

    lapsed.refresh_from_db()
    assert lapsed.revoked_at == past, "it ended when it lapsed"
    assert RoleGrant.objects.filter(user=analyst, role_id="auditor", revoked_at=None).count() == 1


def test_what_was_typed_waits_until_its_sender_has_confirmed(client_as: ClientAs, admin: User, analyst: User) -> None:
    client, address = client_as(admin), reverse("user_act", args=[analyst.uuid, "close"])
    session = client.session
    session[METHODS_KEY] = [{**entry, "at": entry["at"] - 301} for entry in session[METHODS_KEY]]
    session.save()

    answer = client.post(address, {"reason": "Left for another agency, told by the supervisor"})
    page = client.get(reverse("session_kept")).content.decode()

    assert answer.headers["Location"] == f"{reverse('account_reauthenticate')}?next=%2Fsession%2Fkept%2F"
    assert User.objects.get(pk=analyst.pk).is_active
    assert f'action="{address}"' in page
    assert "Left for another agency, told by the supervisor" in page
    assert "another agency" not in str(dict(client.session)), "sealed"


@pytest.mark.parametrize("role", ["analyst", "supervisor", "auditor", "privacy_officer", "records_officer", "data_operator"])
def test_only_administrators_have_these_pages(client_as: ClientAs, analyst: User, role: str) -> None:
    client = client_as(person("olga", role))

    for name, args in (("user_list", []), ("user_new", []), ("user_page", [analyst.uuid]), ("user_act", [analyst.uuid, "close"])):
        assert client.get(reverse(name, args=args)).status_code == 403


def test_nobody_signed_out_reaches_them() -> None:
    assert Client().get(reverse("user_list")).status_code == 302


def test_an_administrator_sees_no_case_content(client_as: ClientAs, admin: User) -> None:
    with acting_as(service_actor("subjects")):
        subject = cases.subject("DOE EXAMPLE", "ANA")
    client = client_as(admin)

    with acting_as(admin):
        assert (Subject.objects.count(), Lead.objects.count()) == (0, 0)
    for name in ("queue", "person_search", "office_inbox", "referral_list", "organization_list", "extract_list", "audit_desk"):
        assert client.get(reverse(name)).status_code == 403
    assert client.get(reverse("subject_detail", args=[subject.uuid])).status_code in (403, 404)
    assert words(client.get(reverse("home"), follow=True)).count("DOE") == 0


@pytest.mark.check(22)
def test_an_account_that_nobody_used_for_ninety_days_is_closed(admin: User) -> None:
    now = timezone.now()
    old, fresh = now - timedelta(days=91), now - timedelta(days=89)
    cases_ = {
        "never used, old": (old, None, False),
        "used long ago": (old, old, False),
        "used lately": (old, fresh, True),
        "opened lately": (fresh, old, True),
    }
    for name, (opened, used, _) in cases_.items():
        user = person(name.replace(" ", "."), "analyst")
        User.objects.filter(pk=user.pk).update(opened_at=opened, last_login=used)
    service = service_actor("audit")
    User.objects.filter(pk=service.pk).update(opened_at=old)

    with acting_as(service):
        assert close_inactive_accounts(actor=service, now=now) == 2

    for name, (_, _, still_open) in cases_.items():
        assert User.objects.get(username=name.replace(" ", ".")).is_active is still_open, name
    assert User.objects.get(pk=service.pk).is_active
