"""Old records, and the people who dispose of them: leads with everything that can hang on one, runs from list to end."""

from __future__ import annotations

import hashlib
import itertools
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.test import override_settings

from access.context import acting_as
from access.models import Office, User
from access.selectors import class_for, service_actor
from audit.acts import Act
from audit.services import record
from foundation.registries import births
from ingest.facts import IdentifierKind
from leads.models import Attachment, Claim, Decision, Draft, Finding, Lead, Note, Outcome, Packet, Referral, StopSignOverride, Transition
from leads.papers import folder
from leads.sealing import seal_words
from retention.models import ArchivePackage, Disposition, DispositionItem, Schedule
from retention.services.execute import execute_run
from retention.services.maintenance import maintain
from retention.services.opening import open_package
from retention.services.runs import approve_run, close_review, propose_run, sample_not_opened, start_run
from retention.services.schedules import FICTIONAL_AUTHORITY, approve_schedule
from subjects.models import Subject
from tests.databases import owner_connection
from tests.factories import cases
from tests.factories.people import person

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ARCHIVE_DAY = date(2026, 11, 22)  # leads of 2001 are due for the archive, and a day ahead of the calendar for nothing
DESTROY_DAY = date(2026, 11, 22)
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Officers:
    """Three records officers who are not the same."""

    rita: User
    rob: User
    rosa: User


def officers() -> Officers:
    """The records officers."""
    return Officers(*(person(name, "records_officer") for name in ("rita", "rob", "rosa")))


def twenty_five_years() -> Officers:
    """Put the 25-year schedule in force, under the demonstration's authority."""
    team = officers()
    with override_settings(DEMO=True), acting_as(team.rita):
        approve_schedule(actor=team.rita, schedule=Schedule.objects.get(version=2), authority=FICTIONAL_AUTHORITY, now=NOW)
    return team


def old_lead(created_on: date = date(2001, 3, 14), *, subject: Subject | None = None, words: str = "canary", **values: Any) -> Lead:
    """A closed lead with a subject, facts, findings, a claim, notes, decisions, a referral with packet and outcome.

    Call inside `acting_as` a service. `words` stands in everything that is sealed or written about the person.
    """
    who = service_actor("leads")
    office, _ = Office.objects.get_or_create(code="HSI-BOS", defaults={"name": "HSI Boston", "kind": "hsi", "valid_from": date(2003, 3, 1)})
    subject = subject or old_subject(words)
    hq, office_class = subject.access_class_id, class_for(audience="office", office_id=office.pk)
    values = {"state": "closed", "close_reason": "departed", "why": f"B2 over; {words}"[:200]} | values
    lead = Lead.objects.create(
        number=f"L-{secrets.token_hex(2).upper()}-{secrets.token_hex(2).upper()}",
        access_class_id=hq,
        subject=subject,
        state_since=NOW,
        record_created_on=created_on,
        **values,
    )
    sealed = seal_words(lead.uuid, words)
    child = {"lead": lead, "access_class_id": hq}
    Finding.objects.create(
        subject=subject, rule_id="overstay-dated", rule_version="1", matter_key=secrets.token_hex(8), violation="overstay", holds=True,
        outcome="stands", sentence=words, evidence=[uuid.uuid4()], evidence_digest="", as_of=created_on, **child,
    )  # fmt: skip
    Claim.objects.create(user=who, claimed_at=NOW, until=NOW + timedelta(hours=1), released_at=NOW, **child)
    note = Note.objects.create(audience="hq", author=who, written_at=NOW, sealed=sealed, **child)
    Note.objects.create(audience="hq", author=who, written_at=NOW, sealed=sealed, replaces=note, **child)
    decision = Decision.objects.create(digest="0" * 64, sealed=seal_words(lead.uuid, f'{{"seen": "{words}"}}'), **child)
    Transition.objects.create(
        action="close", from_state="queued", to_state="closed", actor=who, reason_sealed=sealed, decision=decision, occurred_at=NOW, **child
    )
    StopSignOverride.objects.create(code="stale", evaluation_digest="", user=who, reason_sealed=sealed, occurred_at=NOW, **child)
    _referral(lead, office, office_class, decision, sealed, words)
    attached(lead, hq, words)
    Draft.objects.create(user=who, lead=lead, kind="note", sealed=sealed, began_at=NOW, saved_at=NOW)
    record(Act.NOTE_ADDED, object_kind="lead", object_uuid=lead.uuid, payload={"words": words}, scope=lead.uuid)
    for birth in births:
        birth.born("lead", [lead.pk], NOW)
    return lead


