"""The first account of an installation, which no page can make."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from access.context import acting_as
from access.models import RoleGrant, User
from access.permissions import Permission
from access.policy import can
from access.selectors import service_actor
from access.services.accounts import close_account, make_administrator
from audit.acts import Act
from audit.models import Event
from foundation.errors import Conflict, Forbidden
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_role_is_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check closes the connection of the test; that the command asks it is `test_it_asks_under_which_role_it_runs`."""
    monkeypatch.setattr("access.management.commands.administrator.refuse_unbound_role", lambda: None)


def make(*words: str) -> str:
    out = StringIO()
    call_command("administrator", *words, "--reason", "installation", stdout=out)
    return out.getvalue()


def administrators() -> list[str]:
    return list(RoleGrant.objects.filter(role_id="administrator", revoked_at=None).values_list("user__username", flat=True))


def test_whoever_keeps_the_server_makes_the_first_administrator_who_can_make_all_others() -> None:
    printed = make("j.burke", "--display-name", "J. Burke")

    user = User.objects.get(username="j.burke")
    passphrase = printed.splitlines()[0].rpartition(" ")[2]
    assert user.check_password(passphrase)
    assert (user.must_change_password, user.display_name, user.is_superuser, user.is_staff) == (True, "J. Burke", False, False)
    assert can(user, Permission.MANAGE_USER)
    assert can(user, Permission.GRANT_ROLE)
    with acting_as(person("ada", "auditor")):
        about = Event.objects.filter(object_uuid=user.uuid, actor_id=service_actor("audit").pk)
        assert sorted(about.values_list("act", flat=True)) == [Act.ROLE_GRANTED, Act.USER_CREATED]


def test_while_there_is_one_it_makes_no_other() -> None:
    make("j.burke")

    with pytest.raises(CommandError, match="administrator already"):
        make("m.moreau")
    assert administrators() == ["j.burke"]


@pytest.mark.parametrize("why", ["closed", "lapsed"])
def test_when_the_last_one_cannot_work_there_can_be_another(why: str) -> None:
    first = person("burke", "administrator" if why == "closed" else "")
    if why == "closed":
        with acting_as(first):
            close_account(actor=person("other", "administrator"), user=first, reason="left", now=timezone.now())
        RoleGrant.objects.filter(user__username="other").update(revoked_at=timezone.now())
    else:
        with acting_as(service_actor("audit")):
            yesterday = timezone.now() - timedelta(days=1)
            RoleGrant.objects.create(user=first, role_id="administrator", reason="for a month", until=yesterday)

    make("m.moreau")

    assert "m.moreau" in administrators()


@pytest.mark.parametrize("words", [("",), ("burke", "--email", "nowhere"), ("BURKE",)])
def test_nonsense_and_a_taken_name_are_refused(words: tuple[str, ...]) -> None:
    person("burke", "analyst")

    with pytest.raises(CommandError):
        make(*words)
    assert administrators() == []


def test_nobody_makes_one_from_a_page() -> None:
    supervisor = person("sam", "supervisor")

    with acting_as(supervisor), pytest.raises(Forbidden):
        make_administrator(actor=supervisor, username="x", display_name="X", email="", reason="why not", now=timezone.now())


def test_it_asks_under_which_role_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise SystemExit("bypasses row-level security")

    monkeypatch.setattr("access.management.commands.administrator.refuse_unbound_role", refuse)
    with pytest.raises(SystemExit, match="bypasses"):
        make("j.burke")
    assert administrators() == []


def test_the_service_says_so_in_words_of_its_own() -> None:
    person("burke", "administrator")
    service = service_actor("audit")

    with acting_as(service), pytest.raises(Conflict, match="administrator already"):
        make_administrator(actor=service, username="x", display_name="X", email="", reason="again", now=timezone.now())
