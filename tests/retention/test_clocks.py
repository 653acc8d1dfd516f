"""The clock of each lead, and the schedule that sets it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from access.context import acting_as
from access.selectors import service_actor
from foundation.errors import Conflict, Forbidden, InvalidInput
from retention.calendar import dates_under
from retention.models import RetentionClock, Schedule
from retention.selectors import compare_years, due_for, in_place, schedules_in_force
from retention.services.schedules import FICTIONAL_AUTHORITY, approve_schedule, propose_schedule
from tests.factories.leads import make_lead
from tests.factories.people import person

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("world")


def approve_twenty_five(name: str = "rita") -> Schedule:
    officer = person(name, "records_officer")
    with override_settings(DEMO=True), acting_as(officer):
        return approve_schedule(actor=officer, schedule=Schedule.objects.get(version=2), authority=FICTIONAL_AUTHORITY, now=NOW)


def test_a_lead_is_dated_by_the_schedule_in_force_when_it_is_created() -> None:
    with acting_as(service_actor("leads")):
        lead = make_lead(created_on=date(2026, 8, 2))
        clock = RetentionClock.objects.get(lead=lead)

    assert (clock.archive_on, clock.destroy_on) == (None, date(2101, 8, 2))
    assert clock.schedule.version == 1


def test_a_proposed_schedule_dates_nothing_and_can_be_simulated() -> None:
    with acting_as(service_actor("leads")):
        make_lead(created_on=date(2004, 5, 1))
    officer = person("rita", "records_officer")

    with acting_as(officer):
        assert due_for(officer, what="archive", as_of=date(2026, 11, 22)) == []
        years = compare_years(schedules_in_force(), in_place(Schedule.objects.get(version=2)))

    assert [(row.year, row.in_force.destroy, row.considered.archive, row.considered.destroy) for row in years] == [
        (2024, 0, 1, 0),
        (2029, 0, 0, 1),
        (2079, 1, 0, 0),
    ]


def test_approval_supersedes_the_predecessor_and_dates_every_lead_anew() -> None:
    with acting_as(service_actor("leads")):
        old, young = make_lead(created_on=date(2004, 2, 29)), make_lead(created_on=date(2026, 8, 2))

    approve_twenty_five()

    officer = person("rita", "records_officer")
    with acting_as(officer):
        assert Schedule.objects.get(version=1).status == "superseded"
        assert RetentionClock.objects.get(lead=old.pk).destroy_on == date(2029, 3, 1)
        assert RetentionClock.objects.get(lead=young.pk).archive_on == date(2046, 8, 2)
        assert [row.number for row in due_for(officer, what="archive", as_of=date(2026, 11, 22))] == [old.number]


def test_the_database_and_the_calendar_agree_on_every_day_of_eight_years() -> None:
    days = [date(2000, 1, 1) + timedelta(days=offset) for offset in range(8 * 365 + 2)]

    with connection.cursor() as cursor:
        for years in (20, 25, 75):
            cursor.execute("SELECT d, retention_anniversary(d, %s) FROM unnest(%s::date[]) d", [years, days])
            for day, there in cursor.fetchall():
                assert there == dates_under(day, active_years=years, archived_years=0).destroy_on, day


def test_whoever_proposed_a_version_may_not_approve_it() -> None:
    officer = person("rita", "records_officer")
    with acting_as(officer):
        schedule = propose_schedule(actor=officer, title="30 years", active_years=30, archived_years=0)

    with pytest.raises(Forbidden), acting_as(officer):
        approve_schedule(actor=officer, schedule=schedule, authority="DAA-0000-0000", now=NOW)


@pytest.mark.parametrize("authority", ["", "   ", FICTIONAL_AUTHORITY, FICTIONAL_AUTHORITY.lower()])
def test_without_a_true_authority_nothing_comes_into_force(authority: str) -> None:
    officer = person("rita", "records_officer")

    with override_settings(DEMO=False), pytest.raises(InvalidInput), acting_as(officer):
        approve_schedule(actor=officer, schedule=Schedule.objects.get(version=2), authority=authority, now=NOW)

    assert Schedule.objects.get(version=2).status == "proposed"


def test_a_version_is_approved_once() -> None:
    schedule = approve_twenty_five()
    other = person("rob", "records_officer")

    with pytest.raises(Conflict), acting_as(other):
        approve_schedule(actor=other, schedule=schedule, authority="DAA-0000-0000", now=NOW)


def test_an_analyst_may_not_touch_schedules() -> None:
    analyst = person("ana", "analyst")

    with pytest.raises(Forbidden), acting_as(analyst):
        propose_schedule(actor=analyst, title="1 year", active_years=1, archived_years=0)


def test_the_years_of_a_version_cannot_be_changed_with_raw_sql() -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE retention_schedule SET active_years = 1")
