"""Records kept longer under an authority (records management requirement R26)."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from access.context import acting_as
from access.selectors import service_actor
from foundation.errors import Conflict, InvalidInput
from leads.services.compartments import follow_compartments
from leadtrac.bench.client import signed_in
from retention.models import Extension
from retention.removal import ledger
from retention.services.execute import execute_run
from retention.services.opening import extend_record
from subjects.services.protect import protect
from tests.factories.people import person
from tests.factories.records import NOW, archived, finished_run, old_lead, outcomes, started_run, twenty_five_years
from tests.pages import words

pytestmark = pytest.mark.usefixtures("world")


def authority(**changes: object) -> dict[str, Any]:
    """A complete extension, changed."""
    return {
        "authority_kind": "nara_letter",
        "authority": "NARA letter of 2 Nov 2026",
        "ends_on": date(2028, 11, 22),
        "review_on": date(2027, 11, 22),
    } | changes


@pytest.mark.requirement("R26")
@pytest.mark.parametrize(
    "changes",
    [
        {"authority_kind": ""},
        {"authority_kind": "somebody"},
        {"authority": " "},
        {"ends_on": None},
        {"ends_on": date(2026, 1, 1)},
        {"review_on": None},
        {"review_on": date(2029, 1, 1)},
        {"authority_kind": "under_one_year"},
    ],
)
def test_r26_an_extension_needs_a_typed_authority_an_end_and_a_review(changes: dict[str, Any]) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()

    with pytest.raises(InvalidInput), acting_as(team.rita):
        extend_record(actor=team.rita, lead_uuid=lead.uuid, lead_number=lead.number, now=NOW, **authority(**changes))


@pytest.mark.requirement("R26")
def test_r26_an_extension_keeps_a_record_until_its_end_and_not_longer() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        kept, other = old_lead(), old_lead()
    with acting_as(team.rita):
        extend_record(actor=team.rita, lead_uuid=kept.uuid, lead_number=kept.number, now=NOW, **authority())
        with pytest.raises(IntegrityError), transaction.atomic():
            Extension.objects.create(
                lead_uuid=kept.uuid, lead_number=kept.number, authority_kind="friend", authority="x", granted_on=NOW.date(),
                ends_on=date(2028, 1, 1), review_on=date(2027, 1, 1), granted_by=team.rita,
            )  # fmt: skip

    assert outcomes(team, finished_run(team, "archive")) == {other.number: "archived"}
    assert outcomes(team, finished_run(team, "archive", date(2028, 11, 23))) == {kept.number: "archived"}


@pytest.mark.requirement("R26")
def test_r26_an_extension_during_a_run_takes_its_record_out_of_it() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        kept, other = old_lead(), old_lead()
    run = started_run(team, "archive")
    with acting_as(team.rita):
        extend_record(actor=team.rita, lead_uuid=kept.uuid, lead_number=kept.number, now=NOW, **authority())

    assert outcomes(team, run) == {kept.number: "extended", other.number: "pending"}
    execute_run(run.pk, now=NOW)

    assert outcomes(team, run) == {kept.number: "extended", other.number: "archived"}


@pytest.mark.requirement("R26")
def test_r26_an_extension_that_comes_while_the_record_is_destroyed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    archived(team)
    run = started_run(team, "destroy")
    reached, append, refused = threading.Event(), ledger.append, []

    def extend() -> None:
        assert reached.wait(30)
        try:
            with acting_as(team.rita):
                extend_record(actor=team.rita, lead_uuid=lead.uuid, lead_number=lead.number, now=NOW, **authority())
        except Conflict as error:
            refused.append(error.message)
        finally:
            connection.close()

    someone = threading.Thread(target=extend)

    def pause(*given: Any, **named: Any) -> None:
        append(*given, **named)
        reached.set()
        someone.join(1)  # it would be through by then, if it did not wait for the record

    monkeypatch.setattr(ledger, "append", pause)
    someone.start()
    execute_run(run.pk, now=NOW)
    someone.join()

    assert refused == ["A record was destroyed at this very moment: it cannot be kept any longer."]
    with acting_as(team.rita):
        assert not Extension.objects.exists()


@pytest.mark.requirement("R26")
def test_r26_whoever_is_not_cleared_for_a_record_neither_extends_it_nor_learns_that_it_is_there() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        hidden = old_lead()
    with acting_as(service_actor("subjects")):
        protect([hidden.subject_id or 0])
    with acting_as(service_actor("leads")):
        follow_compartments([hidden.subject_id or 0], actor=service_actor("leads"), now=NOW)
    address = reverse("retention_extensions")
    typed = {name: f"{value:%d %b %Y}" if isinstance(value, date) else value for name, value in authority().items()}

    answers = [signed_in(team.rita).post(address, typed | {"number": number}) for number in (hidden.number, "L-0000-0000")]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert len({words(answer).replace(hidden.number, "").replace("L-0000-0000", "") for answer in answers}) == 1
    cleo = signed_in(person("cleo", "records_officer", cleared_for="protected-person"))
    assert cleo.post(address, typed | {"number": hidden.number}).status_code == 302