def attached(lead: Lead, class_id: int, words: str, *, audience: str = "hq") -> Attachment:
    """A file with these words as its content, its name, and what it shows."""
    identity, content = uuid.uuid4(), words.encode()
    return Attachment.objects.create(
        uuid=identity, lead=lead, access_class_id=class_id, audience=audience, kind="text", size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(), stored_as=folder.keep(lead.uuid, identity, content),
        name_sealed=seal_words(lead.uuid, f"{words}.txt"), about_sealed=seal_words(lead.uuid, words), scan="clean",
        added_by=service_actor("leads"), added_at=NOW,
    )  # fmt: skip


def _referral(lead: Lead, office: Office, class_id: int, decision: Decision, sealed: bytes, words: str) -> None:
    who = service_actor("leads")
    referral = Referral.objects.create(
        lead=lead,
        lead_uuid=lead.uuid,
        lead_number=lead.number,
        access_class_id=class_id,
        office=office,
        state="reported",
        routing_reason="address",
        family_name=words[:100],
        why="over",
        sent_by=who,
        sent_at=NOW,
        accept_due_on=NOW.date(),
        decision=decision,
    )
    Packet.objects.create(
        referral=referral,
        access_class_id=class_id,
        json_sealed=sealed,
        json_sha256="",
        do_not_rely_after=NOW.date(),
        pdf_sealed=seal_words(lead.uuid, b"%PDF-1.7 " + words.encode()),
    )
    Outcome.objects.create(
        referral=referral,
        access_class_id=class_id,
        code="departed",
        occurred_on=NOW.date(),
        remarks_sealed=sealed,
        reported_by=who,
        reported_at=NOW,
    )


def old_subject(words: str = "canary") -> Subject:
    """A person with a name, a number, an address, a stay, and the source row behind them."""
    number = next(_numbers)
    extract = cases.extract("adis")
    row = cases.source_row(extract, f"{words},{uuid.uuid4()}")
    subject = cases.subject(words.upper()[:40], f"NO{number}")
    cases.identifier(subject, IdentifierKind.PASSPORT, f"ZZ{number:07d}", country="PRT", from_extract=extract, source_row=row)
    cases.home(subject, line=f"1 {words} Street"[:200], from_extract=extract, source_row=row)
    cases.stay(subject, from_extract=extract, source_row=row)
    return subject


def signed_run(team: Officers, kind: str, day: date = ARCHIVE_DAY) -> Disposition:
    """A run proposed, reviewed (sample opened) and signed by as many as it takes; not started."""
    with acting_as(team.rita):
        run = propose_run(actor=team.rita, kind=kind, as_of=day, now=NOW)
        if kind == "destroy":
            for item in sample_not_opened(run):
                package = ArchivePackage.objects.get(lead_uuid=item.lead_uuid)
                open_package(actor=team.rita, package=package, reason="sample of a run", kind="sample")
        run = close_review(actor=team.rita, run=run, now=NOW)
    for approver in (team.rob, team.rosa)[: 1 if kind == "archive" else 2]:
        with acting_as(approver):
            run = approve_run(actor=approver, run=run, seen=run.list_sha256, now=NOW)
    return run


def started_run(team: Officers, kind: str, day: date = ARCHIVE_DAY) -> Disposition:
    """A signed run that somebody has started; no worker has come yet."""
    run = signed_run(team, kind, day)
    with acting_as(team.rita):
        return start_run(actor=team.rita, run=run, now=NOW)


def finished_run(team: Officers, kind: str, day: date = ARCHIVE_DAY) -> Disposition:
    """A run carried out to its certificate."""
    run = started_run(team, kind, day)
    execute_run(run.pk, now=NOW)
    with acting_as(team.rita):
        return Disposition.objects.get(pk=run.pk)


def archived(team: Officers, *, maintained: bool = True) -> Disposition:
    """Archive what is due; with `maintained` the tables are rewritten too, so that destruction may follow."""
    run = finished_run(team, "archive")
    if maintained:
        rewritten(team)
    return run


def rewritten(team: Officers) -> None:
    """Rewrite the tables. Other tests' transactions on the same server can make PostgreSQL carry dead rows along: that is
    not waited for here but set right, except where it is the subject (test_requirements_destroyed)."""
    connection.close()
    maintain(actor=team.rita, patience_seconds=0)
    with owner_connection(connection.settings_dict["NAME"]) as owner:
        owner.execute("UPDATE retention_tablerewrite SET left_behind = 0")


def outcomes(team: Officers, run: Disposition) -> dict[str, str]:
    """What became of each lead of a run, by number."""
    with acting_as(team.rita):
        return dict(DispositionItem.objects.filter(disposition=run).values_list("lead_number", "outcome"))
