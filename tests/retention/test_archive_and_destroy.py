"""A record's way out: sealed, found, opened, destroyed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection
from psycopg import sql

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from foundation.errors import Conflict
from leads.models import Finding, Lead
from leads.papers.folder import FOLDER
from leads.services.deciding import close_lead, reopen_lead
from leads.services.evaluation import evaluate_subjects
from retention.models import ArchivePackage, Tombstone
from retention.services.opening import find_archived, open_package
from subjects.models import Subject
from tests.databases import owner_connection
from tests.factories.facts import loaded, overstayer, terminated
from tests.factories.people import person
from tests.factories.records import NOW, archived, finished_run, old_lead, started_run, twenty_five_years

pytestmark = pytest.mark.usefixtures("world")
LONG_AGO = datetime(2001, 3, 14, 12, tzinfo=UTC)


def everything_about(world: str, words: str) -> dict[str, int]:
    """Rows of every table whose text holds `words`, counted as the owner."""
    counts = {}
    with owner_connection(world) as owner:
        tables = owner.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace").fetchall()
        for (name,) in tables:
            query = sql.SQL("SELECT count(*) FROM {} t WHERE t::text ILIKE %s").format(sql.Identifier(name))
            counts[name] = owner.execute(query, [f"%{words}%"]).fetchone()[0]
    return {name: count for name, count in counts.items() if count}


def test_a_lead_is_sealed_found_by_number_opened_and_destroyed(world: str, archive_folder: Path) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead(words="quokka")
        passport = f"ZZ{int(lead.subject.given_name.removeprefix('NO')):07d}"
    assert everything_about(world, "quokka")

    run = archived(team)

    assert run.state == "done"
    assert everything_about(world, "quokka") == {}
    assert len(list(archive_folder.glob("*/*"))) == 1
    assert list(FOLDER.names()) == [], "the package holds what people attached"
    with owner_connection(world) as owner:
        assert owner.execute("SELECT count(*) FROM leads_draft").fetchone() == (0,)
    with acting_as(team.rita):
        (package,) = find_archived(actor=team.rita, kind="passport", number=passport, country="PRT")
        assert package.lead_number == lead.number
        opened = open_package(actor=team.rita, package=package, reason="a question of the court")
        assert opened.tables["leads_note"][0]["words"] == "quokka"
        assert "leads_draft" not in opened.tables, "what was begun and not sent is no part of the record"
        assert opened.tables["subjects_addressfact"][0]["line"] == "1 quokka Street"
        assert opened.tables["ingest_sourcerow"][0]["words"].startswith("quokka,")
        assert opened.tables["subjects_identifierfact"][0]["words"] == passport
        assert set(opened.documents.values()) == {b"%PDF-1.7 quokka", b"quokka"}
        (attached,) = opened.tables["leads_attachment"]
        assert (attached["name"], attached["about"], opened.documents[attached["content"]]) == ("quokka.txt", "quokka", b"quokka")

    done = finished_run(team, "destroy")

    assert done.state == "done"
    assert list(archive_folder.glob("*/*")) == []
    with acting_as(service_actor("retention")):
        assert not ArchivePackage.objects.exists()
        assert Tombstone.objects.get().lead_number == lead.number
    with owner_connection(world) as owner:
        assert owner.execute("SELECT count(*) FROM audit_payload WHERE scope = %s", [lead.uuid]).fetchone()[0] == 0
        assert owner.execute("SELECT count(*) FROM audit_datakey WHERE scope = ANY (%s)", [[lead.uuid, package.uuid]]).fetchone()[0] == 0


def test_destruction_is_refused_until_the_tables_were_rewritten() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        old_lead()
    archived(team, maintained=False)

    with pytest.raises(Conflict, match="not rewritten"):
        started_run(team, "destroy")
    connection.close()


def evaluated(subject: Subject, now: datetime) -> int:
    """How many leads the judging of a person opens, or opens again."""
    written = evaluate_subjects(actor=service_actor("leads"), subject_ids=[subject.pk], now=now)
    return written.opened + written.reopened


def cleared_twice() -> tuple[Subject, Lead, User]:
    """A person with a lead of 2001 that was settled as the wrong person, and a settled lead of this year."""
    analyst = person("ana", "analyst")
    with acting_as(service_actor("leads")):
        loaded()
        subject = overstayer()
    assert evaluated(subject, LONG_AGO) == 1
    with acting_as(analyst):
        close_lead(actor=analyst, lead=Lead.objects.get(), close_reason="wrong_person", reason="Another person.", now=LONG_AGO)
    with acting_as(service_actor("leads")):
        terminated(subject, date(2026, 6, 1))
    assert evaluated(subject, NOW) == 1
    with acting_as(analyst):
        young = Lead.objects.get(state="queued")
        young = close_lead(actor=analyst, lead=young, close_reason="data_error", reason="A shared passport.", now=NOW)
    return subject, young, analyst


def test_what_was_settled_in_an_archived_lead_stays_settled_while_its_person_stays() -> None:
    team = twenty_five_years()
    subject, young, _ = cleared_twice()

    archived(team, maintained=False)

    assert evaluated(subject, NOW) == 0
    with acting_as(service_actor("leads")):
        assert Lead.objects.get() == young


def test_opening_the_lead_that_stayed_by_hand_opens_nothing_of_the_archived_one() -> None:
    team = twenty_five_years()
    subject, young, analyst = cleared_twice()
    archived(team, maintained=False)
    with acting_as(analyst):
        reopen_lead(actor=analyst, lead=Lead.objects.get(pk=young.pk), reason="Once more.", now=NOW)
    evaluated(subject, NOW)

    with acting_as(service_actor("leads")):
        alleged = Finding.objects.filter(lead=young, holds=True).values_list("matter_key", flat=True).distinct()
        assert len(alleged) == 1, "only what this lead was about"
