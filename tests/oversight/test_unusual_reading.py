"""Unusual reading: found in the events of a day, each kind by its rule; reviewed by another person, with a decision."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.urls import reverse

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from audit.selectors import words_of
from audit.services import record
from foundation.errors import Conflict, NotFound
from leads.looking import look_at
from leads.models import Lead
from leads.services.attachments import attach_file, examine
from leads.services.notes import write_note
from leads.services.transition import freeze
from leads.services.triage import claim_lead
from oversight.models import UnusualReading
from oversight.selectors.readings import readings_for
from oversight.services.readings import review_reading
from oversight.tasks import find_unusual_reading, yesterday
from subjects.models import Subject
from tests.factories import cases
from tests.factories.facts import lives, loaded
from tests.factories.people import person
from tests.leads.conftest import Desk, people
from tests.leads.test_referral import in_boston, refer
from tests.oversight.reading import MORNING, WEDNESDAY, found, leads, look
from tests.pages import words

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]
Kind = UnusualReading.Kind


@pytest.fixture
def desk(db: None) -> Desk:
    cast = people()
    with acting_as(cast.service):
        loaded()
    return cast


@pytest.mark.parametrize(("family", "expected"), [("OSEI", 2), ("MENSAH OSEI", 2), ("OSEIWA", 0), ("EXAMPLE", 0)])
def test_looking_at_somebody_of_ones_own_surname_is_found(analyst: User, auditor: User, family: str, expected: int) -> None:
    (lead,) = leads(1, family)
    look(analyst, lead)
    with acting_as(analyst):
        assert lead.subject is not None
        record(Act.VIEW, object_kind="subject", object_uuid=lead.subject.uuid, occurred_at=MORNING)

    found(auditor)

    with acting_as(auditor):
        namesakes = UnusualReading.objects.filter(kind=Kind.NAMESAKE)
        assert sum(each.looks for each in namesakes) == expected
        assert {str(each.who) for each in readings_for(auditor).lines} <= {"Ana Osei"}


@pytest.mark.parametrize(
    ("reader", "family", "expected"),
    [
        ("Orla O’Brien", "O'BRIEN", 1),
        ("Orla O'Brien", "OBRIEN", 1),
        ("Greta Garcia-Lopez", "GARCIA", 1),
        ("Greta Lopez", "GARCIA-LOPEZ", 1),
        ("Max Müller", "MULLER", 1),
        ("Max Muller", "MÜLLER", 1),
        ("Iva Иванова", "IVANOVA", 1),
        ("Carla De la Cruz", "DE LA ROSA", 0),
        ("Max M.", "M", 0),
    ],
)
def test_a_surname_is_compared_in_plain_letters_and_by_each_of_its_words(
    analyst: User, auditor: User, reader: str, family: str, expected: int
) -> None:
    User.objects.filter(pk=analyst.pk).update(display_name=reader)
    (lead,) = leads(1, family)
    look(analyst, lead)

    assert found(auditor).get(Kind.NAMESAKE, 0) == expected


def test_a_name_that_somebody_had_before_is_a_surname_too(analyst: User, auditor: User) -> None:
    with acting_as(service_actor("subjects")):
        subject = cases.subject("OSEI", "ANA")
        Subject.objects.filter(pk=subject.pk).update(family_name="EXAMPLE")  # married since: the older fact still stands
    with acting_as(analyst):
        record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid, occurred_at=MORNING)

    assert found(auditor) == {Kind.NAMESAKE: 1}


@pytest.mark.parametrize(
    ("line", "postal_code", "expected"),
    [
        ("12 North Main Street, Apt 4", "02134-1234", 1),
        ("12 MAIN ST N", "02134", 1),
        ("14 North Main Street", "02134", 0),
        ("12 North Main Street", "02135", 0),
    ],
)
def test_looking_at_somebody_of_ones_own_address_is_found(
    analyst: User, auditor: User, client_as: ClientAs, line: str, postal_code: str, expected: int
) -> None:
    home = {"line": "12 N. Main St", "postal_code": "02134", "reason": "On joining the team"}
    admin = client_as(person("adam.admin", "administrator"))
    admin.post(reverse("user_act", args=[analyst.uuid, "home"]), home)
    (lead,) = leads(1)
    with acting_as(service_actor("subjects")):
        lives(lead.subject, as_of=WEDNESDAY, line=line, postal_code=postal_code)
    look(analyst, lead)

    assert found(auditor).get(Kind.SAME_ADDRESS, 0) == expected
    with acting_as(auditor):
        for event in Event.objects.filter(object_uuid=analyst.uuid):
            assert "Main" not in str(words_of(event)), "the address stands nowhere"


def test_an_officer_who_sees_referrals_alone_is_found_too(desk: Desk, auditor: User, client_as: ClientAs, tmp_path: Path) -> None:
    lead = desk.opened(in_boston)
    referral = refer(desk, lead)
    assert lead.subject is not None
    with acting_as(desk.analyst), override_settings(ATTACHMENT_DIR=tmp_path):
        file = examine(name="letter.txt", content=b"words", size=5)
        attached = attach_file(actor=desk.analyst, lead=desk.fresh(lead), file=file, audience="office", now=MORNING)
    with acting_as(service_actor("subjects")):
        lives(lead.subject, as_of=WEDNESDAY, line="12 North Main Street", postal_code="02134")
    officer = desk.boston
    User.objects.filter(pk=officer.pk).update(display_name=f"Bob {lead.subject.family_name.split()[-1].title()}")
    home = {"line": "12 N. Main St", "postal_code": "02134", "reason": "On joining the team"}
    client_as(person("adam.admin", "administrator")).post(reverse("user_act", args=[officer.uuid, "home"]), home)
    with acting_as(officer):
        for kind, seen in (("referral", referral), ("packet", referral.packet), ("attachment", attached)):
            record(Act.VIEW, object_kind=kind, object_uuid=seen.uuid, occurred_at=MORNING)

    kinds = found(auditor)

    assert (kinds.get(Kind.NAMESAKE), kinds.get(Kind.SAME_ADDRESS)) == (3, 3)


def test_leads_opened_without_a_claim_or_an_act_are_found_from_twelve_on(analyst: User, auditor: User) -> None:
    many = leads(12)
    for lead in many[:11]:
        look(analyst, lead)
    assert found(auditor) == {}

    look(analyst, many[11])
    assert found(auditor) == {Kind.OUTSIDE_CLAIMS: 12}


def test_people_opened_from_a_search_count_like_their_leads_and_one_person_counts_once(analyst: User, auditor: User) -> None:
    many = leads(12)
    with acting_as(analyst):
        for lead in many:
            record(Act.VIEW, object_kind="subject", object_uuid=subject_of(lead), occurred_at=MORNING)
    for lead in many[:3]:
        look(analyst, lead)

    assert found(auditor) == {Kind.OUTSIDE_CLAIMS: 12}


def test_a_person_whose_lead_was_held_or_who_was_judged_is_nobody_outside(analyst: User, auditor: User) -> None:
    many = leads(13)
    with acting_as(analyst):
        claim_lead(actor=analyst, lead=many[0], now=MORNING)
        judged = [subject_of(each) for each in many[1:3]]
        record(Act.SUBJECT_JUDGED, object_kind="judgement", object_uuid=uuid.uuid4(), results=judged, occurred_at=MORNING)
        for lead in many:
            record(Act.VIEW, object_kind="subject", object_uuid=subject_of(lead), occurred_at=MORNING)

    assert Kind.OUTSIDE_CLAIMS not in found(auditor)


@pytest.mark.parametrize(("act", "kind"), [(Act.SEARCH, "search"), (Act.VIEW, "judgement"), (Act.VIEW, "possible_record")])
def test_reading_ones_own_surname_in_results_or_on_the_page_of_a_pair_is_found_without_opening_anybody(
    analyst: User, auditor: User, act: Act, kind: str
) -> None:
    near, other = leads(2, "OSEI"), leads(1)
    with acting_as(analyst):
        for hits in (near, other):
            people_found = [subject_of(each) for each in hits]
            record(act, object_kind=kind, object_uuid=uuid.uuid4(), results=people_found, occurred_at=MORNING)

    assert found(auditor) == {Kind.NAMESAKE: 1}


def test_ones_own_surname_is_found_behind_a_decision_too(analyst: User, auditor: User) -> None:
    (near,) = leads(1, "OSEI")
    with acting_as(service_actor("leads")):
        decision = freeze(lead=near, picture=look_at(near, MORNING).picture)
    with acting_as(analyst):
        record(Act.VIEW, object_kind="decision", object_uuid=decision.uuid, results=[near.uuid], occurred_at=MORNING)

    assert found(auditor) == {Kind.NAMESAKE: 1}


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (Act.ARCHIVE_OPENED, "archive package"),
        (Act.VIEW, "organization"),
        (Act.VIEW, "judgement"),
        (Act.VIEW, "possible_record"),
    ],
)
def test_archives_organizations_and_questions_of_identity_are_looked_at_too(analyst: User, auditor: User, act: Act, kind: str) -> None:
    with acting_as(analyst):
        for minute in range(5):
            at_night = datetime(2026, 11, 19, 4, minute, tzinfo=UTC)
            record(act, object_kind=kind, object_uuid=uuid.uuid4(), occurred_at=at_night)

    assert found(auditor) == {Kind.ODD_HOURS: 5}


def subject_of(lead: Lead) -> uuid.UUID:
    assert lead.subject is not None
    return lead.subject.uuid


def test_leads_that_the_reader_held_or_worked_on_do_not_count(analyst: User, auditor: User) -> None:
    many = leads(12)
    for lead in many:
        look(analyst, lead)
    with acting_as(analyst):
        claim_lead(actor=analyst, lead=many[0], now=MORNING)
        write_note(actor=analyst, lead=many[1], text="Seen.", audience="hq", now=MORNING)

    assert Kind.OUTSIDE_CLAIMS not in found(auditor)


def test_the_same_record_again_and_again_without_an_act_is_found(analyst: User, auditor: User) -> None:
    (lead,) = leads(1)
    for days_ago in (9, 9, 5, 5, 0):
        look(analyst, lead, MORNING - timedelta(days=days_ago))
    assert found(auditor) == {}

    look(analyst, lead, MORNING + timedelta(hours=1))
    assert found(auditor) == {Kind.REPEATS: 6}


def test_repeated_looks_of_somebody_who_works_on_it_are_work(analyst: User, auditor: User) -> None:
    (lead,) = leads(1)
    for days_ago in (9, 9, 5, 5, 0, 0):
        look(analyst, lead, MORNING - timedelta(days=days_ago))
    with acting_as(analyst):
        write_note(actor=analyst, lead=lead, text="Called the school.", audience="hq", now=MORNING - timedelta(days=4))

    assert found(auditor) == {}


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        (WEDNESDAY, 3, 5),  # 22:00 of the day before is 03:00 UTC
        (WEDNESDAY, 15, 0),
        (date(2026, 11, 21), 15, 5),  # a Saturday
        (date(2026, 11, 26), 15, 5),  # Thanksgiving
    ],
)
def test_looks_at_night_and_on_days_off_are_found(analyst: User, auditor: User, day: date, hour: int, expected: int) -> None:
    (lead,) = leads(1)
    start = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    for minute in range(5):
        look(analyst, lead, start + timedelta(minutes=minute), Act.REVEAL)
    local = day if hour >= 5 else day - timedelta(days=1)

    assert found(auditor, local).get(Kind.ODD_HOURS, 0) == expected


@pytest.mark.check(50)
def test_days_of_those_who_read_everybody_go_to_another_person(auditor: User, privacy: User, client_as: ClientAs) -> None:
    client_as(auditor).get(reverse("audit_desk"))
    with acting_as(privacy):
        day = yesterday(Event.objects.latest("pk").occurred_at + timedelta(days=1))

    assert found(auditor, day) == {}, "nobody sees what was found about themselves"
    with acting_as(privacy):
        (line,) = readings_for(privacy).lines
    assert (line.reading.kind, line.who) == (Kind.READERS, "Otto Auditor")


def test_a_day_that_is_looked_through_again_finds_nothing_twice(analyst: User, auditor: User) -> None:
    for lead in leads(12):
        look(analyst, lead)
    found(auditor)
    found(auditor)

    with acting_as(auditor):
        assert UnusualReading.objects.count() == 1
        assert Event.objects.filter(act=Act.READING_SEARCHED).count() == 2


def test_refusals_and_services_are_no_reading(analyst: User, auditor: User) -> None:
    for lead in leads(12):
        with acting_as(analyst):
            record(Act.VIEW, object_kind="lead", object_uuid=lead.uuid, occurred_at=MORNING, allowed=False)
        look(service_actor("leads"), lead)

    assert found(auditor) == {}


def test_the_desk_leads_to_the_list_the_list_to_the_finding_and_its_review(analyst: User, auditor: User, client_as: ClientAs) -> None:
    (lead,) = leads(1, "OSEI")
    look(analyst, lead)
    found(auditor)
    client = client_as(auditor)
    with acting_as(auditor):
        reading = UnusualReading.objects.get()
    address = reverse("audit_reading", args=[reading.uuid])

    assert reverse("audit_readings") in client.get(reverse("audit_desk")).content.decode()
    listed = client.get(reverse("audit_readings"))
    assert address in listed.content.decode()
    assert "1 look at records of people with the reader’s own surname." in words(listed)
    page = client.get(address)
    assert lead.number in words(page)
    assert "OSEI" not in words(page), "an auditor sees the number, not the person"
    assert client.post(address, {"verdict": "explained"}).status_code == 422

    client.post(address, {"verdict": "explained", "words": "A cousin's lead; handed over the same day."})

    text = words(client.get(address))
    assert "explained by the work" in text
    assert "handed over the same day" in text
    assert "Nothing to review." in words(client.get(reverse("audit_readings")))
    assert "Otto Auditor" in words(client.get(f"{reverse('audit_readings')}?show=reviewed"))
    with acting_as(auditor):
        assert Event.objects.filter(act=Act.READING_REVIEWED, actor_id=auditor.pk, object_uuid=reading.uuid).count() == 1


def test_nobody_reviews_their_own_reading_nor_twice(auditor: User, privacy: User, client_as: ClientAs) -> None:
    with acting_as(service_actor("audit")):
        own = UnusualReading.objects.create(
            reader=auditor, kind=Kind.READERS, day=WEDNESDAY, looks=3, events=[uuid.uuid4()], found_at=MORNING
        )
    say: dict[str, Any] = {"reading_uuid": own.uuid, "verdict": "explained", "words": "Part of the yearly review.", "now": MORNING}

    with acting_as(auditor), pytest.raises(NotFound):
        review_reading(actor=auditor, **say)
    assert client_as(auditor).get(reverse("audit_reading", args=[own.uuid])).status_code == 404
    with acting_as(auditor):
        assert UnusualReading.objects.filter(pk=own.pk).update(verdict="explained") == 0
    with acting_as(privacy):
        review_reading(actor=privacy, **say)
        with pytest.raises(Conflict):
            review_reading(actor=privacy, **say)
        with pytest.raises(IntegrityError), transaction.atomic():
            UnusualReading.objects.filter(pk=own.pk).update(reviewed_by=auditor)


@pytest.mark.parametrize("role", ["analyst", "supervisor", "administrator", "records_officer"])
def test_others_neither_see_nor_find_it(role: str, analyst: User, client_as: ClientAs) -> None:
    other = person("olga", role)
    assert client_as(other).get(reverse("audit_readings")).status_code == 403
    assert client_as(other).get(reverse("audit_untold")).status_code == 403
    with acting_as(other):
        assert not UnusualReading.objects.exists()


def test_the_task_looks_through_the_day_that_is_over() -> None:
    find_unusual_reading(actor="svc-audit")

    with acting_as(person("otto", "auditor")):
        assert Event.objects.filter(act=Act.READING_SEARCHED).count() == 1
    assert yesterday(datetime(2026, 11, 19, 3, tzinfo=UTC)) == date(2026, 11, 17)
    assert yesterday(datetime(2026, 11, 19, 6, tzinfo=UTC)) == WEDNESDAY


def test_an_event_names_its_records_by_number_or_name_as_far_as_the_reader_sees_them(
    analyst: User, auditor: User, privacy: User, client_as: ClientAs
) -> None:
    (lead,) = leads(1, "OSEI")
    with acting_as(analyst):
        assert lead.subject is not None
        event = record(Act.LIST, object_kind="lead", results=[lead.uuid, lead.subject.uuid, analyst.uuid])
    address = reverse("audit_event", args=[event])

    text = words(client_as(auditor).get(address))
    assert lead.number in text
    assert "Ana Osei" in text
    assert "OSEI" not in text
    assert "OSEI, Ana" in words(client_as(privacy).get(address))
