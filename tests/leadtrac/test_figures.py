"""The page of figures: counts of what the reader may see, which agree with the lists that they lead to."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest

from access.context import acting_as
from access.models import Compartment
from access.selectors import class_for
from leads.filters import read_query
from leads.models import Lead, Outcome, Referral
from leads.organizations.signals import signal_words
from leads.selectors.figures import OpenLeads, closed_for, flow_for, open_leads_for, referrals_by_office_for, speed_for
from leads.selectors.office_figures import office_figures_for
from leads.selectors.queue_sql import count_up_to
from leads.selectors.referral import inbox_for
from leads.selectors.rule_counts import open_leads_by_rule
from leads.services.answer import accept_referral, report_outcome
from leads.services.referral import propose_referral, refer_lead
from leads.services.triage import close_lead
from leadtrac.bench.client import signed_in
from leadtrac.dashboard import tables
from oversight.selectors.events import events_for
from oversight.selectors.figures import acts_for
from tests.factories import cases
from tests.factories.facts import NOW
from tests.factories.people import person
from tests.leads.conftest import Desk, desk  # noqa: F401  # the fixture
from tests.leads.test_queue_pages import make
from tests.leads.views.conftest import morning, visitor  # noqa: F401  # the fixture
from tests.pages import counted_queries, words

TODAY = NOW.date()
BUDGET = 20  # session, account, sight and context as on every page; seven of figures; the event


def listed(url: str) -> int:
    """How many leads the queue behind an address holds for whoever is at work."""
    query = read_query({name: values[0] for name, values in parse_qs(urlsplit(url).query).items()})
    return count_up_to(query.wanted, today=TODAY, limit=10_000)


@pytest.fixture
def mixed(desk: Desk) -> list[Lead]:  # noqa: F811
    """Leads in many states, some of them in a compartment."""
    protected = class_for(audience="hq", compartments=[Compartment.objects.get(code="protected-person").pk])
    with desk.facts():
        states = ["queued", "in_research", "on_hold", "reopened"]
        made = make(
            24,
            state=lambda n: states[n % 4],
            risk=lambda n: ("high", "medium", "low")[n % 3],
            rule_id=lambda n: ("overstay-dated", "overstay-vwp")[n % 2],
            rules=lambda n: [] if n % 4 else ["overstay-vwp"],  # the first of which every fourth was opened no longer stands
            clock_due_on=lambda n: None if n % 6 == 0 else TODAY + timedelta(days=4 * n - 20),
        )
        reasons = ["departed", "in_status", "arrested"]
        made += make(9, state=lambda n: ("closed", "auto_closed")[n % 2], close_reason=lambda n: reasons[n % 3], clock_due_on=None)
        made += make(5, protected)
    return made


@pytest.mark.django_db
def test_every_number_with_a_link_is_the_number_of_leads_in_that_queue(desk: Desk, mixed: list[Lead]) -> None:  # noqa: F811
    with acting_as(desk.analyst):
        counted = open_leads_for(desk.analyst, TODAY)
        found = tables.open_tables(counted)
        linked = [cell for table in found for row in table.rows for cell in row if cell.url]

        assert [cell.value for cell in linked] == [listed(cell.url) for cell in linked]
        assert len(linked) >= 10
        assert all(sum(row[1].value for row in table.rows) == listed(tables.queue_url()) == 24 for table in found)
        assert counted.rule == open_leads_by_rule(desk.analyst) == {"overstay-dated": 6, "overstay-vwp": 18}, "and in the rule book"


def test_a_signal_of_an_organization_is_named_in_words() -> None:
    found = OpenLeads(1, state={}, rule={"org-drop-many": 1}, risk={}, office={}, age={}, clock={})

    assert tables.open_tables(found)[-1].rows[0][0].value == signal_words("org-drop-many") != "org-drop-many"


@pytest.mark.django_db
def test_closed_leads_agree_with_the_lists_of_closed_leads(desk: Desk, mixed: list[Lead]) -> None:  # noqa: F811
    with acting_as(desk.analyst):
        closed = closed_for(desk.analyst)
        links = tables.closed_links(closed)

        assert [link["value"] for link in links] == [listed(link["url"]) for link in links] == [9, 6]
    assert closed.automatic == 4
    assert "44.4 % on evidence" in tables.closing_table(closed).note


@pytest.mark.check(33)
@pytest.mark.django_db
def test_leads_in_a_compartment_are_counted_only_for_those_cleared(desk: Desk, mixed: list[Lead]) -> None:  # noqa: F811
    cleared = person("cleo", "analyst", cleared_for="protected-person")

    with acting_as(desk.analyst):
        assert open_leads_for(desk.analyst, TODAY).total == 24
    with acting_as(cleared):
        assert open_leads_for(cleared, TODAY).total == 29


@pytest.mark.django_db
def test_the_flow_counts_each_move_once_in_its_week(desk: Desk) -> None:  # noqa: F811
    lead, other = desk.opened(lambda: visitor(1)), desk.opened(lambda: visitor(2))
    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=lead, close_reason="departed", reason="seen at the gate", now=NOW + timedelta(hours=6))
        _refer(desk, other)

        weeks = flow_for(desk.analyst, TODAY)
        speed = {each.decision: each for each in speed_for(desk.analyst, TODAY)}

    assert len(weeks) == 12
    assert (weeks[-1].monday, weeks[-1].closed_by_person, weeks[-1].referred) == (date(2026, 11, 23), 1, 1)
    assert sum(week.closed_by_person + week.closed_by_evidence + week.referred for week in weeks[:-1]) == 0
    assert sum(week.opened for week in weeks) == 2
    assert (speed["closed"].leads, speed["closed"].median_hours) == (1, 6.0)


@pytest.mark.django_db
def test_a_wrong_person_counts_among_the_reported_referrals_of_its_office(desk: Desk) -> None:  # noqa: F811
    for place, code in enumerate(["wrong_person", "not_located", "located"]):
        with acting_as(desk.analyst):
            lead = desk.opened(partial(visitor, place))
        with acting_as(desk.analyst):
            referral = _refer(desk, lead)
        _answer(desk, referral, code)

    with acting_as(desk.analyst):
        (office,) = referrals_by_office_for(desk.analyst)

    assert (office.total, office.reported, office.wrong) == (3, 3, 1)
    assert "1 of 3 reported" in tables.outcome_table([office]).note


@pytest.mark.django_db
def test_the_page_shows_each_chart_with_its_table_and_stays_within_its_queries(desk: Desk, mixed: list[Lead]) -> None:  # noqa: F811
    client = signed_in(desk.supervisor)
    client.get("/figures/")
    with counted_queries() as queries:
        page = client.get("/figures/")

    assert page.status_code == 200
    assert len(queries) <= BUDGET, len(queries)
    html = page.content.decode()
    for table in ("ageing", "by-status", "by-clock", "by-risk", "by-rule", "flow", "closing", "sources"):
        assert f'id="{table}"' in html
        assert f'data-table="{table}"' in html
    assert "24 open leads" in words(page)


HEADINGS = {
    "analyst": {"Open leads", "Sources"},
    "supervisor": {"Open leads", "Sources"},
    "field_officer": {"Your office"},
    "records_officer": {"Records"},
    "privacy_officer": {"Acts on record", "Break-glass"},
    "auditor": {"Acts on record"},
    "data_operator": {"Sources", "Extracts"},
    "administrator": {"Accounts"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(HEADINGS))
def test_each_role_reads_the_figures_of_its_own_desk_and_no_others(desk: Desk, mixed: list[Lead], role: str) -> None:  # noqa: F811
    with desk.facts():
        cases.extract()
    user = desk.boston if role == "field_officer" else person(f"some.{role}", role)

    client = signed_in(user)
    client.get("/")  # so that there is an act to count
    page = client.get("/figures/")

    text = page.content.decode()
    shown = {heading for headings in HEADINGS.values() for heading in headings if f">{heading}</h2>" in text}
    assert page.status_code == 200
    assert shown == HEADINGS[role]


@pytest.mark.django_db
def test_an_offices_figures_are_those_of_its_inbox(desk: Desk, mixed: list[Lead]) -> None:  # noqa: F811
    sent = []
    for place in range(3):
        lead = desk.opened(partial(visitor, place))
        with acting_as(desk.analyst):
            sent.append(_refer(desk, lead))
    _answer(desk, sent[0], "departed")
    with acting_as(desk.boston):
        found = office_figures_for(desk.boston, TODAY)
        for tab, number in found.tabs.items():
            assert number == len(inbox_for(desk.boston, now=NOW, state=tab).rows), tab
        assert found.tabs["sent"] == 2
        assert (found.outcomes, found.answer_late) == ({"departed": 1}, 0)
        assert office_figures_for(desk.boston, TODAY + timedelta(days=30)).answer_late == 2
    with acting_as(desk.atlanta):
        assert sum(office_figures_for(desk.atlanta, TODAY).tabs.values()) == 0


@pytest.mark.django_db
def test_the_acts_that_are_counted_are_those_that_the_record_lists(desk: Desk) -> None:  # noqa: F811
    auditor = person("audrey", "auditor")
    client = signed_in(desk.boston)
    for _ in range(3):
        client.get("/inbox/")
    assert client.get("/queue/").status_code == 403
    with acting_as(auditor):
        acts = {act: (number, refused) for act, number, refused in acts_for(auditor, TODAY).by_act}
        for act, (number, _) in acts.items():
            assert number == len(events_for(auditor, act=act, first=TODAY - timedelta(days=6), last=TODAY).lines), act
    assert acts["list"] == (3, 0)
    assert acts["denied"] == (1, 1)


def _refer(desk: Desk, lead: Lead) -> Referral:  # noqa: F811
    proposal = propose_referral(user=desk.analyst, lead=lead, now=NOW)
    assert proposal.office is not None
    return refer_lead(actor=desk.analyst, lead=lead, office=proposal.office, reason="", now=NOW, digest=proposal.digest)


def _answer(desk: Desk, referral: Referral, code: str) -> Outcome:  # noqa: F811
    with acting_as(desk.boston):
        mine = Referral.objects.select_related("office").get(pk=referral.pk)
        accept_referral(actor=desk.boston, referral=mine, now=NOW)
        mine.refresh_from_db()
        return report_outcome(actor=desk.boston, referral=mine, code=code, occurred_on=TODAY, now=NOW)
