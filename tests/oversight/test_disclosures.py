"""The accounting of disclosures: what the statute asks for, seen with its person, kept as long as it must be."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.models import Event
from oversight.models import Disclosure
from oversight.selectors import disclosures
from oversight.selectors.disclosures import disclosures_for
from oversight.services.disclosures import forget_disclosures, record_disclosure
from oversight.tasks import forget_disclosures as task
from subjects.models import Subject
from subjects.services.merge import merge, split
from subjects.services.protect import protect
from tests.databases import owner_connection
from tests.factories import cases
from tests.factories.people import person
from tests.pages import counted_queries, words

ClientAs = Callable[[User], Client]
ASKED = {
    "disclosed_on": "3 Mar 2020",
    "basis": "G",
    "nature": "Name, class of admission, last address",
    "purpose": "Investigation of a document mill",
    "recipient": "State Police of Example",
    "address": "1 Example Plaza, Example",
}


@pytest.fixture
def subject(db: None) -> Subject:
    with acting_as(service_actor("subjects")):
        return cases.subject("DOE EXAMPLE", "ANA")


@pytest.fixture
def paula(db: None) -> User:
    return person("paula.privacy", "privacy_officer")


def entered(
    paula: User, subject: Subject, *, recipient: str = ASKED["recipient"], basis: str = "G", day: date = date(2020, 3, 3)
) -> Disclosure:
    said = {name: ASKED[name] for name in ("nature", "purpose", "recipient", "address")} | {"recipient": recipient}
    with acting_as(paula):
        return record_disclosure(
            actor=paula, subject=subject, basis=basis, disclosed_on=day, approved=basis == "N", words=said, now=timezone.now()
        )


def test_a_disclosure_is_entered_from_the_persons_page_and_handed_out_as_a_file(subject: Subject, paula: User, client_as: ClientAs) -> None:
    client = client_as(paula)
    here = reverse("disclosure_person", args=[subject.uuid])
    new = reverse("disclosure_new", args=[subject.uuid])
    assert here in client.get(reverse("subject_detail", args=[subject.uuid])).content.decode()
    assert new in client.get(here).content.decode()

    for missing in ("nature", "purpose", "recipient", "address", "basis"):
        assert client.post(new, {**ASKED, missing: ""}).status_code == 422, missing
    assert "has not come" in words(client.post(new, {**ASKED, "disclosed_on": "3 Mar 2199"}))
    assert "Chief Privacy Officer" in words(client.post(new, {**ASKED, "basis": "N"}))
    client.post(new, ASKED)

    for page in (here, reverse("disclosure_list")):
        assert "State Police of Example" in words(client.get(page))
    assert "3 Mar 2025" in words(client.get(here)), "five years later"
    assert "Disclosures (1)" in words(client.get(reverse("subject_detail", args=[subject.uuid])))
    head, columns, row = csv.reader(io.StringIO(client.get(reverse("disclosure_file", args=[subject.uuid])).content.decode("utf-8-sig")))
    assert dict(zip(columns, row, strict=True))["Recipient"] == "State Police of Example"
    assert head[0] == "UNCLASSIFIED // LAW ENFORCEMENT SENSITIVE"
    with acting_as(person("uma", "auditor")):
        acts = list(Event.objects.filter(actor_id=paula.pk, act__in=["disclosed", "export"]).order_by("pk").values_list("act", flat=True))
    assert acts == ["disclosed", "export"]


def recipients(client: Client, subject: Subject) -> list[str]:
    """Whom one person's page names, and whom the file: they say the same."""
    page = words(client.get(reverse("disclosure_person", args=[subject.uuid]), follow=True))
    _, columns, *rows = csv.reader(io.StringIO(client.get(reverse("disclosure_file", args=[subject.uuid])).content.decode("utf-8-sig")))
    named = [dict(zip(columns, row, strict=True))["Recipient"] for row in rows]
    assert all(page.count(each) == named.count(each) for each in named)
    return named


def test_the_accounting_of_merged_records_is_one_and_a_split_parts_it(subject: Subject, paula: User, client_as: ClientAs) -> None:
    service, now = service_actor("subjects"), timezone.now()
    with acting_as(service):
        second, third = (cases.subject("DOE EXAMPLE", given) for given in ("ANNA", "ANITA"))
    for place, each in enumerate((subject, second, third)):
        entered(paula, each, recipient=f"Police of Example {place}")
    client = client_as(paula)
    with acting_as(service):
        merge(actor=service, left=second, right=third, judgement=None, now=now)
        joined = merge(actor=service, left=subject, right=second, judgement=None, now=now)

    for each in (subject, second, third):
        assert sorted(recipients(client, each)) == [f"Police of Example {place}" for place in range(3)]
    assert "Disclosures (3)" in words(client.get(reverse("subject_detail", args=[subject.uuid])))

    with acting_as(service):
        split(actor=service, redirect=joined, now=now)
    assert recipients(client, subject) == ["Police of Example 0"]
    assert sorted(recipients(client, third)) == ["Police of Example 1", "Police of Example 2"]


def test_what_waits_for_confirmation_stands_first_and_the_list_goes_on_by_key(
    subject: Subject, paula: User, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosures, "PAGE_ROWS", 2)
    for day in (7, 5, 6):
        entered(paula, subject, recipient=f"Police of Day {day}", day=date(2021, 3, day))
    entered(paula, subject, recipient="The Daily Example", basis="N")
    client, shown = client_as(paula), []

    address = reverse("disclosure_list")
    for _ in range(2):
        page = client.get(address)
        shown.append(re.findall(r"Police of Day \d|The Daily Example", words(page)))
        address = reverse("disclosure_list") + "?after=" + page.content.decode().partition("after=")[2].partition('"')[0]

    assert shown == [["The Daily Example", "Police of Day 7"], ["Police of Day 6", "Police of Day 5"]]
    assert "after=" not in page.content.decode()


