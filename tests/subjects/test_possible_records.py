"""Records that wait in the buffer and only probably are somebody's: a person says whose they are, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.models import Event
from foundation.errors import Conflict
from ingest.models import SourceRow
from ingest.services.expire import expire_buffer
from ingest.states import RowState
from subjects.models import FilingFact, IdentityLink, NameFact, PossibleRecord, Subject
from subjects.selectors.possible import open_questions, waiting_records
from subjects.services.judge_record import judge_record, undo_record
from subjects.services.possible import forget_questions
from subjects.services.protect import protect
from tests.factories.drops import AS_OF, figures, filing, load, overstay
from tests.factories.leads import make_lead
from tests.factories.people import person
from tests.factories.possible import LATER, WEEK, departures, left, say, signs, the_question
from tests.pages import counted_queries, words

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]
GROUNDS = {"grounds": "The fields as shown."}


@pytest.fixture(autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> None:
    settings.DROP_DIR = tmp_path_factory.mktemp("store")


@pytest.fixture
def analyst() -> User:
    return person("ana.lyst", "analyst")


@pytest.fixture
def question(tmp_path: Path) -> PossibleRecord:
    load(tmp_path, [overstay("R1")])
    extract = load(tmp_path, [left()], as_of=AS_OF + WEEK)
    assert figures(extract) == (0, 0, 1, 0)
    return the_question()


def test_who_shows_the_same_social_security_number_and_another_year_of_birth_is_asked_about(tmp_path: Path) -> None:
    """A number that is borrowed often joins nobody; here it is all that brings the two together."""
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [filing("SIM2611200123", ssn="900-01-0123")], source="claims3", as_of=AS_OF + WEEK)
    mistyped = filing("SIM2611200999", ssn="900-01-0123", admission_number="", date_of_birth="1992-02-17")
    load(tmp_path, [mistyped], source="claims3", as_of=AS_OF + 2 * WEEK)

    question = the_question()

    assert (question.speaks_of, question.source) == ("filing", "claims3")
    assert question.explanation["fields"]["date of birth"]["level"] == "one_digit"


@pytest.mark.parametrize("person_first", [True, False])
def test_a_record_that_nearly_fits_waits_for_a_person_whichever_came_first(tmp_path: Path, *, person_first: bool) -> None:
    drops = [[overstay("R1")], [left()]] if person_first else [[left()], [overstay("R1")]]
    for number, rows in enumerate(drops):
        load(tmp_path, rows, as_of=AS_OF + number * WEEK)

    question = the_question()

    assert (question.speaks_of, question.source, question.verdict) == ("departure", "adis", "")
    assert question.weight == pytest.approx(3.0)
    assert question.explanation["fields"]["date of birth"]["level"] == "part"
    assert signs(question.subject) == {("possible_departure", True)}
    assert departures() == []  # it counts for nothing until somebody says so


def test_same_makes_the_record_a_fact_and_undo_gives_it_back(analyst: User, question: PossibleRecord) -> None:
    with acting_as(service_actor("subjects")):
        Subject.objects.update(touched_at=AS_OF)
    say(analyst, question, "same")

    with acting_as(service_actor("subjects")):
        link = IdentityLink.objects.get(decision="judged")
        row = SourceRow.objects.get(pk=link.source_row_id)
        touched = Subject.objects.get().touched_at
    assert departures() == [date(2026, 9, 20)]
    assert (row.state, row.extract.rows_applied, row.extract.rows_buffered) == (RowState.APPLIED, 1, 0)
    assert touched == LATER  # the verdict is judged again
    assert signs(question.subject) == set()

    with acting_as(analyst):
        again = undo_record(actor=analyst, question=the_question(), now=LATER)
    assert departures() == []
    assert signs(question.subject) == {("possible_departure", True)}
    with acting_as(service_actor("subjects")):
        assert NameFact.objects.filter(retracted_at=None).count() == 1

    say(analyst, again, "same")  # and once more: the row speaks again
    assert departures() == [date(2026, 9, 20)]


def test_what_waits_for_what_the_record_brings_comes_along(tmp_path: Path, analyst: User) -> None:
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [left(passport_number="ZZ0007771", passport_country="UTO")], as_of=AS_OF + WEEK)
    stranger = {"admission_number": "", "passport_number": "ZZ0007771", "passport_country": "UTO", "family_name": "EXEMPLO"}
    load(tmp_path, [filing(**{**stranger, "given_name": "ANA MARIA", "date_of_birth": "1991"})], source="claims3", as_of=AS_OF + 2 * WEEK)
    with acting_as(service_actor("subjects")):
        question = PossibleRecord.objects.get(source="adis")
        assert not FilingFact.objects.exists()

    say(analyst, question, "same")

    with acting_as(service_actor("subjects")):
        assert FilingFact.objects.get().subject_id == question.subject_id
        assert not open_questions().filter(verdict="").exists()


def test_different_survives_the_record_coming_again_even_when_it_would_fit(tmp_path: Path, analyst: User, question: PossibleRecord) -> None:
    say(analyst, question, "different")
    assert signs(question.subject) == set()

    extract = load(tmp_path, [left(date_of_birth="1991-02-17", departure_port="BOS")], as_of=AS_OF + 2 * WEEK)

    assert figures(extract) == (0, 0, 1, 0)
    assert departures() == []
    assert the_question().verdict == "different"


def test_unsure_still_warns(analyst: User, question: PossibleRecord) -> None:
    say(analyst, question, "unsure")

    assert signs(question.subject) == {("possible_departure", True)}


def test_a_better_row_settles_the_question_by_itself(tmp_path: Path, question: PossibleRecord) -> None:
    load(tmp_path, [left(date_of_birth="1991-02-17")], as_of=AS_OF + 2 * WEEK)

    assert departures() == [date(2026, 9, 20)]
    with acting_as(service_actor("subjects")):
        assert not PossibleRecord.objects.exists()


def test_a_record_whose_time_is_over_is_asked_about_no_longer(analyst: User, question: PossibleRecord) -> None:
    with acting_as(service_actor("ingest")):
        assert expire_buffer(now=LATER + timedelta(days=400)) == 1

    with acting_as(analyst):
        assert not waiting_records(analyst).exists()
    assert signs(question.subject) == set()
    with acting_as(analyst), pytest.raises(Conflict, match="no longer here"):
        judge_record(actor=analyst, question=question, verdict="different", now=LATER)
    with acting_as(service_actor("subjects")):
        assert forget_questions(now=LATER) == 1
        assert not PossibleRecord.objects.exists()


def test_the_database_lets_nobody_remove_what_a_person_said(analyst: User, question: PossibleRecord) -> None:
    say(analyst, question, "different")

    with acting_as(service_actor("subjects")), connection.cursor() as cursor:
        cursor.execute("DELETE FROM subjects_possiblerecord")
        assert cursor.rowcount == 0


def test_a_protected_persons_row_is_asked_about_in_the_compartment_and_warns_nobody_outside(tmp_path: Path, analyst: User) -> None:
    load(tmp_path, [overstay("R1")])
    told = {"admission_number": "", "form": "I-360", "basis": "vawa", "date_of_birth": "1991"}
    extract = load(tmp_path, [filing(**told)], source="claims3", as_of=AS_OF + WEEK)
    assert figures(extract) == (0, 0, 1, 0)

    question = the_question()

    assert signs(question.subject) == set()
    with acting_as(analyst):
        assert not waiting_records(analyst).exists()
        assert not PossibleRecord.objects.exists()


def test_the_list_shows_first_what_a_lead_hangs_on_and_the_rest_by_a_filter(
    client_as: ClientAs, analyst: User, question: PossibleRecord
) -> None:
    client = client_as(analyst)

    none = words(client.get(reverse("judging_records")))
    rest = words(client.get(reverse("judging_records"), {"show": "all"}))
    with acting_as(analyst):
        make_lead(subject=question.subject)
    hanging = words(client.get(reverse("judging_records")))

    assert "No lead hangs on a record that waits" in none
    assert "EXAMPLE, Ana Maria" in rest
    assert "a departure" in rest
    assert "EXAMPLE, Ana Maria" in hanging
    assert "an open lead" in hanging
    assert "date of birth fits, but is partial" in hanging
    assert "Waiting records 1" in words(client.get(reverse("judging_list")))


def test_the_leads_page_warns_and_leads_to_the_record(client_as: ClientAs, analyst: User, question: PossibleRecord) -> None:
    with acting_as(analyst):
        lead = make_lead(subject=question.subject)
    client = client_as(analyst)

    page = client.get(reverse("lead_page", args=[lead.number]))
    identity = client.get(reverse("subject_identity", args=[question.subject.uuid]))

    assert "departure waits for a judgement." in words(page)
    assert "Waiting record" in words(page)
    assert f"{reverse('subject_identity', args=[question.subject.uuid])}#possible" in page.content.decode()
    assert 'id="possible"' in identity.content.decode()
    assert reverse("judging_record", args=[question.uuid]) in identity.content.decode()


def test_the_record_stands_beside_the_person_and_a_verdict_and_undo_work_on_the_page(
    client_as: ClientAs, analyst: User, question: PossibleRecord
) -> None:
    client = client_as(analyst)
    address = reverse("judging_record", args=[question.uuid])

    shown = words(client.get(address))
    unsaid = client.post(address, {"verdict": "same", "grounds": "Another reason, in words."})
    said = client.post(address, {"verdict": "same", **GROUNDS})
    late = client.post(address, {"verdict": "different", **GROUNDS})
    judged_page = words(client.get(reverse("judging_records")))
    back = client.post(reverse("judging_record_undo", args=[question.uuid]))

    assert "20 Sep 2026" in shown
    assert "of 32 points" in shown
    assert "fits, but partial" in shown
    assert "None" not in shown
    assert unsaid.status_code == 422
    assert said.status_code == 302
    assert late.status_code == 409
    assert "Take away again" in judged_page
    assert back["Location"] == reverse("judging_record", args=[the_question().uuid])
    with acting_as(analyst):
        looks = Event.objects.filter(view="judging_record", act="view", object_uuid=question.uuid)
        assert all(event.result_uuids == [question.subject.uuid] for event in looks)
        assert looks.exists()
    with acting_as(service_actor("audit")):
        for view in ("judging_records", "judging_record_undo"):
            assert question.subject.uuid in Event.objects.get(view=view).result_uuids, "who looked at a person is asked by the person"


def test_nobody_else_and_nobody_without_the_clearance_sees_the_record(client_as: ClientAs, analyst: User, question: PossibleRecord) -> None:
    address = reverse("judging_record", args=[question.uuid])
    assert client_as(person("olga", "field_officer")).get(address).status_code in {403, 404}

    with acting_as(service_actor("subjects")):
        protect([question.subject_id])

    assert client_as(analyst).get(address).status_code == 404
    assert "EXAMPLE" not in words(client_as(analyst).get(reverse("judging_records"), {"show": "all"}))


def test_the_list_asks_no_more_for_more_records(client_as: ClientAs, analyst: User, question: PossibleRecord, tmp_path: Path) -> None:
    client = client_as(analyst)
    address = f"{reverse('judging_records')}?show=all"
    client.get(address)
    with counted_queries() as few:
        client.get(address)
    load(tmp_path, [left(f"D{number}") for number in range(2, 12)], as_of=AS_OF + 2 * WEEK)
    with counted_queries() as many:
        client.get(address)
    assert len(many) <= len(few)


def test_an_admission_number_that_came_twice_asks_nothing_of_somebody_else(tmp_path: Path) -> None:
    name = {"family_name": "MUSTER", "given_name": "KLARA", "date_of_birth": "1958-11-30"}
    somebody_else = name | {"passport_number": "ZZ0009999", "passport_country": "UTO", "admission_number": "999000123X4"}
    load(tmp_path, [overstay("R1")])

    load(tmp_path, [left(**somebody_else)], as_of=AS_OF + WEEK)
    with acting_as(service_actor("subjects")):
        assert not PossibleRecord.objects.exists()

    load(tmp_path, [left(**somebody_else | {"given_name": "ANA MARIA"})], as_of=AS_OF + 2 * WEEK)
    assert signs(the_question().subject) == {("possible_departure", True)}
