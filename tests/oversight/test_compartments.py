"""A person is moved into a compartment by one, and out of it by two; everything about them goes along, the records desk included."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.models import Compartment, Office, User
from access.selectors import service_actor
from audit.keys import existing_keys
from audit.models import Event
from audit.selectors import words_of
from foundation.errors import Conflict, Forbidden, InvalidInput
from leads.models import Finding, Lead, Note, Packet, Referral
from leads.services.notes import write_note
from leads.services.referral import propose_referral, refer_lead
from leads.states import ReferralState
from oversight.models import CompartmentMove
from oversight.selectors import compartments
from oversight.services.compartments import ask_out, decide_out, move_in
from retention.models import RetentionClock
from retention.selectors.due import due_counts, due_for
from subjects.models import FACT_MODELS, Subject
from subjects.models.identity import MatchKey
from subjects.services.merge import merge
from tests.factories import facts as told
from tests.factories.leads import make_subject
from tests.factories.people import person
from tests.leads.conftest import Desk, people
from tests.leads.views.conftest import visitor
from tests.leads.views.test_query_budgets import BUDGETS, asked
from tests.pages import words

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]


@pytest.fixture(autouse=True)
def morning() -> object:
    with time_machine.travel(told.NOW, tick=True):
        yield


@pytest.fixture
def desk(db: None) -> Desk:
    cast = people()
    with acting_as(cast.service):
        told.loaded()
    return cast


@pytest.fixture
def lead(desk: Desk) -> Lead:
    made = desk.opened(visitor)
    with acting_as(desk.analyst):
        proposal = propose_referral(user=desk.analyst, lead=made, now=timezone.now())
        refer_lead(actor=desk.analyst, lead=made, office=desk_office(), reason="", now=timezone.now(), digest=proposal.digest)
        write_note(actor=desk.analyst, lead=desk.fresh(made), text="Call first.", audience="hq", now=timezone.now())
    return made


def desk_office() -> Office:
    return Office.objects.get(code="HSI-BOS")


@pytest.fixture
def paula() -> User:
    return person("paula.privacy", "privacy_officer", cleared_for="protected-person")


@pytest.fixture
def pedro() -> User:
    return person("pedro.privacy", "privacy_officer", cleared_for="protected-person")


def sees(user: User) -> tuple[int, ...]:
    """How many rows about the person the user sees, by table."""
    with acting_as(user):
        about: tuple[type[Model], ...] = (Subject, Lead, Finding, Note, Referral, Packet, MatchKey, RetentionClock, *FACT_MODELS)
        return tuple(model._default_manager.count() for model in about)


@pytest.mark.check(34)
def test_in_by_one_person_out_by_two_and_everything_goes_along(
    desk: Desk, lead: Lead, paula: User, pedro: User, client_as: ClientAs
) -> None:
    before, office_before = sees(desk.analyst), sees(desk.boston)
    assert all(sees(desk.service)[:5])
    assert lead.subject is not None
    page = reverse("subject_detail", args=[lead.subject.uuid])
    move = reverse("compartment_move", args=[lead.subject.uuid])
    first, second = client_as(paula), client_as(pedro)
    assert move in first.get(page).content.decode()

    first.post(move, {"what": "in:protected-person", "reason": "A shelter has called"})

    assert sum(sees(desk.analyst)) == 0
    assert sum(sees(desk.boston)) == 0
    assert client_as(desk.analyst).get(page).status_code == 404
    assert sees(paula)[:2] == (1, 1)
    assert "A shelter has called" in words(first.get(reverse("compartment_moves")))

    first.post(move, {"what": "out:protected-person", "reason": "It was another person"})
    (waiting,) = _moves(paula, "waiting")
    decide = reverse("compartment_decide", args=[waiting.uuid])
    assert sum(sees(desk.analyst)) == 0, "one person alone moves nobody out"
    assert first.post(decide, {"verdict": "agree", "reason": "x"}).status_code == 403
    assert decide in second.get(reverse("compartment_moves")).content.decode()
    second.post(decide, {"verdict": "agree", "reason": "Confirmed with the shelter"})

    assert sees(desk.analyst) == before
    assert sees(desk.boston) == office_before
    with acting_as(service_actor("leads")):
        assert Referral.objects.get(lead=lead).state == ReferralState.RECALLED, "what was recalled stays recalled"
    with acting_as(person("uma", "auditor", cleared_for="protected-person")):  # words about a move stay in its compartment
        told_of = Event.objects.filter(object_uuid=lead.subject.uuid, payload_scope=lead.subject.uuid).order_by("pk")
        assert [(event.act, (words_of(event) or {})["reason"]) for event in told_of] == [
            ("protected", "A shelter has called"),
            ("compartment_asked", "It was another person"),
            ("compartment_left", "Confirmed with the shelter"),
        ]


def _moves(user: User, state: str) -> list[CompartmentMove]:
    with acting_as(user):
        return list(CompartmentMove.objects.filter(state=state))


def test_a_filing_that_protects_keeps_its_person_in(desk: Desk, lead: Lead, paula: User) -> None:
    compartment = Compartment.objects.get(code="protected-person")
    assert lead.subject is not None
    with acting_as(service_actor("subjects")):
        told.filed(lead.subject, told.NOW.date(), form="I-918", status="denied")
    with acting_as(paula):
        move_in(actor=paula, subject=_fresh(lead), compartment=compartment, reason="By hand as well", now=timezone.now())
        with pytest.raises(InvalidInput, match="a denial alone does not end"):
            ask_out(actor=paula, subject=_fresh(lead), compartment=compartment, reason="Denied", now=timezone.now())


def _fresh(lead: Lead) -> Subject:
    return Subject.objects.select_related("access_class").get(pk=lead.subject_id)


def test_the_records_desk_knows_neither_number_nor_count_of_a_protected_lead(
    desk: Desk, lead: Lead, paula: User, client_as: ClientAs
) -> None:
    officer, cleared = person("rea", "records_officer"), person("cleo", "records_officer", cleared_for="protected-person")
    last_day = told.NOW.date().replace(year=2199)

    def listed(user: User) -> list[str]:
        with acting_as(user):
            rows = due_for(user, what="destroy", as_of=last_day)
            assert len(rows) == due_counts(last_day)[1]
            return [row.number for row in rows]

    assert listed(officer) == [lead.number]
    with acting_as(paula):
        move_in(
            actor=paula, subject=_fresh(lead), compartment=Compartment.objects.get(code="protected-person"), reason="x", now=timezone.now()
        )

    assert listed(officer) == []
    assert listed(cleared) == [lead.number]
    page = client_as(officer).post(
        reverse("retention_holds"),
        {"kind": "litigation", "issuer": "Court", "authority": "1:26-cv-1", "reason": "x", "numbers": lead.number},
    )
    assert "neither live nor archived" in words(page), "a number beyond sight is like one that does not exist"


def test_the_rules_stand_in_the_database_too(desk: Desk, lead: Lead, paula: User, pedro: User) -> None:
    compartment = Compartment.objects.get(code="protected-person")
    with acting_as(paula):
        move_in(actor=paula, subject=_fresh(lead), compartment=compartment, reason="x", now=timezone.now())
        asked = ask_out(actor=paula, subject=_fresh(lead), compartment=compartment, reason="x", now=timezone.now())
        with pytest.raises(Conflict, match="waits for a second person"):
            ask_out(actor=paula, subject=_fresh(lead), compartment=compartment, reason="x", now=timezone.now())
        with pytest.raises(Forbidden):
            decide_out(actor=paula, move_uuid=asked.uuid, agreed=True, reason="x", now=timezone.now())
        with pytest.raises(IntegrityError), transaction.atomic():
            CompartmentMove.objects.filter(pk=asked.pk).update(
                state="done", decided_by=paula, decided_at=timezone.now(), decision_sealed=b"x"
            )
    with acting_as(person("not.cleared", "privacy_officer")):
        assert not CompartmentMove.objects.exists()
    with acting_as(pedro):
        decide_out(actor=pedro, move_uuid=asked.uuid, agreed=False, reason="Not yet", now=timezone.now())
    assert sum(sees(desk.analyst)) == 0


def test_the_list_of_moves_asks_no_more_for_twenty_than_for_one_and_makes_no_key_anew(paula: User, client_as: ClientAs) -> None:
    client, address = client_as(paula), reverse("compartment_moves")
    moved_in(paula, 1)
    few = asked(client, address)
    moved_in(paula, 19)

    assert asked(client, address) == few <= BUDGETS["compartment_moves"]
    assert "Reason 18" in words(client.get(address))
    assert existing_keys([unknown := uuid4()]) == existing_keys([unknown]) == {}


def test_what_waits_stands_first_however_old_and_the_list_goes_on_by_key(
    paula: User, pedro: User, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compartments, "PAGE_ROWS", 2)
    moved_in(paula, 3)
    with acting_as(paula):
        oldest = CompartmentMove.objects.order_by("pk").first()
        assert oldest is not None
        subject = Subject.objects.get(uuid=oldest.subject_uuid)
        long_ago, compartment = timezone.now() - timedelta(days=90), Compartment.objects.get(code="protected-person")
        ask_out(actor=paula, subject=subject, compartment=compartment, reason="Out after all", now=long_ago)
    client, address, shown = client_as(pedro), reverse("compartment_moves"), []

    for _ in range(2):
        page = client.get(address)
        shown.append(re.findall(r"Reason \d|Out after all", words(page)))
        address = reverse("compartment_moves") + "?after=" + page.content.decode().partition("after=")[2].partition('"')[0]

    assert shown == [["Out after all", "Reason 2"], ["Reason 1", "Reason 0"]]


def test_a_move_that_was_asked_before_a_merge_moves_the_one_person_out(paula: User, pedro: User) -> None:
    service, compartment = service_actor("subjects"), Compartment.objects.get(code="protected-person")
    with acting_as(service):
        first = make_subject()
    moved_in(paula, 1)
    with acting_as(paula):
        second = Subject.objects.exclude(pk=first.pk).select_related("access_class").get()
        waiting = ask_out(actor=paula, subject=second, compartment=compartment, reason="Out", now=timezone.now())
    with acting_as(service):
        merge(actor=service, left=first, right=second, judgement=None, now=timezone.now())
    with acting_as(paula), pytest.raises(Conflict, match="waits for a second person"):
        shown = Subject.objects.select_related("access_class").get(pk=first.pk)
        ask_out(actor=paula, subject=shown, compartment=compartment, reason="Once more", now=timezone.now())

    with acting_as(pedro):
        decide_out(actor=pedro, move_uuid=waiting.uuid, agreed=True, reason="Yes", now=timezone.now())

    with acting_as(person("ana", "analyst")):
        assert Subject.objects.count() == 2, "both records are in sight again"


def moved_in(user: User, number: int) -> None:
    with acting_as(service_actor("subjects")):
        subjects = [make_subject() for _ in range(number)]
    compartment = Compartment.objects.get(code="protected-person")
    with acting_as(user):
        for place, subject in enumerate(subjects):
            move_in(actor=user, subject=subject, compartment=compartment, reason=f"Reason {place}", now=timezone.now())


@pytest.mark.parametrize("role", ["analyst", "supervisor", "records_officer", "auditor", "administrator"])
def test_others_have_none_of_these_pages(desk: Desk, lead: Lead, role: str, client_as: ClientAs) -> None:
    client = client_as(person("olga", role))
    assert lead.subject is not None
    assert client.get(reverse("compartment_moves")).status_code == 403
    assert client.get(reverse("compartment_move", args=[lead.subject.uuid])).status_code == 404
