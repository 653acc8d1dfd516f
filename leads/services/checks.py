"""A system asked by hand: three fields (which, when, what it said). Its word is fresh again, and the lead is judged at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import transaction

from access.context import through_service
from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import service_actor
from audit.acts import Act
from audit.keys import index_key
from audit.services import record
from foundation.crypto import blind_index
from foundation.errors import Conflict, InvalidInput, NotFound
from ingest.facts import DepartureEvidence, EncounterKind, FilingMethod, FilingStatus
from leads.models import Lead, SystemCheck
from leads.rules.freshness import WORDS
from leads.rules.words import day
from leads.services.attachments import Examined, attach_file
from leads.services.evaluation import evaluate_subjects
from leads.services.notes import write_note
from leads.services.present import present_lead
from subjects.models import DepartureFact, EmploymentFact, EncounterFact, FactBase, FilingFact, LifeEventFact, Subject

NOTHING_NEW = "nothing_new"
# what a system may say, in the words of the form; every one but the first is a fact with a day
RESULTS: Mapping[str, str] = MappingProxyType(
    {
        NOTHING_NEW: "Nothing new",
        "departed": "The person departed",
        "filing_pending": "An extension or change of status is pending",
        "in_custody": "The person is in custody",
        "job_ended": "The job on which the stay rests has ended",
        "unauthorized_work": "The person began to work without authorization",
        "permanent_resident": "The person is a lawful permanent resident",
        "naturalized": "The person is a U.S. citizen",
        "died": "The person died",
    }
)


@transaction.atomic
def enter_check(
    *,
    actor: User,
    lead: Lead,
    source: str,
    checked_on: date,
    now: datetime,
    result: str = NOTHING_NEW,
    happened_on: date | None = None,
    reference: str = "",
    evidence: Examined | None = None,
) -> SystemCheck:
    """Note that a system was asked on a day, and what it said: anything new becomes a fact of source `manual`.

    `happened_on` is the day of what is new (a departure, a receipt); `reference` is where it can be read again, and goes into
    a note of headquarters; `evidence` is a file that shows it, kept with the lead for headquarters. Raises `Forbidden`,
    `InvalidInput` with the field, or `Conflict` for a lead about an organization.
    """
    require(actor, Permission.ENTER_CHECK)
    _refuse_bad(source, checked_on, result, happened_on, now)
    lead = present_lead(lead)
    if lead.subject is None:
        message = "This lead is about an organization: no system is asked about a person."
        raise Conflict(message)
    check = _kept(actor, lead, lead.subject, source, checked_on, result, now)
    record(Act.CHECK_ENTERED, object_kind="lead", object_uuid=lead.uuid, results=[check.uuid], occurred_at=now)
    if evidence is not None:
        attach_file(actor=actor, lead=lead, file=evidence, audience="hq", now=now, check=check)
    service = service_actor("leads")
    with through_service(service):
        if happened_on is not None and result != NOTHING_NEW:
            _as_fact(lead, check, result, happened_on, now)
        evaluate_subjects(actor=service, subject_ids=[lead.subject.pk], now=now)
    if reference.strip():
        words = f"{WORDS[source]}: {RESULTS[result].lower()}. To be read at {reference.strip()}"
        write_note(actor=actor, lead=lead, text=words, audience="hq", now=now)
    return check


@transaction.atomic
def take_back_check(*, actor: User, lead: Lead, check: UUID, reason: str, now: datetime) -> SystemCheck:
    """Take back a check that was entered by mistake: its fact is retracted, and the lead is judged at once.

    The check stays on record; the reason goes into a note of headquarters. Raises `InvalidInput` without a reason, `NotFound`
    for a check of another lead, `Conflict` for one that was taken back already.
    """
    require(actor, Permission.ENTER_CHECK)
    if not reason.strip():
        message = "Say why: a reason is needed."
        raise InvalidInput(message, field="reason")
    lead = present_lead(lead)
    found = SystemCheck.objects.select_for_update().filter(lead=lead, uuid=check).first()
    if found is None:
        raise NotFound
    if found.taken_back_at is not None:
        message = "This check was taken back already."
        raise Conflict(message)
    found.taken_back_by, found.taken_back_at = actor, now
    found.save(update_fields=["taken_back_by", "taken_back_at"])
    record(Act.CHECK_ENTERED, object_kind="lead", object_uuid=lead.uuid, results=[found.uuid], fields=["taken back"], occurred_at=now)
    service = service_actor("leads")
    with through_service(service):
        for model in _FACT_MODELS:
            facts = model._default_manager.filter(subject_id=found.subject_id, source="manual", record_key=_fact_key(found))
            facts.filter(retracted_at=None).update(retracted_at=now)
        evaluate_subjects(actor=service, subject_ids=[found.subject_id], now=now)
    words = f"{WORDS[found.source]}, asked on {day(found.checked_on)}: the check was taken back. {reason.strip()}"
    write_note(actor=actor, lead=lead, text=words, audience="hq", now=now)
    return found


def _fact_key(check: SystemCheck) -> int:
    """Under which key the fact of a check stands."""
    return blind_index(index_key(), "check", str(check.uuid))


def _refuse_bad(source: str, checked_on: date, result: str, happened_on: date | None, now: datetime) -> None:
    if source not in WORDS or source == "manual":
        raise InvalidInput("Choose the system that was asked.", field="source")
    if checked_on > now.date():
        raise InvalidInput("The day lies ahead.", field="checked_on")
    if result not in RESULTS:
        raise InvalidInput("Choose what the system said.", field="result")
    if result != NOTHING_NEW and happened_on is None:
        raise InvalidInput("Say on which day it happened.", field="happened_on")
    if happened_on is not None and happened_on > checked_on:
        raise InvalidInput("It cannot have happened after the day on which the system was asked.", field="happened_on")


def _kept(actor: User, lead: Lead, subject: Subject, source: str, checked_on: date, result: str, now: datetime) -> SystemCheck:
    return SystemCheck.objects.create(
        lead=lead,
        access_class_id=lead.access_class_id,
        subject=subject,
        source=source,
        checked_on=checked_on,
        result=SystemCheck.Result.NOTHING_NEW if result == NOTHING_NEW else SystemCheck.Result.SOMETHING_NEW,
        entered_by=actor,
        entered_at=now,
    )


def _as_fact(lead: Lead, check: SystemCheck, result: str, happened_on: date, now: datetime) -> FactBase:
    """The fact, as entered by hand: it ranks as what a system was read to say, not as the system's own row."""
    subject = lead.subject
    assert subject is not None  # noqa: S101  # the caller looked
    return _FACTS[result](
        {
            "subject": subject,
            "access_class_id": subject.access_class_id,
            "source": "manual",
            "as_of": check.checked_on,
            "record_key": _fact_key(check),
            "known_at": now,
        },
        happened_on,
        f"CHECK-{check.uuid.hex[:12].upper()}",
    )


