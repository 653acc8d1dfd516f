"""What keeps a person without a lead although their day has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from access.context import acting_as
from access.models import Compartment
from access.selectors import service_actor
from ingest.facts import IdentifierKind
from oversight.services.compartments import move_in
from oversight.services.disclosures import record_disclosure
from retention.hold_query import HoldQuery
from retention.services.forgetting import forget_people
from retention.services.holds import place_hold, release_hold
from subjects.models import Judgement, Subject, SubjectRedirect
from tests.factories import cases
from tests.factories.drops import NOW, overstay
from tests.factories.forgotten import ANSWERED, OVER, feed, here, kept, quiet
from tests.factories.leads import make_lead
from tests.factories.people import person
from tests.factories.records import finished_run, old_lead, twenty_five_years

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> Iterator[None]:
    """A store of this test's own."""
    settings.DROP_DIR = tmp_path / "store"
    yield


def test_whoever_has_a_lead_is_left_alone_and_not_counted() -> None:
    with acting_as(service_actor("leads")):
        make_lead(subject=quiet(), state="closed", close_reason="departed")

    assert (forget_people(now=OVER), kept(), here()) == (0, {}, 1)


def test_merged_people_go_together_or_stay_together() -> None:
    me = service_actor("subjects")
    with acting_as(me):
        one, other, staying, led = quiet("ONE"), quiet("OTHER"), quiet("STAYING"), quiet("LED")
        make_lead(subject=led)
        for merged, into in ((other, one), (led, staying)):
            SubjectRedirect.objects.create(
                from_subject=merged, to_subject=into, access_class_id=into.access_class_id, made_by=me, made_at=NOW
            )

    gone = forget_people(now=OVER)

    with acting_as(me):
        assert (gone, set(Subject.objects.values_list("family_name", flat=True))) == (1, {"STAYING", "LED"})
        assert SubjectRedirect.objects.count() == 1


def test_a_word_that_keeps_them_apart_from_somebody_with_a_lead_keeps_them() -> None:
    ana = person("ana", "analyst")
    with acting_as(service_actor("subjects")):
        suspect, twin, one, other = quiet("SUSPECT"), quiet("TWIN"), quiet("ONE"), quiet("OTHER")
        make_lead(subject=suspect)
        for left, right in ((suspect, twin), (one, other)):
            Judgement.objects.create(
                left=left, right=right, access_class_id=left.access_class_id, verdict="different", judged_by=ana, judged_at=NOW
            )

    gone = forget_people(now=OVER)

    with acting_as(service_actor("subjects")):
        assert (gone, set(Subject.objects.values_list("family_name", flat=True))) == (2, {"SUSPECT", "TWIN"})
    assert kept() == {"needed": 1}


def test_an_open_question_about_a_pair_is_waited_for_as_long_as_evidence_is() -> None:
    with acting_as(service_actor("subjects")):
        one, other = quiet("ONE"), quiet("OTHER")
        Judgement.objects.create(left=one, right=other, access_class_id=one.access_class_id)

    assert (forget_people(now=NOW + ANSWERED + timedelta(days=2)), kept()) == (0, {"waiting": 2})
    assert (forget_people(now=OVER), here()) == (2, 0)


def test_the_associate_of_somebody_with_a_lead_is_kept() -> None:
    with acting_as(service_actor("subjects")):
        suspect = quiet("SUSPECT")
        make_lead(subject=suspect)
        cases.associate(suspect, linked_subject=quiet("SPOUSE"))

    assert (forget_people(now=OVER), kept()) == (0, {"needed": 1})


def test_the_principal_is_kept_as_long_as_a_dependent_who_is_judged_by_their_record() -> None:
    with acting_as(service_actor("subjects")):
        principal, dependent = quiet("PRINCIPAL"), quiet("DEPENDENT")
        status = cases.student(principal, "completed")
        cases.student(dependent, "active", principal_key=status.sevis_key, as_of=OVER.date())

    assert (forget_people(now=OVER), kept(), here()) == (0, {"needed": 1, "answered": 1}, 2)


def test_an_accounting_of_disclosures_keeps_them_for_its_five_years_and_a_move_between_compartments_keeps_them() -> None:
    officer = person("pri", "privacy_officer", cleared_for="protected-person")
    compartment = Compartment.objects.get(code="protected-person")
    with acting_as(service_actor("subjects")):
        told, moved = quiet("TOLD"), quiet("MOVED")
    with acting_as(officer):
        record_disclosure(
            actor=officer, subject=told, basis="G", disclosed_on=date(2026, 11, 22), approved=False, now=NOW,
            words={"nature": "a name", "purpose": "a case", "recipient": "a sheriff", "address": "Boston"},
        )  # fmt: skip
        move_in(actor=officer, subject=moved, compartment=compartment, reason="a witness", now=NOW)

    assert (forget_people(now=OVER), kept()) == (0, {"disclosed": 1, "compartment": 1})
    assert (forget_people(now=OVER + timedelta(days=366 * 3)), here()) == (1, 1)


def test_a_hold_that_takes_every_new_lead_keeps_everybody_and_one_by_rule_those_of_the_rule(tmp_path: Path) -> None:
    rita = person("rita", "records_officer")
    feed(tmp_path, overstay())
    with acting_as(service_actor("subjects")):
        quiet()
    hold: dict[str, Any] = {"kind": "litigation", "issuer": "a court", "authority": "1:26-cv-00001", "reason": "a suit", "now": NOW}

    with acting_as(rita):
        everything = place_hold(actor=rita, query=HoldQuery(), **hold)
    assert (forget_people(now=OVER), kept()) == (0, {"held": 2})

    with acting_as(rita):
        release_hold(actor=rita, hold=everything, authority="order", now=NOW)
        place_hold(actor=rita, query=HoldQuery(rule_id="overstay-dated"), **hold)
        place_hold(actor=rita, query=HoldQuery(closed=True), **hold)
    assert (forget_people(now=OVER), kept()) == (1, {"held": 1})


def test_a_number_on_a_sealed_record_under_a_hold_keeps_them() -> None:
    team = twenty_five_years()
    number: dict[str, Any] = {"kind": IdentifierKind.PASSPORT, "text": "ZZ7654321", "country": "PRT"}
    with acting_as(service_actor("leads")):
        lead = old_lead()
        assert lead.subject is not None
        cases.identifier(lead.subject, **number)
    finished_run(team, "archive")
    with acting_as(team.rita):
        place_hold(actor=team.rita, numbers=[lead.number], kind="audit", issuer="IG", authority="M-1", reason="audit", now=NOW)
    with acting_as(service_actor("subjects")):
        cases.identifier(quiet("AGAIN"), **number)

    assert (forget_people(now=OVER), kept()) == (0, {"held": 1})
