"""Destroyed means destroyed (records management requirements R9, R18, R20, R23 to R25)."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.urls import reverse

from access.context import acting_as
from access.selectors import service_actor
from audit.log.sealing import seal_batch
from audit.log.verifying import log_key
from foundation.crypto import DecryptionError
from foundation.errors import Conflict
from foundation.sensitivity import Level, level_of
from leads.models import Lead
from leadtrac.bench.client import signed_in
from oversight.selectors.disclosures import disclosures_for
from oversight.services.disclosures import forget_disclosures, record_disclosure
from retention import data_map
from retention.models import ArchivePackage, Certificate, Disposition, DispositionItem, Tombstone
from retention.removal import bag, files
from retention.services.certificates import proof_of
from retention.services.execute import execute_run
from retention.services.maintenance import tables_waiting
from retention.verify_certificate import canonical, main, problems_of
from subjects.models import Subject
from subjects.services.merge import merge
from tests.databases import owner_connection
from tests.factories.people import person
from tests.factories.records import (
    NOW,
    archived,
    finished_run,
    old_lead,
    old_subject,
    rewritten,
    signed_run,
    started_run,
    twenty_five_years,
)
from tests.pages import words
from verifier.verify_log import main as verify_log

pytestmark = pytest.mark.usefixtures("world")
CANARY = "quokkaburrow"
KEY_TABLES = ("audit_datakey", "audit_payload", "retention_archivefile", "retention_archiveidentifier", "retention_archivepackage")


@pytest.mark.requirement("R18")
def test_r18_every_table_and_every_folder_has_a_fate() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        there = {name for (name,) in cursor.fetchall()}
    kept = {name for name in dir(settings) if name.endswith(("_DIR", "_ROOT", "_FILE")) or name == "REDIS_URL"} - {"BASE_DIR"}

    assert there <= set(data_map.tables()), "say in retention/data_map.py what becomes of the new table"
    assert {place.name for place in data_map.PLACES} >= {name for name in kept if name.isupper() and getattr(settings, name)} - {
        "MEDIA_ROOT"
    }


@pytest.mark.requirement("R18")
def test_r18_no_field_about_a_person_stands_where_nothing_is_destroyed() -> None:
    fates = data_map.tables()
    for model in apps.get_models():
        place = fates[model._meta.db_table]
        if place.fate is data_map.Fate.NO_CONTENT and hasattr(model, "Sensitivity"):
            levels = {field.name: level_of(model, field.name) for field in model._meta.concrete_fields}
            assert not {name for name, level in levels.items() if level in (Level.PERSONAL, Level.RESTRICTED)}, model


@pytest.mark.requirement("R18")
def test_r18_the_removal_reaches_every_table_that_hangs_on_a_lead() -> None:
    ours = list(apps.get_app_config("leads").get_models())
    hanging: set[Any] = {Lead}
    for _ in ours:  # a table may hang on one that hangs on a lead
        hanging |= {model for model in ours if {field.related_model for field in model._meta.concrete_fields} & hanging}
    for model in ours:
        if model in hanging:
            assert data_map.tables()[model._meta.db_table].fate is data_map.Fate.LEAD, model


@pytest.mark.requirement("R20")
def test_r20_the_key_goes_first_then_the_rows_then_the_file(monkeypatch: pytest.MonkeyPatch, world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    archived(team)
    seen = []

    def remove_many(names: list[str]) -> None:
        with owner_connection(world) as owner:
            keys = owner.execute("SELECT count(*) FROM audit_datakey WHERE scope = %s", [lead.uuid]).fetchone()[0]
            rows = owner.execute("SELECT count(*) FROM retention_archivepackage").fetchone()[0]
        seen.append((keys, rows))
        for name in names:
            Path(settings.ARCHIVE_DIR, name[:2], name).unlink()

    monkeypatch.setattr(files, "remove_many", remove_many)
    run = finished_run(team, "destroy")

    assert seen == [(0, 0)], "the file was touched while key or rows were still there"
    with acting_as(team.rita):
        item = DispositionItem.objects.get(disposition=run)
    assert item.key_destroyed_at <= item.rows_deleted_at <= item.file_deleted_at


@pytest.mark.requirement("R23")
def test_r23_the_certificate_verifies_offline_and_tells_every_change(tmp_path: Path) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        for _ in range(3):
            old_lead()
    archived(team)
    run = finished_run(team, "destroy")
    with acting_as(team.rita):
        certificate = Certificate.objects.get(disposition=run)
    envelope = json.loads(certificate.document)
    paper = tmp_path / "certificate.json"
    paper.write_text(certificate.document)

    assert main([str(paper)]) == 0
    assert main([str(paper), "--key", "00" * 32]) == 1
    assert bytes(certificate.pdf).startswith(b"%PDF")
    assert envelope["document"]["counts"] == {"destroyed": 3}
    assert envelope["document"]["log"]["after"] > envelope["document"]["log"]["before"]
    assert envelope["document"]["schedule"]["fictional"]
    for change in (
        {"as_of": "2020-01-01"},
        {"counts": {"destroyed": 4}},
        {"records": envelope["document"]["records"][:-1]},
        {"people": envelope["document"]["people"] | {"second_approval": envelope["document"]["people"]["first_approval"]}},
        {"schedule": envelope["document"]["schedule"] | {"authority": "DAA-0000-0000", "fictional": False}},
        {"log": {"before": 0, "after": 1}},
    ):
        assert problems_of({**envelope, "document": {**envelope["document"], **change}}), change
    assert canonical({"b": 1, "a": 2}) == b'{"a":2,"b":1}'


@pytest.mark.requirement("R23")
def test_r23_a_run_is_finished_when_its_last_record_is_gone_whatever_the_hour_at_which_its_worker_began() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        old_lead()
    archived(team)
    run = started_run(team, "destroy")
    execute_run(run.pk, now=datetime(2001, 1, 1, tzinfo=UTC))
    with acting_as(team.rita):
        envelope = json.loads(Certificate.objects.get(disposition=run).document)
    document = envelope["document"]

    assert document["records"][0]["file_deleted_at"] <= document["finished_at"] <= document["issued_at"]
    for early in ({"finished_at": "2001-01-01T00:00:00.000000+00:00"}, {"issued_at": "2001-01-01T00:00:00.000000+00:00"}):
        assert "It was finished, or issued, before its last record was gone." in problems_of({**envelope, "document": document | early})


@pytest.mark.requirement("R23")
def test_r23_the_certificate_stands_in_the_sealed_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        old_lead()
    run = archived(team, maintained=False)
    with acting_as(team.rita):
        certificate = Certificate.objects.get(disposition=run)
    with pytest.raises(Conflict, match="not been sealed"), acting_as(service_actor("audit")):
        proof_of(certificate)
    with acting_as(service_actor("audit")):
        seal_batch(now=NOW)
    paper, proof = tmp_path / "certificate.json", tmp_path / "proof.json"
    paper.write_text(certificate.document)
    answer = signed_in(team.rita).get(reverse("retention_certificate", args=[certificate.uuid, "proof"]))
    proof.write_bytes(answer.content)

    key, log = json.loads(certificate.document)["public_key"], log_key()
    page = words(signed_in(team.rita).get(reverse("retention_certificates")))
    assert key in page
    assert log in page
    assert main([str(paper), "--proof", str(proof), "--log-key", log]) == 0
    assert "self-signed" in capsys.readouterr().out
    assert main([str(paper), "--key", key, "--proof", str(proof), "--log-key", log]) == 0
    assert "self-signed" not in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([str(paper), "--proof", str(proof)])
    assert verify_log(["--proof", str(proof), "--key", log_key()]) == 0, "the log's own verifier says the same"
    changed = json.loads(answer.content)
    proof.write_text(json.dumps(changed | {"index": changed["index"] ^ 1}))
    assert main([str(paper), "--proof", str(proof), "--log-key", log]) == 1
    proof.write_text(json.dumps(forged(json.loads(answer.content))))
    assert main([str(paper), "--proof", str(proof), "--log-key", log]) == 1, "a log of one event, that nobody has signed"
    assert verify_log(["--proof", str(proof), "--key", log_key()]) == 2


def forged(proof: dict[str, Any]) -> dict[str, Any]:
    """The same event in a log that was made up for it."""
    origin, _, _, *others = proof["checkpoint"].split("\n")
    root = base64.b64encode(hashlib.sha256(b"\x00" + proof["event"].encode()).digest()).decode()
    return proof | {"index": 0, "path": [], "checkpoint": "\n".join([origin, "1", root, *others])}


@pytest.mark.requirement("R24")
def test_r24_the_tombstone_says_under_what_and_nothing_of_the_person() -> None:
    assert {level_of(Tombstone, field.name) for field in Tombstone._meta.concrete_fields} <= {Level.PUBLIC, Level.INTERNAL}
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead(words=CANARY)
    archived(team)
    address = f"/leads/{lead.number}/"
    assert signed_in(person("ana", "analyst")).get(address).status_code == 404, "an archived lead is out of sight"
    finished_run(team, "destroy")

    seen = signed_in(person("ana", "analyst")).get(address)

    assert seen.status_code == 410
    assert "under FICTIONAL AUTHORITY - DEMONSTRATION" in words(seen)
    assert CANARY not in words(seen)
    assert signed_in(person("otto", "field_officer")).get(address).status_code == 404


@pytest.mark.requirement("R25")
@pytest.mark.parametrize("place", [0, 40, -1])
def test_r25_without_a_package_that_checks_nothing_is_deleted(monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    run = started_run(team, "archive")
    read = files.read

    def damaged(name: str) -> bytes:
        sealed = bytearray(read(name))
        sealed[place] ^= 1
        return bytes(sealed)

    monkeypatch.setattr(files, "read", damaged)
    with pytest.raises((bag.FixityError, DecryptionError)):
        execute_run(run.pk, now=NOW)

    with acting_as(service_actor("leads")):
        assert Lead.objects.filter(pk=lead.pk).exists()
        assert not ArchivePackage.objects.exists()


@pytest.mark.requirement("R29")
def test_r29_an_accounting_outlives_the_record_that_was_destroyed_until_its_five_years_are_over() -> None:
    team, paula, service = twenty_five_years(), person("paula", "privacy_officer"), service_actor("audit")
    said = {"nature": "Name", "purpose": "An inquiry", "recipient": "State Police of Example", "address": "1 Example Plaza"}
    with acting_as(service_actor("leads")):
        subject, other = old_subject(), old_subject()
        old_lead(subject=subject)
    with acting_as(paula):
        for about, day in ((subject, date(2020, 3, 3)), (subject, date(2024, 6, 1)), (other, date(2025, 6, 1))):
            record_disclosure(actor=paula, subject=about, basis="G", disclosed_on=day, approved=False, words=said, now=NOW)
    with acting_as(service_actor("subjects")):
        merge(actor=service_actor("subjects"), left=subject, right=other, judgement=None, now=NOW)

    def forgotten() -> int:
        with acting_as(service):
            return forget_disclosures(actor=service, today=NOW.date())

    def handed_out(about: Subject) -> int:
        """How many disclosures the file of one person names, and the page too; 0 where there is neither."""
        client = signed_in(paula)
        page, file = (client.get(reverse(name, args=[about.uuid])) for name in ("disclosure_person", "disclosure_file"))
        assert page.status_code == file.status_code
        named = file.content.decode().count("State Police of Example")
        assert page.content.decode().count("State Police of Example") == named
        return named

    archived(team)
    assert forgotten() == 0, "a sealed record lives"
    assert (handed_out(subject), handed_out(other)) == (3, 3), "also of the record that was merged into it"
    with acting_as(paula):
        assert {line.subject for line in disclosures_for(paula).lines} == {None}
    finished_run(team, "destroy")

    assert (handed_out(subject), handed_out(other)) == (2, 1)
    assert forgotten() == 1
    assert (handed_out(subject), handed_out(other)) == (1, 1)
    assert signed_in(paula).get(reverse("disclosure_person", args=[uuid.uuid4()])).status_code == 404


def test_destruction_is_refused_until_the_tables_were_rewritten() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        old_lead()
    archived(team, maintained=False)

    with pytest.raises(Conflict, match="not rewritten"):
        started_run(team, "destroy")


def test_the_database_itself_refuses_destruction_before_the_rewrite(world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    archived(team, maintained=False)
    run = signed_run(team, "destroy")
    with acting_as(team.rita):
        Disposition.objects.filter(pk=run.pk).update(state="running", started_by=team.rita, started_at=NOW)

    with pytest.raises(Exception, match="not rewritten"), acting_as(service_actor("retention")), connection.cursor() as cursor:
        cursor.execute("SELECT retention_destroy(%s, %s::uuid[])", [run.pk, [lead.uuid]])
    with owner_connection(world) as owner, pytest.raises(psycopg.Error):
        owner.execute("INSERT INTO retention_tombstone (lead_uuid) VALUES (gen_random_uuid())")


@pytest.mark.requirement("R24")
def test_r24_the_files_of_tables_with_destroyed_keys_wait_for_their_maintenance_until_it_has_run() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        old_lead()
    archived(team)
    run = finished_run(team, "destroy")
    officer = signed_in(team.rita)
    page, every = reverse("retention_run", args=[run.uuid]), reverse("retention_certificates")

    with acting_as(team.rita):
        assert tables_waiting() == sorted(KEY_TABLES)
    assert "Destroyed keys may still stand in table files" in words(officer.get(page))
    assert "keys still in table files" in words(officer.get(every))

    rewritten(team)

    with acting_as(team.rita):
        assert tables_waiting() == []
    assert "Destroyed keys" not in words(officer.get(page))
    assert "keys still" not in words(officer.get(every))
