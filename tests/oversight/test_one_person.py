"""Who looked at a person whose record was merged with another's, or split off again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from leadtrac.bench.client import signed_in
from oversight.models import BreakGlass
from subjects.models import Subject, SubjectRedirect
from subjects.services.merge import merge, split
from subjects.services.protect import protect
from tests.factories import cases
from tests.factories.facts import NOW
from tests.factories.people import person
from tests.oversight.test_break_glass import WHY, closed_off
from tests.pages import words

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class Chain:
    """Three records of one surname; each was looked at before the merges by somebody of its own, and each is looked at later."""

    people: tuple[Subject, ...]
    redirects: list[SubjectRedirect]

    def looked(self, who: str, place: int, at: datetime) -> None:
        """Somebody opens the person's page."""
        with acting_as(person(who, "analyst")):
            record(Act.VIEW, object_kind="subject", object_uuid=self.people[place].uuid, occurred_at=at)

    def merge(self, left: int, right: int, at: datetime) -> None:
        """Two are shown as one from then on."""
        service = service_actor("subjects")
        with acting_as(service):
            self.redirects.append(merge(actor=service, left=self.people[left], right=self.people[right], judgement=None, now=at))

    def split(self, at: datetime) -> None:
        """The last merge is taken back."""
        service = service_actor("subjects")
        with acting_as(service):
            split(actor=service, redirect=self.redirects.pop(), now=at)


HOUR = timedelta(hours=1)


@pytest.fixture
def chain() -> Iterator[Chain]:
    with time_machine.travel(NOW, tick=True):
        with acting_as(service_actor("subjects")):
            people = tuple(cases.subject("KANARIENVOGEL", given) for given in ("ANA", "BEA", "CLEO"))
        yield Chain(people, [])


def readers_on(page: str, names: str) -> str:
    """The letters of the readers whom a page names."""
    return "".join(letter for letter in names if f"Reader {letter.upper()}" in page)


def seen_by(client: Client, chain: Chain, place: int) -> tuple[str, ...]:
    """Whom the auditor's page of the person names, and whom the page for those who may ask who else looked."""
    addresses = (reverse(name, args=[chain.people[place].uuid]) for name in ("audit_person", "audit_object"))
    return tuple(readers_on(words(client.get(address)), "abcdef") for address in addresses)


def test_the_page_of_a_merged_person_holds_the_looks_at_every_record_of_theirs(auditor: User, chain: Chain) -> None:
    for place, letter in enumerate("abc"):
        chain.looked(f"reader.{letter}", place, NOW - 9 * HOUR)
    chain.merge(1, 2, NOW - 8 * HOUR)
    chain.merge(0, 1, NOW - 7 * HOUR)

    for place in range(3):
        assert seen_by(signed_in(auditor), chain, place) == ("abc", "abc")
    supervisor = signed_in(person("sue.supervisor", "supervisor"))
    page = supervisor.get(reverse("audit_object", args=[chain.people[0].uuid]))
    assert readers_on(words(page), "abc") == "abc"


def test_after_a_split_only_the_looks_of_the_time_of_the_merge_belong_to_both(auditor: User, chain: Chain) -> None:
    chain.looked("reader.a", 0, NOW - 9 * HOUR)
    chain.looked("reader.b", 1, NOW - 9 * HOUR)
    chain.merge(1, 2, NOW - 8 * HOUR)
    chain.merge(0, 1, NOW - 8 * HOUR)
    chain.looked("reader.c", 0, NOW - 7 * HOUR)
    chain.split(NOW - 6 * HOUR)
    chain.looked("reader.d", 0, NOW - 5 * HOUR)
    chain.looked("reader.e", 1, NOW - 5 * HOUR)
    chain.split(NOW - 4 * HOUR)
    chain.looked("reader.f", 1, NOW - 3 * HOUR)

    client = signed_in(auditor)
    assert seen_by(client, chain, 0) == ("acd", "acd"), "who looks at another human being since stands on that one's page alone"
    assert seen_by(client, chain, 1) == ("bcef", "bcef"), "while they were one, the page of the first showed what is known of this one"
    assert seen_by(client, chain, 2) == ("ce", "ce")


@pytest.mark.check(32)
def test_that_two_were_shown_as_one_is_not_told_when_the_other_is_in_a_compartment_now(auditor: User, chain: Chain) -> None:
    chain.merge(0, 1, NOW - 8 * HOUR)
    chain.looked("reader.c", 0, NOW - 7 * HOUR)
    chain.split(NOW - 6 * HOUR)
    with acting_as(service_actor("subjects")):
        protect([chain.people[0].pk])

    assert seen_by(signed_in(auditor), chain, 1) == ("", "")
    cleared = person("cleo.auditor", "auditor", cleared_for="protected-person")
    assert seen_by(signed_in(cleared), chain, 1) == ("c", "c")


def test_the_review_shows_looks_at_a_record_that_was_merged_since_or_split_off(analyst: User) -> None:
    service = service_actor("subjects")
    with acting_as(service):
        first = cases.subject("DOE EXAMPLE", "ANNA")
    lead, client = closed_off(), signed_in(analyst)
    client.post(reverse("break_glass"), {"number": lead.number, "reason": WHY})
    with acting_as(analyst):
        glass = BreakGlass.objects.get()
    cleared = signed_in(person("cleo.privacy", "privacy_officer", cleared_for="special"))

    def shown() -> int:
        text = words(cleared.get(reverse("break_glass_review", args=[glass.uuid])))
        return text.partition("What was looked at while it was open")[2].count("opened a record subject")

    client.get(reverse("subject_facts", args=[lead.subject.uuid]))
    with acting_as(service):
        joined = merge(actor=service, left=first, right=lead.subject, judgement=None, now=timezone.now())
    assert shown() == 1, "the look at the record as it stood then"
    client.get(reverse("subject_facts", args=[first.uuid]))
    assert shown() == 2
    with acting_as(service):
        split(actor=service, redirect=joined, now=timezone.now())
    assert shown() == 2, "and the one at the record under which the person was shown"
