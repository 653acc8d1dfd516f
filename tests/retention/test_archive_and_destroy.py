"""A record's way out: sealed, found, opened, destroyed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from psycopg import sql

from access.context import acting_as
from access.selectors import service_actor
from foundation.errors import Conflict
from leads.papers.folder import FOLDER
from retention.models import ArchivePackage, Tombstone
from retention.services.opening import find_archived, open_package
from tests.databases import owner_connection
from tests.factories.records import archived, finished_run, old_lead, started_run, twenty_five_years

pytestmark = pytest.mark.usefixtures("world")


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
