"""A record that waits and nearly fits a person, and the word on it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from leads.judging import judge as judged
from leads.snapshots import snapshot_of
from subjects.models import DepartureFact, PossibleRecord, Subject
from subjects.services.judge_record import judge_record
from tests.factories.drops import adis

WEEK = timedelta(days=7)
LATER = datetime(2026, 11, 25, 9, tzinfo=UTC)
LEFT = {
    "record_type": "D",
    "admission_number": "",
    "arrival_date": "",
    "arrival_port": "",
    "arrival_mode": "",
    "class_of_admission": "",
    "admit_until": "",
    "passport_number": "",
    "passport_country": "",
    "departure_date": "2026-09-20",
    "departure_evidence": "N",
}


def left(record: str = "D1", **cells: str) -> dict[str, str]:
    """A departure that a carrier's list tells by name, with the year of birth alone: it nearly fits the person of `overstay`."""
    return adis(record, **LEFT) | {"date_of_birth": "1991"} | cells


def the_question() -> PossibleRecord:
    with acting_as(service_actor("subjects")):
        return PossibleRecord.objects.select_related("subject").get(undone_at=None)


def signs(subject: Subject) -> set[tuple[str, bool]]:
    with acting_as(service_actor("leads")):
        return {
            (sign.code, sign.blocking) for sign in judged(snapshot_of(subject)).evaluation.stop_signs if sign.code.startswith("possible")
        }


def departures() -> list[date]:
    with acting_as(service_actor("leads")):
        return list(DepartureFact.objects.filter(retracted_at=None, superseded_at=None).values_list("departed_on", flat=True))


def say(user: User, question: PossibleRecord, verdict: str) -> None:
    with acting_as(user):
        judge_record(actor=user, question=question, verdict=verdict, reason="The photograph.", now=LATER)
