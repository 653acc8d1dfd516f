"""From a supervisor's word to an account without duties: whoever changes duties loses them, whoever leaves is out at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from access.models import RoleGrant, User
from foundation.templatetags.desk import desk_date
from tests.factories.people import person
from tests.journeys.conftest import Visit
from tests.journeys.worlds import a_desk

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def told(page: Page, user: User, what: str, why: str) -> None:
    """The supervisor says what happens to a colleague, after tomorrow."""
    page.goto("/team/")
    page.get_by_role("link", name="Somebody leaves").click()
    page.get_by_label("Who").select_option(label=user.label)
    page.get_by_text(what, exact=True).click()
    page.get_by_label("Last day").fill(desk_date(timezone.now().date() + timedelta(days=1)))
    page.get_by_label("Why").fill(why)
    page.get_by_role("button", name="Tell the administrators").click()
    expect(page.get_by_text(f"The administrators are told of {user.label}.")).to_be_visible()


def acted(page: Page, link: str, button: str, why: str) -> None:
    page.get_by_role("link", name=link).click()
    page.get_by_label("Why").fill(why)
    page.get_by_role("button", name=button).click()


def test_a_supervisor_tells_and_an_administrator_takes_away_gives_anew_and_closes(visit_as: Visit) -> None:
    desk = a_desk(1)
    goes, stays = person("gone.soon", "analyst"), person("moves.over", "analyst")
    User.objects.filter(pk__in=[goes.pk, stays.pk, desk.supervisor.pk]).update(team="3")
    at_work = visit_as(goes)
    at_work.goto("/queue/")
    supervisor = visit_as(desk.supervisor)
    told(supervisor, goes, "Leaves the agency", "Goes to another agency.")
    told(supervisor, stays, "Changes duties", "Goes over to the records.")

    page = visit_as(person("ada.min", "administrator"))
    page.goto("/people/")
    page.locator("#leavers").get_by_role("link", name=stays.label).click()
    expect(page.get_by_text("Goes over to the records.")).to_be_visible()
    acted(page, "Take away Analyst", "Take away", "No longer at the desk.")
    page.locator("#role").get_by_role("link", name="Add").click()
    page.get_by_label("Role").select_option(label="Records officer")
    page.get_by_label("Why").fill("Works with the records from now on.")
    page.get_by_label("Until").fill(desk_date(timezone.now().date() + timedelta(days=90)))
    page.get_by_role("button", name="Give").click()
    expect(page.locator("#role").get_by_role("row", name="Records officer in force")).to_be_visible()
    acted(page, "Dealt with: the account stays", "Dealt with", "Roles are changed.")
    assert {grant.role_id for grant in RoleGrant.objects.filter(user=stays, revoked_at=None)} == {"records_officer"}

    page.goto("/people/")
    page.locator("#leavers").get_by_role("link", name=goes.label).click()
    acted(page, "Close the account", "Close the account", "Left today already.")
    page.goto("/people/")
    expect(page.locator("#accounts").get_by_role("row", name=goes.label)).to_contain_text("closed")
    expect(page.locator("#leavers")).to_have_count(0)

    at_work.goto("/queue/")
    expect(at_work.get_by_role("heading", level=1)).not_to_have_text("My queue")
    assert at_work.request.get("/queue/", max_redirects=0).status == 302