def test_a_long_list_costs_no_more_queries_than_a_short_one(subject: Subject, paula: User) -> None:
    counts = []
    for more in (1, 5):
        for _ in range(more):
            entered(paula, subject)
        with acting_as(paula), counted_queries() as queries:
            disclosures_for(paula)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.check(34)
def test_the_rules_stand_in_the_database_and_others_have_no_page(subject: Subject, paula: User, client_as: ClientAs) -> None:
    kept = entered(paula, subject)
    with acting_as(paula):
        assert "State Police" not in str(Disclosure.objects.values().get())
        with pytest.raises(IntegrityError), transaction.atomic():
            Disclosure.objects.bulk_create([_copy(kept, basis="N")])
    client = client_as(person("olga", "analyst"))
    assert client.get(reverse("disclosure_list")).status_code == 403
    assert client.get(reverse("disclosure_person", args=[subject.uuid])).status_code == 404


@pytest.mark.check(34)
def test_what_goes_to_the_public_is_confirmed_by_a_second_privacy_officer(subject: Subject, paula: User, client_as: ClientAs) -> None:
    client, other = client_as(paula), client_as(person("pete.privacy", "privacy_officer"))
    client.post(reverse("disclosure_new", args=[subject.uuid]), {**ASKED, "basis": "N", "approved": "on"})
    with acting_as(paula):
        kept = Disclosure.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            Disclosure.objects.update(confirmed_by=paula, confirmed_at=timezone.now())
    here = reverse("disclosure_confirm", args=[kept.uuid])
    file = reverse("disclosure_file", args=[subject.uuid])

    assert "not confirmed" in words(client.get(reverse("disclosure_list")))
    assert b"not yet confirmed" in client.get(file).content
    assert "another privacy officer must confirm" in words(client.get(here))
    assert client.post(here, {"seen": "on"}).status_code == 403
    assert "Look at the written approval first" in words(other.post(here, {"seen": ""}))
    assert other.post(here, {"seen": "on"}).status_code == 302

    assert "confirmed by Pete Privacy" in words(client.get(reverse("disclosure_list")))
    assert b"Pete Privacy" in client.get(file).content
    assert other.post(here, {"seen": "on"}).status_code == 409
    assert client_as(person("olga", "analyst")).get(here).status_code == 404
    with acting_as(person("uma", "auditor")):
        assert Event.objects.filter(act="disclosure_confirmed", result_uuids=[kept.uuid]).count() == 1


@pytest.mark.check(34)
def test_only_what_goes_to_the_public_is_confirmed(subject: Subject, paula: User, client_as: ClientAs) -> None:
    kept = entered(paula, subject)
    other = client_as(person("pete.privacy", "privacy_officer"))

    assert "Nothing is left to confirm" in words(other.get(reverse("disclosure_confirm", args=[kept.uuid])))
    assert other.post(reverse("disclosure_confirm", args=[kept.uuid]), {"seen": "on"}).status_code == 409


def _copy(kept: Disclosure, **changes: object) -> Disclosure:
    same = ("access_class_id", "subject_uuid", "basis", "disclosed_on", "words_sealed", "kept_until", "recorded_by_id")
    return Disclosure(**{**{name: getattr(kept, name) for name in same}, **changes})


def test_the_accounting_of_a_protected_person_goes_into_the_compartment_too(subject: Subject, paula: User) -> None:
    entered(paula, subject)
    with acting_as(service_actor("subjects")):
        protect([subject.pk])

    with acting_as(paula):
        assert disclosures_for(paula).lines == ()
    cleared = person("cleo", "privacy_officer", cleared_for="protected-person")
    with acting_as(cleared):
        assert len(disclosures_for(cleared).lines) == 1


@pytest.mark.requirement("R29")
def test_r29_the_accounting_lives_for_five_years_and_as_long_as_the_record_under_a_key_of_its_own(
    world: str,
) -> None:
    paula = person("paula.privacy", "privacy_officer")
    with acting_as(service_actor("subjects")):
        subject = cases.subject("DOE EXAMPLE", "ANA")
    kept = entered(paula, subject)
    service = service_actor("audit")

    def forgotten(today: date) -> int:
        with acting_as(service):
            return forget_disclosures(actor=service, today=today)

    assert forgotten(date(2026, 1, 1)) == 0, "five years are over, the record lives"
    with owner_connection(world) as owner:
        owner.execute("DELETE FROM audit_datakey WHERE scope = %s", [str(subject.uuid)])
        owner.execute("UPDATE oversight_disclosure SET subject_uuid = gen_random_uuid() WHERE uuid = %s", [str(kept.uuid)])
    with acting_as(paula):
        (line,) = disclosures_for(paula).lines
        assert line.subject is None, "the record has ended"
        assert line.words["recipient"] == "State Police of Example", "the person's key is gone, its own is not"

    assert forgotten(date(2025, 3, 2)) == 0, "one day short of five years"
    task(actor="svc-audit")
    with owner_connection(world) as owner:
        assert owner.execute("SELECT count(*) FROM oversight_disclosure").fetchone() == (0,)
        assert owner.execute("SELECT count(*) FROM audit_datakey WHERE scope = %s", [str(kept.uuid)]).fetchone() == (0,)
        assert owner.execute("SELECT count(*) FROM audit_payload WHERE scope = %s", [str(kept.uuid)]).fetchone() == (0,)
