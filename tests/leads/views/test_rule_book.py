"""The rule book is made from the rules themselves."""

from __future__ import annotations

import pytest
from django.test import Client

from leads.models import Lead
from leads.rules.base import Unverified
from leads.rules.registry import ALL
from leads.views.rule_book import authority_line
from tests.leads.conftest import Desk
from tests.pages import signed_in, words

pytestmark = pytest.mark.django_db


def test_every_rule_stands_in_the_book_with_title_version_and_authority(analyst: Client) -> None:
    response = analyst.get("/rules/")
    page = words(response)
    for rule in ALL:
        assert f'id="{rule.id}"' in response.content.decode()
    assert "Overstay of a dated admission" in page
    assert "since 1 Mar 2003" in page


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
