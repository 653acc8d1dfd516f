"""Who leaves or changes duties: told by the supervisor, dealt with by an administrator within hours, closed by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.models import Leaver, Membership, User
from access.selectors import colleagues_for, leavers_for, service_actor
from access.services.accounts import close_inactive_accounts
from access.services.leavers import end_of, tell_of_leaver
from access.temporary import TEMPORARY_FOR
from audit.models import Event
from audit.selectors import words_of
from foundation.errors import NotFound
from tests.factories.people import OfficeFactory, person
from tests.pages import words

ClientAs = Callable[[User], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.check(22)]


@pytest.fixture
def admin() -> User:
    return _with(person("adam.admin", "administrator"), email="adam@desk.example")


@pytest.fixture
def analyst() -> User:
    return _with(person("ana.analyst", "analyst"), team="3")


@pytest.fixture
def supervisor() -> User:
    return _with(person("sue.supervisor", "supervisor"), team="3")


def _with(user: User, **values: str) -> User:
    User.objects.filter(pk=user.pk).update(**values)
    user.refresh_from_db()
    return user


def said(who: User, **changes: str) -> dict[str, str]:
    return {"who": str(who.uuid), "kind": "leaves", "last_day": "1 Mar 2099", "reason": "Moves to another agency", **changes}


def told(actor: User, user: User, *, last_day: date = date(2099, 3, 1), kind: str = "leaves", hours_ago: int = 0) -> Leaver:
    now = timezone.now() - timedelta(hours=hours_ago)
    with acting_as(actor):
        return tell_of_leaver(actor=actor, user=user, kind=kind, last_day=last_day, reason="Moves away", now=now)


@pytest.mark.parametrize("whose", ["supervisor", "colleague"])
def test_whoever_worked_at_an_office_until_yesterday_is_nobodys_colleague_there(whose: str) -> None:
    office = OfficeFactory.create(code="HSI-BOS")
    supervisor = person("fay.field", "field_supervisor", office=office)
    colleague = person("otto.officer", "field_officer", office=office)
    with acting_as(supervisor):
        assert list(colleagues_for(supervisor)) == [colleague]

    lapsed, now = supervisor if whose == "supervisor" else colleague, timezone.now()
    with acting_as(service_actor("audit")):
        Membership.objects.filter(user=lapsed).update(revoked_at=now)
        Membership.objects.create(user=lapsed, office=office, until=now - timedelta(days=1), reason="until yesterday")

    with acting_as(supervisor):
        assert list(colleagues_for(supervisor)) == []
    with pytest.raises(NotFound):
        told(supervisor, colleague)


def test_a_supervisor_tells_and_the_administrators_read_it_at_once_with_its_hour(
    client_as: ClientAs, admin: User, analyst: User, supervisor: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    client = client_as(supervisor)
    assert reverse("leaver_new") in client.get(reverse("team")).content.decode()

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # pytest-django's fixture is a context manager
        answer = client.post(reverse("leaver_new"), said(analyst))

    assert answer.status_code == 302
    (written,) = mail.outbox
    assert written.to == ["adam@desk.example"]
    assert "Analyst" not in f"{written.subject}{written.body}", "a mail has no content"
    desk = client_as(admin)
    listed = words(desk.get(reverse("user_list")))
    assert "Ana Analyst Leaves the agency 1 Mar 2099 Moves to another agency Sue Supervisor" in listed
    assert "Moves to another agency" in words(desk.get(reverse("user_page", args=[analyst.uuid])))
    with acting_as(admin):
        (line,) = leavers_for(admin, now=timezone.now())
    assert line.due_at - line.leaver.told_at == timedelta(hours=8)
    assert User.objects.get(pk=analyst.pk).closes_at == end_of(date(2099, 3, 1))
    with acting_as(person("uma", "auditor")):
        event = Event.objects.get(act="leaver_told", object_uuid=analyst.uuid)
        assert (words_of(event) or {})["reason"] == "Moves to another agency"


def test_after_eight_hours_a_leaver_is_overdue_and_after_a_day_who_changes_duties(
    client_as: ClientAs, admin: User, analyst: User, supervisor: User
) -> None:
    told(supervisor, analyst, hours_ago=9)
    other = _with(person("ben.analyst", "analyst"), team="3")
    told(supervisor, other, kind="changes", hours_ago=9)

    with acting_as(admin):
        overdue = {line.leaver.user.username: line.overdue for line in leavers_for(admin, now=timezone.now())}

    assert overdue == {"ana.analyst": True, "ben.analyst": False}
    assert User.objects.get(pk=other.pk).closes_at is None, "who changes duties keeps the account"
    assert words(client_as(admin).get(reverse("user_list"))).count("overdue") == 1


def test_the_account_closes_by_itself_after_the_last_day_and_nothing_waits_any_more(analyst: User, supervisor: User, admin: User) -> None:
    told(supervisor, analyst, last_day=date(2026, 3, 1))
    service = service_actor("audit")

    with acting_as(service):
        assert close_inactive_accounts(actor=service, now=end_of(date(2026, 3, 1)) - timedelta(minutes=1)) == 0
        assert close_inactive_accounts(actor=service, now=end_of(date(2026, 3, 1))) == 1

    assert not User.objects.get(pk=analyst.pk).is_active
    with acting_as(admin):
        assert leavers_for(admin, now=timezone.now()) == []


@pytest.mark.parametrize(("what", "is_active"), [("close", False), ("settle", True)])
def test_an_administrator_closes_the_account_or_keeps_it(
    client_as: ClientAs, admin: User, analyst: User, supervisor: User, what: str, is_active: bool
) -> None:
    told(supervisor, analyst)
    client = client_as(admin)
    assert reverse("user_act", args=[analyst.uuid, "settle"]) in client.get(reverse("user_page", args=[analyst.uuid])).content.decode()

    assert client.post(reverse("user_act", args=[analyst.uuid, what]), {"reason": "As told"}).status_code == 302

    account = User.objects.get(pk=analyst.pk)
    assert account.is_active is is_active
    if is_active:
        assert account.closes_at is None, "it no longer closes by itself"
    leaver = Leaver.objects.get(user=analyst)
    assert (leaver.settled_by, leaver.settled_at is None) == (admin, False)
    assert "Leaves the agency" not in words(client.get(reverse("user_list")))
    assert client.post(reverse("user_act", args=[analyst.uuid, "settle"]), {"reason": "Again"}).status_code == 409


def test_a_temporary_account_stays_temporary_when_it_is_kept_or_opened_again(
    client_as: ClientAs, admin: User, analyst: User, supervisor: User
) -> None:
    began = timezone.now()
    User.objects.filter(pk=analyst.pk).update(temporary=True, opened_at=began, closes_at=began + TEMPORARY_FOR)
    analyst.refresh_from_db()
    client = client_as(admin)
    told(supervisor, analyst)

    client.post(reverse("user_act", args=[analyst.uuid, "settle"]), {"reason": "As told"})
    assert User.objects.get(pk=analyst.pk).closes_at == began + TEMPORARY_FOR

    client.post(reverse("user_act", args=[analyst.uuid, "close"]), {"reason": "Not needed"})
    client.post(reverse("user_act", args=[analyst.uuid, "open"]), {"reason": "Needed again"})
    account = User.objects.get(pk=analyst.pk)
    assert account.is_active
    assert account.closes_at == account.opened_at + TEMPORARY_FOR


def test_an_account_that_closes_sooner_anyway_still_does(analyst: User, supervisor: User) -> None:
    sooner = timezone.now() + timedelta(hours=3)
    User.objects.filter(pk=analyst.pk).update(closes_at=sooner)
    analyst.refresh_from_db()

    told(supervisor, analyst)

    assert User.objects.get(pk=analyst.pk).closes_at == sooner


def test_one_tells_of_colleagues_only_and_once_and_never_of_oneself(
    client_as: ClientAs, admin: User, analyst: User, supervisor: User
) -> None:
    stranger = _with(person("zoe.analyst", "analyst"), team="9")
    client = client_as(supervisor)
    for who in (stranger, supervisor, admin):
        assert client.post(reverse("leaver_new"), said(who)).status_code == 422
    assert client.post(reverse("leaver_new"), said(analyst, reason=" ")).status_code == 422
    with pytest.raises(NotFound):
        told(supervisor, stranger)

    assert client.post(reverse("leaver_new"), said(analyst)).status_code == 302
    assert "have been told of this person already" in words(client.post(reverse("leaver_new"), said(analyst)))

    with pytest.raises(IntegrityError), transaction.atomic():
        Leaver.objects.create(user=admin, told_by=admin, kind="leaves", last_day=date(2099, 1, 1), reason="x", told_at=timezone.now())
    assert client_as(analyst).get(reverse("leaver_new")).status_code == 403


def test_a_field_supervisor_tells_of_the_own_office(client_as: ClientAs, admin: User, analyst: User) -> None:
    boston = OfficeFactory.create(code="HSI-BOS", name="HSI Boston")
    chief = person("fred.field", "field_supervisor", office=boston)
    officer = person("fay.field", "field_officer", office=boston)
    client = client_as(chief)
    assert reverse("leaver_new") in client.get(reverse("office_inbox")).content.decode()

    page = client.get(reverse("leaver_new"))

    assert "Fay Field" in words(page)
    assert "Ana Analyst" not in words(page)
    assert client.post(reverse("leaver_new"), said(officer, kind="changes")).status_code == 302
    assert "Changes duties" in words(client_as(admin).get(reverse("user_list")))


def test_a_supervisor_without_team_and_office_is_told_why_nobody_is_listed(client_as: ClientAs) -> None:
    alone = person("lena.lonely", "supervisor")

    assert "No colleague is listed." in words(client_as(alone).get(reverse("leaver_new")))
