"""Packages read back by the rules of their own format; keys wrapped anew; hold queries; the commands."""

from __future__ import annotations

import contextlib
import hashlib
import io
import secrets
import tarfile
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from access.context import acting_as
from access.selectors import service_actor
from foundation.errors import Conflict
from leads.models import Lead
from retention.hold_query import HoldQuery
from retention.models import ArchivePackage, Disposition
from retention.removal import bag
from retention.services.opening import open_package
from retention.services.rotation import rotate
from tests.factories.records import archived, old_lead, started_run, twenty_five_years

PAYLOAD = {"leads_lead.json": b"[1]", "leads_packet/x.pdf": b"%PDF"}


def test_a_bag_holds_to_rfc_8493() -> None:
    packed = bag.pack(PAYLOAD, {"Source-Organization": "LeadTrac"}, folder="b")

    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar.getmembers()}
    assert files["b/bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    for manifest, prefix in (("b/manifest-sha256.txt", "b/data/"), ("b/tagmanifest-sha256.txt", "b/")):
        for line in files[manifest].decode().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256(files[f"b/{name}"]).hexdigest() == digest
            assert f"b/{name}".startswith(prefix)
    assert b"Payload-Oxum: 7.2" in files["b/bag-info.txt"]
    assert bag.unpack(packed) == PAYLOAD


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 70_000])
def test_the_tar_is_what_the_standard_library_writes(size: int) -> None:
    folder, content = "0" * 36, bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    packed = bag.pack({"a.pdf": content}, {"Label": "x"}, folder=folder)
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(packed)) as old, tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as new:
        for member in old.getmembers():
            new.addfile(member, old.extractfile(member))
        names = [member.name for member in old.getmembers()]

    assert names == [
        f"{folder}/{name}" for name in ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "data/a.pdf")
    ]
    assert len(out.getvalue()) == len(packed)
    assert bag.unpack(out.getvalue()) == bag.unpack(packed) == {"a.pdf": content}


def test_a_name_that_the_format_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        bag.pack({"a" * 100: b""}, {}, folder="b")


@pytest.mark.parametrize("place", range(0, 9000, 700))
def test_a_changed_bag_is_noticed_or_reads_the_same(place: int) -> None:
    packed = bytearray(bag.pack(PAYLOAD, {}, folder="b"))
    packed[place % len(packed)] ^= 1

    with contextlib.suppress(bag.FixityError):
        assert bag.unpack(bytes(packed)) == PAYLOAD


def test_a_missing_file_is_noticed() -> None:
    packed = bag.pack(PAYLOAD, {}, folder="b")
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(packed)) as old, tarfile.open(fileobj=out, mode="w") as new:
        for member in old.getmembers():
            if not member.name.endswith("x.pdf"):
                new.addfile(member, old.extractfile(member))

    with pytest.raises(bag.FixityError):
        bag.unpack(out.getvalue())


def test_a_hold_query_keeps_its_meaning_in_storage_and_says_it_in_words() -> None:
    asked = HoldQuery(created_from=date(2001, 1, 1), closed=True, legacy=False)

    assert HoldQuery.from_json(asked.to_json()) == asked
    assert asked.words() == "created on or after 1 Jan 2001, closed, not of the legacy system"
    assert HoldQuery().words() == "every record"
    with pytest.raises(ValueError, match="cannot ask"):
        HoldQuery.from_json({"family_name": "X"})


@pytest.mark.usefixtures("world")
def test_after_a_rotation_old_packages_open_under_the_new_key(tmp_path: Path) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    archived(team, maintained=False)
    new = tmp_path / "kek"
    new.write_bytes(secrets.token_bytes(32))
    connection.close()

    assert rotate(new) > 3
    with pytest.raises(Conflict, match="another key"):
        rotate(new)

    with override_settings(KEY_ENCRYPTION_KEY_FILE=new), acting_as(team.rita):
        opened = open_package(actor=team.rita, package=ArchivePackage.objects.get(), reason="after the rotation")
    assert opened.tables["leads_lead"][0]["number"] == lead.number


@pytest.mark.usefixtures("world")
def test_the_commands_play_twenty_five_years_and_a_dry_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        old_lead(date(2026, 8, 2))

    call_command("retention", "archive", "--as-of", "2046-08-02", "--dry-run")
    assert "would list 1 records" in capsys.readouterr().out
    with acting_as(team.rita):
        assert not Disposition.objects.exists()
    call_command("retention", "propose", "--as-of", "2046-08-02", "--as", "rita")
    assert "waits for its review" in capsys.readouterr().out
    call_command("retention", "execute")
    assert "No run has been started" in capsys.readouterr().out
    call_command("retention", "maintain", "--dry-run")
    assert "0 tables wait" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("retention", "canary")


@pytest.mark.usefixtures("world")
def test_the_command_carries_out_a_started_run(capsys: pytest.CaptureFixture[str]) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    started_run(team, "archive")
    connection.close()

    call_command("retention", "execute", "--dry-run")
    assert "1 records wait" in capsys.readouterr().out
    call_command("retention", "execute")

    with acting_as(service_actor("leads")):
        assert not Lead.objects.filter(pk=lead.pk).exists()
