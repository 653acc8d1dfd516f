"""People who never got a lead are not kept for ever: who goes, when, how, and that nothing of them is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event, Payload
from audit.services import record
from foundation.errors import Conflict
from ingest.models import SourceRow
from ingest.states import RowState
from leads.models import Finding, Lead
from leadtrac.bench.client import signed_in
from retention.models import ForgettingNight, Suppression, TableRewrite
from retention.removal import people
from retention.services.forgetting import forget_people
from retention.services.maintenance import tables_waiting
from retention.tasks import forget_people as nightly
from subjects.models import FACT_MODELS, Subject
from subjects.services.unimport import unimport
from tests.factories import cases
from tests.factories.drops import AS_OF, NOW, adis, figures, filing, overstay
from tests.factories.forgotten import ANSWERED, EMPTIED, OVER, SECOND, WAITING, feed, here, kept, quiet
from tests.factories.leads import make_lead
from tests.factories.people import person
from tests.pages import words
from tests.subjects.test_life_of_data import tables_with

pytestmark = pytest.mark.django_db
LEFT = {"departure_date": "2026-09-20", "departure_evidence": "M"}  # in time, as the manifest says


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> Iterator[None]:
    """A store of this test's own."""
    settings.DROP_DIR = tmp_path / "store"
    yield


def test_who_waits_for_evidence_goes_when_the_longest_life_is_over_and_not_a_second_before(tmp_path: Path) -> None:
    feed(tmp_path, overstay())
    with acting_as(service_actor("leads")):
        assert (Finding.objects.get().outcome, Lead.objects.count()) == ("stands", 0)

    before, kept_before = forget_people(now=NOW + WAITING - SECOND), kept()
    gone = forget_people(now=NOW + WAITING)

    assert (before, kept_before, gone, here()) == (0, {"waiting": 1}, 1, 0)


def test_who_left_in_time_goes_a_year_after_the_last_that_was_heard(tmp_path: Path) -> None:
    feed(tmp_path, overstay())
    feed(tmp_path, overstay(**LEFT), at=AS_OF + timedelta(days=7))
    heard = NOW + timedelta(days=6)
    with acting_as(service_actor("leads")):
        assert Finding.objects.order_by("-pk")[0].outcome in {"rebutted", "clear"}

    assert (forget_people(now=heard + ANSWERED - timedelta(days=1)), kept()) == (0, {"answered": 1})
    assert (forget_people(now=heard + ANSWERED + timedelta(days=1)), here()) == (1, 0)


def test_nothing_is_left_of_them_but_the_hash_that_keeps_their_row_out(tmp_path: Path) -> None:
    feed(tmp_path, overstay(family_name="CANARYBIRD", passport_number="ZZ0777555"))
    with acting_as(service_actor("subjects")):
        subject, row = Subject.objects.get(), SourceRow.objects.get()
        record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid, payload={"words": "of the person"}, scope=subject.uuid)
        numbers = list(subject.identifierfacts.values_list("blind_index", flat=True))
        keys = [key for (key,) in _rows("SELECT key FROM subjects_matchkey")]
        traces = {"CANARY", "canary", "ZZ0777555", bytes(row.sealed).hex(), *map(str, [row.record_key, *numbers, *keys])}
        assert {"subjects_subject", "subjects_namefact", "subjects_identifierfact", "ingest_sourcerow"} <= tables_with(traces)

    forget_people(now=NOW + WAITING)

    with acting_as(service_actor("subjects")):
        assert tables_with(traces) == set()
        assert tables_with({str(subject.uuid)}) == {"audit_event"}, "an opaque id stays, of the acts about the person"
        assert not Payload.objects.filter(scope=subject.uuid).exists()
        assert not any(model._default_manager.exists() for model in FACT_MODELS)
    with acting_as(service_actor("retention")):
        assert [(each.content_key, each.expires_on) for each in Suppression.objects.all()] == [(row.content_key, date(2034, 11, 23))]