_FACT_MODELS: tuple[type[FactBase], ...] = (DepartureFact, EmploymentFact, EncounterFact, FilingFact, LifeEventFact)


def _departed(base: dict[str, Any], on: date, _: str) -> FactBase:
    return DepartureFact.objects.create(departed_on=on, evidence=DepartureEvidence.REPORTED.value, **base)


def _filing(base: dict[str, Any], on: date, _: str) -> FactBase:
    return FilingFact.objects.create(
        receipt_key=base["record_key"],
        form="I-539",
        received_on=on,
        status=FilingStatus.PENDING.value,
        method=FilingMethod.UNKNOWN.value,
        basis="extension",
        **base,
    )


def _custody(base: dict[str, Any], on: date, number: str) -> FactBase:
    return EncounterFact.objects.create(
        event_number=number, kind=EncounterKind.CUSTODY.value, occurred_on=on, agency="entered by hand", in_custody=True, **base
    )


def _work(*, ended: bool) -> Callable[[dict[str, Any], date, str], FactBase]:
    def create(base: dict[str, Any], on: date, _: str) -> FactBase:
        told: dict[str, Any] = {"ended_on": on} if ended else {"started_on": on, "authorized": False}
        return EmploymentFact.objects.create(employer_name="", kind="reported", **told, **base)

    return create


def _life(kind: str) -> Callable[[dict[str, Any], date, str], FactBase]:
    def create(base: dict[str, Any], on: date, _: str) -> FactBase:
        return LifeEventFact.objects.create(kind=kind, occurred_on=on, **base)

    return create


_FACTS: Mapping[str, Callable[[dict[str, Any], date, str], FactBase]] = MappingProxyType(
    {
        "departed": _departed,
        "filing_pending": _filing,
        "in_custody": _custody,
        "job_ended": _work(ended=True),
        "unauthorized_work": _work(ended=False),
        "permanent_resident": _life("permanent_resident"),
        "naturalized": _life("naturalized"),
        "died": _life("died"),
    }
)
