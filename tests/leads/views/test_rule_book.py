"""The rule book is made from the rules themselves."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from access.context import acting_as
from leads.models import Finding, Lead
from leads.rules.base import Unverified
from leads.rules.periods import TITLES, all_periods
from leads.rules.registry import ALL
from leads.rules.sevis_codes import reasons
from leads.selectors.figures import open_leads_for
from leads.views.rule_book import authority_line
from leadtrac.bench.client import signed_in
from subjects.models import Subject
from tests.factories import facts as told
from tests.leads.conftest import Desk
from tests.pages import words

pytestmark = pytest.mark.django_db


def test_every_rule_stands_in_the_book_with_title_version_and_authority(analyst: Client) -> None:
    response = analyst.get("/rules/")
    page = words(response)
    for rule in ALL:
        assert f'id="{rule.id}"' in response.content.decode()
    assert "Overstay of a dated admission" in page
    assert "since 1 Mar 2003" in page


def test_the_days_that_rules_count_stand_in_the_book_with_what_was_chosen(analyst: Client) -> None:
    assert "/rules/days/" in analyst.get("/rules/").content.decode()
    page = words(analyst.get("/rules/days/"))

    assert "Transfer: for the new school to register, from the program start 60 days" in page
    assert "we take the kinder end" in page
    assert "Workers: after the job ended, within the validity 60 days 17 Jan 2017 8 CFR 214.1(l)(2)" in page
    assert set(TITLES) == set(all_periods())


def test_every_sevis_code_stands_in_the_book_with_what_it_makes_of_a_lead(analyst: Client) -> None:
    response = analyst.get("/rules/days/")

    assert "23 F and M termination authorized early withdrawal F-1: 15 days to depart; M-1: a person decides" in words(response)
    assert len(response.context["codes"]) == len(reasons())


def test_what_no_authority_confirms_reads_unverified() -> None:
    assert authority_line(Unverified("The last day itself is lawful.")).status == "Unverified"
    assert authority_line("NO-SUCH-KEY").status == "Unverified"
    assert authority_line("I94-LAST").status == "confirmed"


def test_a_rule_says_how_many_open_leads_rest_on_it(analyst: Client, lead: Lead) -> None:
    response = analyst.get("/rules/")
    counts = {line.id: line.open_leads for line in response.context["rules"]}
    assert counts[lead.rule_id] == 1
    assert f'href="/queue/?tab=all&amp;rule={lead.rule_id}"' in response.content.decode()


def test_the_rule_book_is_for_the_desk(desk: Desk) -> None:
    assert signed_in(desk.boston).get("/rules/").status_code == 403


def test_a_lead_counts_under_each_of_its_rules_and_the_queue_lists_it_under_each(desk: Desk) -> None:
    def visitor_whose_school_ended_the_record_too() -> Subject:
        subject = told.overstayer()
        told.terminated(subject, date(2026, 6, 1))
        return subject

    lead = desk.opened(visitor_whose_school_ended_the_record_too)
    with desk.facts():
        stands = {each.rule_id for each in Finding.objects.filter(lead=lead, holds=True)}
    analyst = signed_in(desk.analyst)
    page = analyst.get("/rules/")
    counts = {line.id: line.open_leads for line in page.context["rules"] if line.open_leads}

    assert len(stands) > 1
    assert set(lead.rules) == stands
    assert counts == dict.fromkeys(stands, 1)
    assert "counts under each of its rules" in words(page)
    for rule in stands:
        assert lead.number in words(analyst.get("/queue/", {"tab": "all", "rule": rule}))
    with acting_as(desk.analyst):
        assert open_leads_for(desk.supervisor, date(2026, 11, 22)).rule == counts
