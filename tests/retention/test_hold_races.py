"""A hold placed while a run is carried out wins (records management requirement R11)."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from access.context import acting_as
from access.selectors import service_actor
from foundation.errors import DomainError
from leads.models import Lead
from retention.models import ArchivePackage, Disposition, Hold
from retention.services.execute import execute_run
from retention.services.holds import place_hold
from tests.databases import owner_connection
from tests.factories.records import NOW, Officers, archived, old_lead, started_run, twenty_five_years

pytestmark = pytest.mark.usefixtures("world")


def hold(team: Officers, number: str) -> Hold:
    """A hold of the district court on one record."""
    with acting_as(team.rosa):
        return place_hold(
            actor=team.rosa, kind="litigation", issuer="District court", authority="1:26-cv-00001", reason="a suit", now=NOW,
            numbers=[number],
        )  # fmt: skip


def race(team: Officers, kind: str, lead: Lead) -> tuple[bool, bool]:
    """A worker carries out the run while somebody holds the lead: (hold stands, record is gone)."""
    run = started_run(team, kind)
    placed: list[bool] = []
    ready = threading.Barrier(2)

    def at_the_same_time(act: Callable[[], object]) -> None:
        ready.wait()
        try:
            act()
        finally:
            connection.close()

    def place() -> None:
        try:
            hold(team, lead.number)
        except DomainError:
            placed.append(False)
        else:
            placed.append(True)

    threads = [threading.Thread(target=at_the_same_time, args=[act]) for act in (place, lambda: execute_run(run.pk, now=NOW))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with acting_as(service_actor("retention")):
        here = Lead.objects.filter(uuid=lead.uuid).exists() or ArchivePackage.objects.filter(lead_uuid=lead.uuid).exists()
        assert Disposition.objects.get(pk=run.pk).state == "done"
    return placed[0], not here


def race_of_a_destruction(times: int) -> list[tuple[bool, bool]]:
    """Each with a lead of its own."""
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        leads = [old_lead() for _ in range(times)]
    archived(team)
    found = []
    for lead in leads:
        with acting_as(team.rita):
            others = [each.number for each in leads if each.pk != lead.pk]
        keep_others(others)
        found.append(race(team, "destroy", lead))
        release_others()
    return found


def keep_others(numbers: list[str]) -> None:
    """Move the other records out of the run's way."""
    with owner_connection(connection.settings_dict["NAME"]) as owner:
        owner.execute("UPDATE retention_archivepackage SET destroy_on = '2099-01-01' WHERE lead_number = ANY (%s)", [numbers])


def release_others() -> None:
    """And back."""
    with owner_connection(connection.settings_dict["NAME"]) as owner:
        owner.execute("UPDATE retention_archivepackage SET destroy_on = '2026-03-14' WHERE destroy_on = '2099-01-01'")


@pytest.mark.requirement("R11")
def test_r11_a_hold_and_a_destruction_at_the_same_moment_never_both_succeed() -> None:
    assert all(stands != gone for stands, gone in race_of_a_destruction(4))


@pytest.mark.requirement("R11")
@pytest.mark.proof
def test_r11_two_hundred_races() -> None:
    found = race_of_a_destruction(200)

    assert len(found) == 200
    assert all(stands != gone for stands, gone in found)


@pytest.mark.requirement("R11")
def test_r11_a_hold_and_an_archiving_at_the_same_moment_leave_the_record_held_wherever_it_lies() -> None:
    team = twenty_five_years()
    for _ in range(3):
        with acting_as(service_actor("leads")):
            lead = old_lead()
        assert race(team, "archive", lead) == (True, False)