def _rows(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def test_it_is_on_record_signed_by_opaque_id_and_count_without_words(tmp_path: Path) -> None:
    feed(tmp_path, overstay())
    with acting_as(service_actor("leads")):
        subject = Subject.objects.get()

    forget_people(now=NOW + WAITING)

    with acting_as(person("aud", "auditor")):
        event = Event.objects.get(act=Act.DESTROYED)
    assert (event.object_kind, event.result_uuids, event.field_names[0]) == ("people without a lead", [subject.uuid], "waiting")


def test_the_same_row_again_makes_nothing_and_a_row_that_says_something_new_makes_the_person_anew(tmp_path: Path) -> None:
    feed(tmp_path, overstay())
    forget_people(now=NOW + WAITING)
    again = AS_OF + WAITING + timedelta(days=7)

    same = feed(tmp_path / "same", overstay(), at=again)
    assert (figures(same), here()) == ((0, 1, 0, 0), 0)

    feed(tmp_path / "new", overstay(arrival_port="MIA"), at=again + timedelta(days=7))
    assert here() == 1


def test_what_cleared_somebody_may_come_again_and_clears_them_when_they_are_suspected_anew(tmp_path: Path) -> None:
    """Were the filing kept out with the arrival, a person who did nothing wrong would be suspected for want of it."""
    feed(tmp_path, overstay())
    feed(tmp_path, filing(), source="claims3")
    with acting_as(service_actor("leads")):
        assert SourceRow.objects.filter(state=RowState.APPLIED).count() == 2
    forget_people(now=NOW + WAITING)
    again = AS_OF + WAITING + timedelta(days=7)

    told = feed(tmp_path / "filing", filing(), source="claims3", at=again)
    assert (figures(told), here()) == ((0, 0, 1, 0), 0), "it waits, as a stranger's would"
    feed(tmp_path / "new", overstay(arrival_port="MIA"), at=again + timedelta(days=7))

    with acting_as(service_actor("leads")):
        assert Subject.objects.get().filingfacts.count() == 1


def test_people_of_a_wrong_extract_go_soon_after_it_is_taken_back_and_the_right_one_brings_them_again(tmp_path: Path) -> None:
    wrong = feed(tmp_path, overstay(), overstay("R2", admission_number="999000124X4", passport_number="ZZ0001299", family_name="WRONG"))
    with acting_as(service_actor("ingest")):
        unimport(extract=wrong, actor=service_actor("ingest"), now=NOW)
    with acting_as(service_actor("leads")):
        assert Subject.objects.exclude(family_name="").count() == 2, "names of people of whom nothing is known"

    assert (forget_people(now=NOW + EMPTIED - SECOND), here()) == (0, 2)
    assert (forget_people(now=NOW + EMPTIED), here()) == (2, 0)

    right = feed(tmp_path / "right", overstay(), at=AS_OF + timedelta(days=60))
    assert (figures(right), here()) == ((1, 0, 0, 0), 1)


def test_a_day_that_may_change_the_verdict_is_waited_for(tmp_path: Path) -> None:
    feed(tmp_path, adis(overstay_flag="Y"))  # a stay that goes on

    assert (forget_people(now=NOW + timedelta(days=100)), kept()) == (0, {"waiting": 1})


def test_who_was_not_judged_since_the_last_row_waits() -> None:
    with acting_as(service_actor("subjects")):
        subject = quiet()
        Subject.objects.filter(pk=subject.pk).update(evaluated_at=None)

    assert (forget_people(now=NOW + ANSWERED + timedelta(days=2)), kept()) == (0, {"waiting": 1})


def test_a_worker_killed_between_two_pages_is_followed_by_one_that_comes_to_the_same_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with acting_as(service_actor("subjects")):
        for number in range(5):
            quiet(f"QUIET{number}")
        make_lead(subject=quiet("LED"))
    pages, next_page = [], people.next_page

    def killed(after: int, most: int) -> list[int]:
        pages.append(after)
        if len(pages) == 3:
            raise KeyboardInterrupt
        return next_page(after, most)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(people, "next_page", killed)
        forget_people(now=OVER, page=1)
    with acting_as(service_actor("retention")):
        night = ForgettingNight.objects.get()
    assert (here(), night.gone, night.finished_at) == (4, {"answered": 2}, None)

    assert (forget_people(now=OVER, page=1), here()) == (3, 1)
    with acting_as(service_actor("retention")):
        night.refresh_from_db()
    assert (night.gone, night.kept, night.finished_at) == ({"answered": 5}, {}, OVER)


def test_one_of_whom_the_database_says_no_stays_and_the_others_go(monkeypatch: pytest.MonkeyPatch) -> None:
    with acting_as(service_actor("subjects")):
        quiet("ONE")
        heard = quiet("HEARD")
        quiet("OTHER")
        cases.home(heard, as_of=OVER.date())
    look = people.look_at

    def look_too_early(roots: Any, *, now: datetime) -> Any:
        seen = look(roots, now=now)
        for each in seen:
            each.why_kept = ""
        return seen

    monkeypatch.setattr(people, "look_at", look_too_early)

    assert (forget_people(now=OVER), kept()) == (2, {"refused": 1})
    with acting_as(service_actor("subjects")):
        assert Subject.objects.get().family_name == "HEARD"


@pytest.mark.parametrize("who", ["rita", "service"])
def test_the_database_itself_refuses_people_whom_somebody_needs_and_everybody_but_the_worker(who: str) -> None:
    with acting_as(service_actor("subjects")):
        quiet_one, led = quiet(), quiet("LED")
        make_lead(subject=led)
    actor = person("rita", "records_officer") if who == "rita" else service_actor("retention")
    asked = [quiet_one.pk] if who == "rita" else [quiet_one.pk, led.pk]

    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(actor), connection.cursor() as cursor:
        cursor.execute("SELECT retention_forget_people(%s::bigint[], '{}', %s)", [asked, OVER])

    assert here() == 2


def test_the_desk_says_how_many_are_kept_since_when_why_and_who_went(tmp_path: Path) -> None:
    rita = signed_in(person("rita", "records_officer"))
    address = reverse("retention_people")
    assert "No night has gone by yet" in words(rita.get(address))
    feed(tmp_path, overstay())
    with acting_as(service_actor("subjects")):
        quiet()
        since = Subject.objects.earliest("recorded_at").recorded_at

    forget_people(now=NOW + ANSWERED + timedelta(days=2))

    answer = rita.get(address)
    page, row = words(answer), answer.content.decode().rsplit("<tr>", 1)[1]
    assert re.search(r'data-label="Went"[^>]*>1</td>', row)
    assert re.search(r'data-label="Kept"[^>]*>1</td>', row)
    assert "1 people without a lead are kept" in page
    assert f"{since.day} {since:%b %Y} since when the oldest is here" in page
    assert "1 went in that night" in page
    assert "Waits for evidence" in page
    assert "nothing was alleged any more: 1" in page


def test_people_in_a_compartment_are_counted_for_those_alone_who_are_cleared_for_it() -> None:
    with acting_as(service_actor("subjects")):
        quiet(), quiet("HIDDEN", protected=True)
    forget_people(now=NOW)

    counted = [
        words(signed_in(person(name, "records_officer", cleared_for=code)).get(reverse("retention_people")))
        for name, code in (("rita", ""), ("rosa", "protected-person"))
    ]

    assert "1 people without a lead are kept" in counted[0]
    assert "2 people without a lead are kept" in counted[1]


@pytest.mark.parametrize("protected", [False, True])
def test_the_tables_that_held_them_wait_for_the_maintenance_whoever_runs_it(protected: bool) -> None:
    rita = person("rita", "records_officer")
    with acting_as(service_actor("subjects")):
        quiet(protected=protected)

    with acting_as(rita):
        before = tables_waiting()
    forget_people(now=OVER)
    with acting_as(rita):
        waiting = tables_waiting()
    with acting_as(service_actor("retention")):
        night = ForgettingNight.objects.exclude(removed_at=None).get()
        for table in waiting[1:]:
            moment = night.removed_at + SECOND
            TableRewrite.objects.create(
                table=table, started_at=moment, finished_at=moment, left_behind=0, bytes_before=0, bytes_after=0, done_by=rita
            )
    with acting_as(rita):
        left = tables_waiting()

    assert before == []
    assert {"subjects_subject", "subjects_namefact", "subjects_nametoken", "leads_finding", "ingest_sourcerow", "audit_payload"} <= set(
        waiting
    )
    assert left == waiting[:1]


def test_the_nightly_work_does_it(tmp_path: Path) -> None:
    feed(tmp_path, overstay())

    nightly(actor="svc-retention")

    assert kept() == {"waiting": 1}


def test_a_worker_whose_clock_has_run_ahead_erases_nobody(tmp_path: Path) -> None:
    feed(tmp_path, overstay())

    with time_machine.travel(OVER, tick=False), pytest.raises(Conflict, match="clocks of this machine"):
        nightly(actor="svc-retention")

    assert (here(), kept()) == (1, {})
