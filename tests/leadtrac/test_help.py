"""Help in the page: for each reader their own places; signs, sources and keys for those who work with leads."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from access.roles import ROLES
from launcher.places import ROOT
from leads.templatetags.lead_words import BEGINNINGS, MEANINGS, SIGNS
from leadtrac.bench.client import signed_in
from leadtrac.help import PLACES
from leadtrac.navigation import ENTRIES
from tests.factories.people import OfficeFactory, person
from tests.pages import words

pytestmark = pytest.mark.django_db


def help_of(role: str) -> str:
    office = OfficeFactory.create(code="HSI-BOS") if ROLES[role].own_office else None
    return words(signed_in(person(f"some.{role}", role, office=office)).get(reverse("help")))


def test_every_place_of_the_navigation_is_explained_and_nothing_else() -> None:
    assert set(PLACES) == {label for label, _, _ in ENTRIES}


def test_every_stop_sign_is_explained() -> None:
    assert {*SIGNS.values(), *BEGINNINGS.values()} == set(MEANINGS)


def test_every_code_that_can_block_a_referral_has_a_name() -> None:
    said = " ".join(file.read_text(encoding="utf-8") for file in (ROOT / "leads" / "rules").glob("*.py"))
    blocking = re.findall(r'code="(\w+)",\s+sentence=[^\n]+\s+(?:effect=Effect\.(?:BLOCKS|HOLDS)|blocking=)', said)
    assert {"no_arrival", "revocation_provisional", "identity_weak"} <= set(blocking)
    assert [code for code in blocking if code not in SIGNS and not code.startswith(tuple(BEGINNINGS))] == []


def test_an_analyst_reads_what_signs_mean_which_source_answers_and_which_key_does_what() -> None:
    page = help_of("analyst")
    assert MEANINGS["Grace period"] in page
    assert "Did the person leave? ADIS (3 days)" in page
    assert "deal me the next" in page
    assert "I have read it" not in page


def test_a_field_officer_reads_how_a_referral_goes_and_nothing_of_the_queue() -> None:
    page = help_of("field_officer")
    assert "Inbox What headquarters referred to your office" in page
    assert "I have read it" in page
    assert "Deal me the next" not in page


def test_whoever_sees_no_case_reads_of_their_own_places_only() -> None:
    page = help_of("administrator")
    assert "Accounts People, roles and offices." in page
    assert "Departure check" not in page
