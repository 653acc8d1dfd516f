"""The queue as each reader may see it: pages, filters, counts, places, and how few queries it takes."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission as DjangoPermission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.context import acting_as
from access.models import Compartment
from access.selectors import class_for
from leads.models import Claim, Lead, LeadGrant
from leads.numbers import new_number
from leads.selectors.queue import QueueFilter, new_since_for, position_for, queue_counts_for, queue_for
from leads.selectors.queue_sql import decode
from leads.states import CLOSED_STATES
from subjects.models import Subject
from tests.factories.facts import NOW
from tests.factories.people import person
from tests.leads.conftest import Desk


def make(count: int, class_id: int | None = None, **columns: Any) -> list[Lead]:
    """Leads with subjects of their own; columns may be functions of their position."""
    class_id = class_id or class_for(audience="hq")
    subjects = Subject.objects.bulk_create(
        [Subject(uuid=uuid.uuid4(), family_name=f"EXAMPLE {number}", given_name="ANA", access_class_id=class_id) for number in range(count)]
    )
    plain: dict[str, Any] = {
        "state": "queued",
        "state_since": NOW,
        "why": "B2 overstay; no exit",
        "rule_id": "overstay-dated",
        "risk": "low",
        "presence": "likely",
        "over_since": date(2026, 7, 11),
        "clock_due_on": lambda number: date(2026, 12, 1) + timedelta(days=number % 7),
        "as_of": date(2026, 11, 22),
        **columns,
    }
    return Lead.objects.bulk_create(
        [
            Lead(
                number=new_number(),
                subject=subject,
                access_class_id=class_id,
                record_created_on=NOW.date(),
                **{name: value(number) if callable(value) else value for name, value in plain.items()},
            )
            for number, subject in enumerate(subjects)
        ]
    )


def walk(desk: Desk, user: Any, wanted: QueueFilter) -> list[str]:
    """Every number of the list, page by page."""
    found: list[str] = []
    cursor = ""
    while True:
        with acting_as(user):
            page = queue_for(user, wanted, now=NOW, cursor=cursor)
        found += [row.number for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            return found


@pytest.mark.parametrize("sort", ["clock", "risk", "age", "recent"])
def test_paging_gives_every_lead_once_in_each_order(desk: Desk, sort: str) -> None:
    with desk.facts():
        made = make(70, risk_points=lambda n: n % 5, over_since=lambda n: None if n % 10 == 0 else date(2026, 1, 1) + timedelta(days=n % 4))
        made += make(
            50, class_for(audience="hq", office_id=1, compartments=[]), clock_due_on=lambda n: None if n % 9 == 0 else date(2026, 12, 1)
        )

    found = walk(desk, desk.analyst, QueueFilter(sort=sort))

    assert len(found) == len(set(found)) == 120
    assert set(found) == {lead.number for lead in made}


@pytest.mark.parametrize("sort", ["clock", "risk", "age", "recent"])
def test_paging_back_shows_the_pages_that_paging_on_showed(desk: Desk, sort: str) -> None:
    with desk.facts():
        make(33, risk_points=lambda n: n % 3, over_since=lambda n: None if n % 4 == 0 else date(2026, 1, 1 + n % 5))
    with acting_as(desk.analyst):
        pages = [queue_for(desk.analyst, QueueFilter(sort=sort), now=NOW, size=10)]
        while pages[-1].next_cursor:
            pages.append(queue_for(desk.analyst, QueueFilter(sort=sort), now=NOW, size=10, cursor=pages[-1].next_cursor))
        there = [[row.number for row in page.rows] for page in pages]
        back = [pages[-1]]
        while back[-1].previous_cursor:
            back.append(queue_for(desk.analyst, QueueFilter(sort=sort), now=NOW, size=10, before=back[-1].previous_cursor))

    assert [[row.number for row in page.rows] for page in back[::-1]] == there
    assert len(there) == 4


def test_the_first_page_is_the_most_pressing(desk: Desk) -> None:
    with desk.facts():
        make(60)
        (overdue,) = make(1, clock_due_on=date(2026, 11, 1))

    with acting_as(desk.analyst):
        page = queue_for(desk.analyst, QueueFilter(), now=NOW)

    assert page.rows[0].number == overdue.number
    assert page.rows[0].days_left == -15  # working days: three weekends and Veterans Day lie between
    assert page.rows[0].clock == "overdue 15 d"
    assert page.rows[0].why == "B2 overstay for 135 days; no exit"
    assert len(page.rows) == 50


def test_days_count_to_what_the_sources_say_now_also_where_nothing_new_came_in(desk: Desk) -> None:
    """Every source is loaded up to 22 November."""
    with desk.facts():
        (still,) = make(1, as_of=date(2026, 10, 12))
        (cleared,) = make(1, as_of=date(2026, 10, 12), state="auto_closed", close_reason="departed", clock_due_on=None)

    with acting_as(desk.analyst):
        rows = {row.number: row for row in queue_for(desk.analyst, QueueFilter(), now=NOW).rows}
        rows |= {row.number: row for row in queue_for(desk.analyst, QueueFilter(state="auto_closed"), now=NOW).rows}

    assert (rows[still.number].why, rows[still.number].as_of) == ("B2 overstay for 135 days; no exit", date(2026, 11, 22))
    assert rows[cleared.number].why == "B2 overstay for 94 days; no exit", "a closed one does not go on counting"


def test_cleared_leads_leave_the_default_list_and_are_found_by_name(desk: Desk) -> None:
    with desk.facts():
        make(2)
        (cleared,) = make(1, state="auto_closed", close_reason="departed", clock_due_on=None)
        (arrested,) = make(1, state="closed", close_reason="arrested", clock_due_on=None)

    assert not {cleared.number, arrested.number} & set(walk(desk, desk.analyst, QueueFilter()))
    assert walk(desk, desk.analyst, QueueFilter(state="cleared")) == [cleared.number]
    assert set(walk(desk, desk.analyst, QueueFilter(state="closed"))) == {cleared.number, arrested.number}


def test_filters_narrow_by_rule_risk_presence_clock_and_owner(desk: Desk) -> None:
    with desk.facts():
        make(3)
        (risky,) = make(1, risk="high")
        (student,) = make(1, rule_id="f1-terminated")
        (gone,) = make(1, presence="unlikely")
        (late,) = make(1, clock_due_on=date(2026, 11, 1))
        (mine,) = make(1, state="in_research")
        Claim.objects.create(lead=mine, access_class_id=mine.access_class_id, user=desk.analyst, claimed_at=NOW, until=NOW + timedelta(1))

    def only(**wanted: Any) -> list[str]:
        return walk(desk, desk.analyst, QueueFilter(**wanted))

    assert only(risk="high") == [risky.number]
    assert only(rule="f1-terminated") == [student.number]
    assert only(presence="unlikely") == [gone.number]
    assert only(clock="overdue") == [late.number]
    assert only(mine=True) == [mine.number]
    assert mine.number not in only(unclaimed=True)
    assert walk(desk, desk.colleague, QueueFilter(mine=True)) == []


def test_a_reader_without_clearance_sees_nothing_of_the_compartment(desk: Desk) -> None:
    with desk.facts():
        compartment = Compartment.objects.get(code="protected-person")
        (secret,) = make(1, class_for(audience="hq", compartments=[compartment.pk]))
        (plain,) = make(1)
    cleared = person("cleo", "analyst", cleared_for="protected-person")

    assert walk(desk, desk.analyst, QueueFilter()) == [plain.number]
    assert set(walk(desk, cleared, QueueFilter())) == {plain.number, secret.number}
    assert walk(desk, desk.boston, QueueFilter()) == []
    assert walk(desk, desk.operator, QueueFilter()) == []


def test_a_narrow_reader_pages_through_what_grants_show_until_they_end(desk: Desk) -> None:
    with desk.facts():
        made = make(80)
    narrow = person("nora", "")
    permission = DjangoPermission.objects.get(content_type__app_label="leads", codename="view_lead")
    with acting_as(desk.supervisor):
        for number, lead in enumerate(made[:60]):
            LeadGrant.objects.create(
                user=narrow, permission=permission, content_object=lead, kind="assignment", granted_by=desk.supervisor, reason="case",
                until=NOW + timedelta(days=400) if number else NOW - timedelta(days=4000),
            )  # fmt: skip

    assert set(walk(desk, narrow, QueueFilter())) == {lead.number for lead in made[1:60]}


def test_a_page_takes_few_queries_whatever_it_shows(desk: Desk) -> None:
    with desk.facts():
        make(60)

    with (
        acting_as(desk.analyst),
        CaptureQueriesContext(
            connection,
        ) as seen,
    ):
        queue_for(desk.analyst, QueueFilter(), now=NOW)
        queue_counts_for(desk.analyst, now=NOW)

    assert len(seen) <= 12


def test_counts_stop_at_the_limit(desk: Desk, settings: Any) -> None:
    settings.COUNT_LIMIT = 5
    with desk.facts():
        make(7)
        make(3, state="on_hold")

    with acting_as(desk.analyst):
        counts = queue_counts_for(desk.analyst, now=NOW)

    assert (str(counts.unclaimed), str(counts.on_hold), str(counts.mine)) == ("5+", "3", "0")


def test_a_lead_knows_its_place_and_its_neighbors(desk: Desk) -> None:
    with desk.facts():
        make(9)
    numbers = walk(desk, desk.analyst, QueueFilter())
    with acting_as(desk.analyst):
        lead = Lead.objects.get(number=numbers[6])
        position = position_for(desk.analyst, lead, QueueFilter(), now=NOW)
        first = position_for(desk.analyst, Lead.objects.get(number=numbers[0]), QueueFilter(), now=NOW)

    assert (position.place, str(position.of), position.previous, position.next) == (7, "9", numbers[5], numbers[7])
    assert (first.place, first.previous) == (1, "")


def test_new_leads_since_a_moment_are_counted(desk: Desk) -> None:
    with desk.facts():
        make(4)
        make(2, state_since=NOW + timedelta(hours=1))

    with acting_as(desk.analyst):
        found = new_since_for(desk.analyst, QueueFilter(), since=NOW + timedelta(minutes=30), now=NOW)

    assert found.number == 2


def test_an_address_that_nobody_wrote_asks_for_the_first_page(desk: Desk) -> None:
    with desk.facts():
        make(2)

    assert decode("nonsense") is None
    assert decode("WzEsMl0") is None
    with acting_as(desk.analyst):
        assert len(queue_for(desk.analyst, QueueFilter(), now=NOW, cursor="%%%").rows) == 2
    assert QueueFilter.from_query({"risk": "huge", "sort": "; drop", "state": "on_hold", "mine": "1"}) == QueueFilter(
        state="on_hold", mine=True
    )


@pytest.mark.check(33)
def test_the_selector_agrees_with_the_slow_rule(desk: Desk) -> None:
    """Whatever the fast walk finds is what row-level security alone lets through."""
    with desk.facts():
        compartment = Compartment.objects.get(code="protected-person")
        for class_id in (
            class_for(audience="hq"),
            class_for(audience="hq", office_id=2),
            class_for(audience="hq", compartments=[compartment.pk]),
        ):
            make(5, class_id)
            make(2, class_id, state="closed", close_reason="departed")

    for user in (desk.analyst, desk.supervisor, desk.boston, desk.operator, person("cleo", "analyst", cleared_for="protected-person")):
        with acting_as(user):
            slow = set(Lead.objects.exclude(state__in=CLOSED_STATES).values_list("number", flat=True))
        assert set(walk(desk, user, QueueFilter())) == slow
