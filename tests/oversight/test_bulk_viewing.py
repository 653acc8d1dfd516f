"""Bulk viewing: told of within minutes, to everybody but its reader, and again when it goes on."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail import EmailMessage

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from oversight.models import UnusualReading
from oversight.reading_sql import IN_AN_HOUR, TAKEN_OUT
from oversight.selectors.readings import readings_for
from oversight.services.alarms import raise_alarms
from oversight.services.readings import review_reading
from tests.oversight.reading import MORNING, WEDNESDAY, found, leads, look, look_at_others

pytestmark = pytest.mark.django_db
Kind = UnusualReading.Kind


@pytest.mark.check(64)
def test_bulk_viewing_is_told_of_at_once_to_everybody_but_its_reader(
    analyst: User, auditor: User, privacy: User, mailoutbox: list[EmailMessage], caplog: pytest.LogCaptureFixture
) -> None:
    for each in (auditor, privacy):
        each.email = f"{each.username}@office.invalid"
        each.save(update_fields=["email"])
    service = service_actor("audit")
    (lead,) = leads(1)
    for minute in range(IN_AN_HOUR):
        look_at_others(analyst, 1, MORNING + timedelta(seconds=20 * minute))
        look(analyst, lead, MORNING + timedelta(seconds=20 * minute))  # the same one again is no other record

    assert raise_alarms(actor=service, now=MORNING + timedelta(seconds=20 * (IN_AN_HOUR - 3))) == 0, "one record short"
    assert raise_alarms(actor=service, now=MORNING + timedelta(minutes=45)) == 1
    assert raise_alarms(actor=service, now=MORNING + timedelta(minutes=50)) == 0, "the same looks are told of once"

    assert sorted(mail.to[0] for mail in mailoutbox) == ["otto.auditor@office.invalid", "paula.privacy@office.invalid"]
    assert "Osei" not in str([mail.message() for mail in mailoutbox])
    assert [each.levelname for each in caplog.records if "bulk viewing" in each.message] == ["WARNING"]
    with acting_as(auditor):
        (line,) = readings_for(auditor).lines
    assert (line.who, line.reading.kind) == ("Ana Osei", Kind.IN_ONE_HOUR)
    assert line.why == f"{IN_AN_HOUR + 1} different records opened within one hour."


@pytest.mark.check(64)
def test_bulk_viewing_that_goes_on_after_its_review_is_told_of_again(analyst: User, auditor: User, mailoutbox: list[EmailMessage]) -> None:
    auditor.email = "otto.auditor@office.invalid"
    auditor.save(update_fields=["email"])
    service = service_actor("audit")
    look_at_others(analyst, IN_AN_HOUR, MORNING)
    assert raise_alarms(actor=service, now=MORNING + timedelta(minutes=5)) == 1
    with acting_as(auditor):
        (first,) = UnusualReading.objects.all()
        review_reading(actor=auditor, reading_uuid=first.uuid, verdict="explained", words="A list of the day.", now=MORNING)

    look_at_others(analyst, IN_AN_HOUR - 1, MORNING + timedelta(minutes=6))
    assert raise_alarms(actor=service, now=MORNING + timedelta(minutes=10)) == 0, "one short of twice as many"
    look_at_others(analyst, 1, MORNING + timedelta(minutes=11))
    assert raise_alarms(actor=service, now=MORNING + timedelta(minutes=15)) == 1
    assert raise_alarms(actor=service, now=MORNING + timedelta(minutes=20)) == 0
    assert found(auditor) == {Kind.IN_ONE_HOUR: 2 * IN_AN_HOUR}, "the night finds nothing twice"
    assert len(mailoutbox) == 2
    with acting_as(auditor):
        first.refresh_from_db()
        assert first.verdict == "explained", "the first review stands"


@pytest.mark.check(64)
def test_looks_around_midnight_are_told_of_once_and_hide_nothing_of_the_new_day(analyst: User, auditor: User) -> None:
    service, midnight = service_actor("audit"), datetime(2026, 11, 19, 5, tzinfo=UTC)
    look_at_others(analyst, IN_AN_HOUR, midnight - timedelta(minutes=10))
    assert raise_alarms(actor=service, now=midnight - timedelta(minutes=5)) == 1
    assert raise_alarms(actor=service, now=midnight + timedelta(minutes=5)) == 0

    look_at_others(analyst, IN_AN_HOUR, midnight + timedelta(minutes=55))
    assert raise_alarms(actor=service, now=midnight + timedelta(minutes=61)) == 1
    with acting_as(auditor):
        days = {line.reading.day: line.reading.looks for line in readings_for(auditor).lines}
    assert days == {WEDNESDAY: IN_AN_HOUR, WEDNESDAY + timedelta(days=1): IN_AN_HOUR}


@pytest.mark.check(64)
def test_taking_out_many_records_in_small_files_is_told_of_too_and_not_to_their_taker(
    auditor: User, privacy: User, mailoutbox: list[EmailMessage]
) -> None:
    privacy.email = "paula.privacy@office.invalid"
    privacy.save(update_fields=["email"])
    with acting_as(privacy):
        for hour in range(4):
            rows = [uuid.uuid4() for _ in range(TAKEN_OUT // 4)]
            record(Act.EXPORT, object_kind="export", object_uuid=uuid.uuid4(), results=rows, occurred_at=MORNING - timedelta(hours=hour))

    assert raise_alarms(actor=service_actor("audit"), now=MORNING) == 0, "the last file is of this very moment"
    assert raise_alarms(actor=service_actor("audit"), now=MORNING + timedelta(minutes=5)) == 1
    assert mailoutbox == []
    with acting_as(auditor):
        (line,) = readings_for(auditor).lines
    assert line.why == "10,000 records taken out in files or by programs in one day."


@pytest.mark.check(64)
def test_an_alarm_that_no_mail_can_carry_still_stands_on_the_desk(analyst: User, auditor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_server(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("foundation.mail.send_mail", no_server)
    auditor.email = "otto@office.invalid"
    auditor.save(update_fields=["email"])
    look_at_others(analyst, IN_AN_HOUR, MORNING)

    assert raise_alarms(actor=service_actor("audit"), now=MORNING + timedelta(minutes=1)) == 1
    with acting_as(auditor):
        assert UnusualReading.objects.count() == 1
