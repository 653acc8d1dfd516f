"""What the log's words and the accounting forget after their time: named scope by scope, and no tampering to a verifier."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DataError, connection
from django.utils import timezone

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.log.reading import write_export
from audit.log.verifying import log_key, verify
from audit.models import Event, Payload
from audit.services import record
from oversight.services.disclosures import forget_disclosures
from oversight.services.log import forget_words
from oversight.tasks import forget_words as task
from tests.audit.conftest import folder, seal_and_publish  # noqa: F401  # a fixture
from tests.databases import owner_connection
from tests.factories import cases
from tests.factories.people import person
from tests.oversight.test_disclosures import entered
from verifier.verify_log import Key, Report, verify_export

pytestmark = pytest.mark.usefixtures("folder")


def verified() -> Report:
    seal_and_publish(timezone.now())
    with acting_as(service_actor("audit")):
        return verify(now=timezone.now())


def aged(world: str, days: int) -> None:
    """Everything so far happened `days` earlier."""
    with owner_connection(world) as owner:
        owner.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        owner.execute("UPDATE audit_event SET recorded_at = recorded_at - make_interval(days => %s)", [days])
        owner.execute("UPDATE audit_datakey SET created_at = created_at - make_interval(days => %s)", [days])
        owner.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")


def said(scope: uuid.UUID | None = None, day: date | None = None) -> uuid.UUID:
    with acting_as(person("ana", "analyst")):
        played = timezone.now().replace(year=day.year, month=day.month, day=day.day) if day else None
        return record(Act.SEARCH, object_kind="search", payload={"number": "900704821"}, scope=scope, occurred_at=played)


def left() -> set[uuid.UUID]:
    with acting_as(service_actor("audit")):
        return set(Payload.objects.values_list("event_uuid", flat=True))


@pytest.mark.check(49)
def test_words_of_no_single_record_end_with_their_day_and_the_verifier_calls_it_lawful(world: str, folder: Path) -> None:  # noqa: F811
    old, of_a_record, late = said(day=date(2025, 3, 1)), said(scope=uuid.uuid4()), said(day=date(2025, 3, 2))
    aged(world, settings.AUDIT_WORDS_DAYS + 2)
    young, late_again = said(), said(day=date(2025, 3, 2))

    task(actor="svc-audit")

    with acting_as(person("olaf", "auditor")):
        event = Event.objects.get(act=Act.DESTROYED)
        scopes = dict(Event.objects.filter(act=Act.SEARCH).values_list("uuid", "payload_scope"))
    assert old not in left()
    assert {of_a_record, young, late, late_again} <= left()
    assert scopes[old] in event.result_uuids
    assert not {scopes[each] for each in (of_a_record, young, late)} & set(event.result_uuids)
    report = verified()
    assert (report.sound, report.destroyed) == (True, 1)


def test_a_day_less_and_nothing_ends_and_less_than_a_year_is_refused(world: str) -> None:
    words = said()
    aged(world, settings.AUDIT_WORDS_DAYS - 1)
    service = service_actor("audit")
    with acting_as(service):
        assert forget_words(actor=service, today=timezone.now().date()) == 0
        assert forget_words(actor=service, today=timezone.now().date() + timedelta(days=900)) == 0, "a date to come counts for nothing"
    assert words in left()
    with pytest.raises(DataError), acting_as(service), connection.cursor() as cursor:
        cursor.execute("SELECT oversight_forget_words(current_date, 364)")


@pytest.mark.check(45)
def test_whoever_rules_the_database_alone_cannot_take_words_away_as_if_by_law(world: str) -> None:
    words = said(scope=uuid.uuid4())
    with acting_as(person("olaf", "auditor")):
        scope = Event.objects.get(uuid=words).payload_scope
    assert scope is not None
    with acting_as(service_actor("audit")):
        record(Act.DESTROYED, object_kind="run", results=[scope], fields=["done"])  # all that a row of the table takes
    with owner_connection(world) as owner:
        owner.execute("DELETE FROM audit_payload WHERE event_uuid = %s", [words])

    report = verified()

    assert [problem.sentence for problem in report.problems] == [
        "The words of event 0 are gone, and no signed destruction names their scope: they were removed."
    ]


def test_an_accounting_that_ends_is_a_lawful_destruction_to_the_verifier(world: str, folder: Path, tmp_path: Path) -> None:  # noqa: F811
    paula, service = person("paula.privacy", "privacy_officer"), service_actor("audit")
    with acting_as(service_actor("subjects")):
        subject = cases.subject("DOE EXAMPLE", "ANA")
    kept = entered(paula, subject)
    with owner_connection(world) as owner:
        owner.execute("UPDATE oversight_disclosure SET subject_uuid = gen_random_uuid() WHERE uuid = %s", [str(kept.uuid)])

    with acting_as(service):
        assert forget_disclosures(actor=service, today=timezone.now().date()) == 1

    report = verified()
    assert (report.problems, report.destroyed) == ([], 1)
    with acting_as(service), (tmp_path / "export.zip").open("xb") as target:
        write_export(target)
    for published in (None, folder):
        outside = verify_export(tmp_path / "export.zip", Key.read(log_key()), published)
        assert (outside.problems, outside.destroyed) == ([], 1)
