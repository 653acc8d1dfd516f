"""Compartments: marks add up, travel to everything derived, and say nothing outside; a protected person is gone from every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from access.context import acting_as
from access.markings import marking_of
from access.models import AccessClass, Compartment, Office, User
from access.selectors import class_for, service_actor
from foundation.errors import InvalidInput, NotFound
from leads.looking import look_at
from leads.models import Attachment, Finding, Lead, LeadGrant, Note, Outcome, Packet, RecallNotice, Referral
from leads.services.attachments import attach_file, examine
from leads.services.evaluation import evaluate_subjects
from leads.services.notes import write_note
from leads.services.referral import propose_referral, refer_lead
from leads.services.triage import assign_lead
from leads.states import LeadState, ReferralState
from oversight.models import BreakGlass
from oversight.services.glass import OPEN_FOR
from subjects.models import FACT_MODELS, IdentifierFact, NameFact, Subject
from subjects.services.protect import close_off, protect
from tests.factories.facts import NOW, loaded
from tests.factories.people import person
from tests.factories.records import attached
from tests.leads.conftest import Desk, people
from tests.leads.views.conftest import visitor
from tests.pages import words

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]


@pytest.fixture(autouse=True)
def morning() -> object:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def desk(db: None) -> Desk:
    cast = people()
    with acting_as(cast.service):
        loaded()
    return cast


@pytest.fixture
def second(db: None) -> Compartment:
    return Compartment.objects.create(code="second", name="Second")


@pytest.fixture
def protected(db: None) -> Compartment:
    return Compartment.objects.get(code="protected-person")


@pytest.fixture
def lead(desk: Desk) -> Lead:
    return desk.opened(visitor)


@pytest.fixture
def referral(desk: Desk, lead: Lead) -> Referral:
    with acting_as(desk.analyst):
        proposal = propose_referral(user=desk.analyst, lead=lead, now=timezone.now())
        boston = Office.objects.get(code="HSI-BOS")
        made = refer_lead(actor=desk.analyst, lead=lead, office=boston, reason="", now=timezone.now(), digest=proposal.digest)
        write_note(actor=desk.analyst, lead=desk.fresh(lead), text="Call first.", audience="office", now=timezone.now())
    with acting_as(desk.service):
        attached(lead, made.access_class_id, "Call first.", audience="office")
    return made


def marked(lead: Lead, *marks: Compartment) -> None:
    """The person of the lead gets the marks; the nightly evaluation lets the lead follow."""
    assert lead.subject_id is not None
    with acting_as(service_actor("subjects")):
        close_off([lead.subject_id], [mark.pk for mark in marks])
    evaluate_subjects(actor=service_actor("leads"), subject_ids=[lead.subject_id], now=timezone.now())


def marks_of(*rows: object) -> set[tuple[int, ...]]:
    classes = AccessClass.objects.in_bulk({row.access_class_id for row in rows})  # type: ignore[attr-defined]
    return {tuple(each.compartments) for each in classes.values()}


def test_marks_add_up_whatever_came_first(lead: Lead, second: Compartment, protected: Compartment) -> None:
    marked(lead, second)
    with acting_as(service_actor("subjects")):
        assert lead.subject_id is not None
        protect([lead.subject_id])
    marked(lead, second)

    both = tuple(sorted((second.pk, protected.pk)))
    with acting_as(service_actor("leads")):
        subject = Subject.objects.get(pk=lead.subject_id)
        facts = [fact for model in FACT_MODELS for fact in model._default_manager.filter(subject=subject)]
        assert facts
        assert marks_of(subject, *facts, Lead.objects.get(pk=lead.pk), *Finding.objects.filter(subject=subject)) == {both}


def test_everything_that_hangs_on_a_lead_takes_over_its_marks_and_keeps_its_readers(
    desk: Desk,
    referral: Referral,
    lead: Lead,
    second: Compartment,
) -> None:
    marked(lead, second)

    with acting_as(service_actor("leads")):
        rows = [
            Lead.objects.get(pk=lead.pk),
            *Finding.objects.filter(lead=lead),
            *lead.transitions.all(),
            *lead.decisions.all(),
            *Note.objects.filter(lead=lead),
            *Attachment.objects.filter(lead=lead),
            Referral.objects.get(pk=referral.pk),
            Packet.objects.get(referral=referral),
            *Outcome.objects.filter(referral=referral),
        ]
        assert marks_of(*rows) == {(second.pk,)}
        assert Referral.objects.get(pk=referral.pk).access_class.audience == "office"
        assert Referral.objects.get(pk=referral.pk).state == ReferralState.SENT, "only protection recalls"
    for user, sees in ((desk.boston, False), (desk.analyst, False)):
        with acting_as(user):
            assert Referral.objects.exists() is sees
    person(desk.boston.username, "field_officer", cleared_for="second")
    with acting_as(desk.boston):
        assert Referral.objects.count() == Packet.objects.count() == 1


def test_a_person_who_becomes_protected_is_gone_everywhere_and_the_office_is_told_to_stop(
    desk: Desk,
    referral: Referral,
    lead: Lead,
    protected: Compartment,
    client_as: ClientAs,
) -> None:
    packet = referral.packet
    marked(lead, protected)

    analyst, officer = client_as(desk.analyst), client_as(desk.boston)
    for address in (reverse("lead_page", args=[lead.number]), reverse("referral_page", args=[referral.uuid])):
        assert analyst.get(address).status_code == officer.get(address).status_code == 404
    for page in (f"{reverse('queue')}?tab=all", reverse("referral_list"), f"{reverse('referral_list')}?tab=done"):
        assert "DOE EXAMPLE" not in words(analyst.get(page))
    assert analyst.get(reverse("figures")).context["total"] == 0
    inbox = words(officer.get(reverse("office_inbox")))
    assert "Recalled: do not act on these packets" in inbox
    assert lead.number in inbox
    assert "DOE EXAMPLE" not in inbox
    assert "protected" not in inbox.lower()
    status = words(officer.get(reverse("packet_status", args=[packet.uuid])))
    assert "The packet is recalled: do not act on it." in status
    with acting_as(service_actor("leads")):
        assert Referral.objects.get(pk=referral.pk).state == ReferralState.RECALLED
        assert Lead.objects.get(pk=lead.pk).state == LeadState.IN_RESEARCH
        assert RecallNotice.objects.count() == 1
    with acting_as(desk.atlanta):
        assert RecallNotice.objects.count() == 0, "another office learns nothing"


def test_whoever_is_cleared_still_has_all_of_it(desk: Desk, referral: Referral, lead: Lead, protected: Compartment) -> None:
    marked(lead, protected)
    cleared = person("cleo", "analyst", cleared_for="protected-person")

    with acting_as(cleared):
        assert Lead.objects.count() == Subject.objects.count() == Referral.objects.count() == 1
        assert NameFact.objects.count() > 0
        assert IdentifierFact.objects.count() > 0


def test_only_the_protected_compartment_speaks_in_the_judgement_and_it_names_nobody(
    desk: Desk,
    lead: Lead,
    second: Compartment,
    protected: Compartment,
) -> None:
    def said() -> list[str]:
        with acting_as(service_actor("leads")):
            fresh = Lead.objects.select_related("subject__access_class", "organization").get(pk=lead.pk)
            picture = look_at(fresh, timezone.now()).picture
            return [line.sentence for line in picture.risk.lines]

    before = said()
    marked(lead, second)
    assert said() == before, "another compartment says nothing about the person"
    marked(lead, protected)
    assert sorted(set(said()) - set(before)) == ["Handled in a compartment."]
    assert not any("protected" in sentence.lower() or "1367" in sentence for sentence in said())


def test_the_page_under_glass_of_another_compartment_tells_of_no_protection(
    desk: Desk,
    lead: Lead,
    second: Compartment,
    client_as: ClientAs,
) -> None:
    marked(lead, second)
    client = client_as(desk.analyst)
    client.post(reverse("break_glass"), {"number": lead.number, "reason": "A child is in danger."})
    with acting_as(desk.analyst):  # the page's clock stands in November, the database's does not
        later = datetime(2099, 1, 1, tzinfo=UTC)
        opening = BreakGlass.objects.get()
        opening.pk, opening.uuid, opening.opened_at, opening.until = None, uuid4(), later - OPEN_FOR, later
        opening.save()
        LeadGrant.objects.update(until=later)

    page = client.get(reverse("lead_page", args=[lead.number]))

    assert page.status_code == 200
    text = words(page).lower()
    assert "protected" not in text
    assert "compartment" not in text


def test_an_assignment_opens_no_compartment(desk: Desk, lead: Lead, second: Compartment) -> None:
    supervisor = person(desk.supervisor.username, "supervisor", cleared_for="second")
    with acting_as(supervisor):
        assign_lead(actor=supervisor, lead=lead, user=desk.analyst, reason="yours", now=timezone.now())
    marked(lead, second)

    with acting_as(desk.analyst):
        assert not Lead.objects.exists(), "the grant stands, the mark is stronger"
    with acting_as(supervisor):
        fresh = Lead.objects.select_related("access_class").get(pk=lead.pk)
        with pytest.raises(InvalidInput, match="not cleared"):
            assign_lead(actor=supervisor, lead=fresh, user=desk.colleague, reason="yours", now=timezone.now())


def test_an_export_and_a_packet_carry_the_union_of_their_rows_marks(
    desk: Desk,
    lead: Lead,
    second: Compartment,
    protected: Compartment,
    client_as: ClientAs,
    settings: Settings,
) -> None:
    other = desk.opened(lambda: visitor(1))
    marked(lead, second)
    marked(other, protected)
    cleared = person("cleo", "analyst", cleared_for="second")
    address = f"{reverse('queue_export', args=['csv'])}?tab=all"

    some = client_as(cleared).get(address).content.decode()
    person("cleo", "analyst", cleared_for="protected-person")
    both = client_as(User.objects.get(pk=cleared.pk)).get(address).content.decode()

    assert f"// COMPARTMENT {second.pk}" in some
    assert f"// COMPARTMENTS {', '.join(str(pk) for pk in sorted((second.pk, protected.pk)))}" in both
    assert "rotected person" not in both
    with acting_as(service_actor("leads")):
        plain = class_for(audience="hq")
        assert marking_of([plain]) == marking_of([])
        assert marking_of([plain, class_for(audience="office", office_id=1, compartments=[second.pk])]).endswith(f"COMPARTMENT {second.pk}")


def test_an_administrator_sees_no_case_content(desk: Desk, referral: Referral, lead: Lead, client_as: ClientAs) -> None:
    admin = person("adam", "administrator")
    client = client_as(admin)

    for name in ("queue", "person_search", "referral_list", "office_inbox", "audit_desk", "extract_list"):
        assert client.get(reverse(name)).status_code == 403
    assert client.get(reverse("lead_page", args=[lead.number])).status_code == 404
    with acting_as(admin):
        assert not any(model._default_manager.exists() for model in (Lead, Subject, Referral, Packet, NameFact, Note, Finding))


def test_facts_that_come_later_go_where_their_person_is(desk: Desk, lead: Lead, second: Compartment) -> None:
    """What a source tells next of a person in a compartment never stands outside, not even for the moment of its arrival."""
    marked(lead, second)
    evaluate_subjects(actor=service_actor("leads"), subject_ids=[lead.subject_id or 0], now=NOW + timedelta(days=1))

    with acting_as(desk.analyst):
        assert not Finding.objects.exists()
        assert not Subject.objects.exists()


def test_what_was_being_written_takes_the_class_of_now(desk: Desk, lead: Lead, protected: Compartment) -> None:
    """`lead` was read before its person became protected, as a page or a scanner that takes its time has it."""
    cleared = person("clea.red", "analyst", cleared_for=protected.code)
    marked(lead, protected)

    with acting_as(desk.analyst), pytest.raises(NotFound):
        write_note(actor=desk.analyst, lead=lead, text="Seen on Monday.", audience="hq", now=timezone.now())
    with acting_as(desk.analyst), pytest.raises(NotFound):
        seen = examine(name="seen.txt", content=b"Seen on Monday.", size=15)
        attach_file(actor=desk.analyst, lead=lead, file=seen, audience="hq", now=timezone.now())
    with acting_as(cleared):
        note = write_note(actor=cleared, lead=lead, text="Seen on Monday.", audience="hq", now=timezone.now())

    assert marks_of(note) == {(protected.pk,)}
