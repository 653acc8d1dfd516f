"""Files on a lead: what is taken and what is not, who reads it, and that neither a kill nor an order leaves half of one."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import QuerySet
from django.test import Client, override_settings

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from leads.models import Attachment, Lead, SystemCheck
from leads.papers import folder
from leads.papers.kinds import Unsuitable, kind_of, tidy_name
from leads.services.attachments import attach_file, examine, sweep_stray
from tests.databases import owner_connection
from tests.factories.facts import NOW, loaded, overstayer
from tests.leads.conftest import Desk, people
from tests.leads.views.papers import JPEG, PDF, PNG, sent
from tests.pages import words

LATER = NOW + timedelta(days=400)

pytestmark = pytest.mark.usefixtures("files")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [("a.pdf", PDF, "pdf"), ("A.PNG", PNG, "png"), ("b.jpg", JPEG, "jpeg"), ("c.jpeg", JPEG, "jpeg"), ("d.txt", "Été\n".encode(), "text")],
)
def test_four_kinds_are_taken_by_their_content(name: str, content: bytes, kind: str) -> None:
    assert kind_of(name, content).code == kind


@pytest.mark.check(58)
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"MZ\x90\0" + b"\0" * 60, "not taken"),
        ("a.png", PDF, "does not end with .pdf"),
        ("a", PDF, "does not end with .pdf"),
        ("a.pdf", b"<html><script>alert(1)</script>" + PDF, "not taken"),
        ("a.docm", b"PK\3\4" + b"\0" * 60, "not taken"),
        ("a.html", b"<p>words</p>", "not taken"),
        ("a.txt", b"words\0words", "not taken"),
        ("a.txt", b"\xff\xfe\x00", "not taken"),
        ("a.svg", b"<svg onload='x()'/>", "not taken"),
        ("a.zip", b"PK\3\4" + b"\0" * 60, "not taken"),
    ],
)
def test_whatever_else_it_is_or_calls_itself_is_refused(name: str, content: bytes, said: str) -> None:
    with pytest.raises(Unsuitable, match=said):
        kind_of(name, content)


def test_a_name_is_shown_without_folders_and_tricks() -> None:
    assert tidy_name("C:\\Users\\ana\\..\\x\u202efdp.exe\x00.pdf") == "xfdp.exe.pdf"
    assert tidy_name("/etc/passwd") == "passwd"
    assert len(tidy_name("a" * 300 + ".jpeg")) == 120
    assert tidy_name("a" * 300 + ".jpeg").endswith(".jpeg")


@pytest.mark.django_db
def test_a_file_is_attached_listed_and_taken_out_again_as_it_was(desk: Desk, analyst: Client, lead: Lead, files: Path) -> None:
    answer = analyst.post(f"/leads/{lead.number}/files/add/", sent(), follow=True)
    page = words(answer)
    assert "The file is attached." in page
    assert "letter of the school.pdf Withdrawal letter PDF" in page
    with acting_as(desk.analyst):
        kept = Attachment.objects.get()
        assert Event.objects.filter(act=Act.ATTACHMENT_ADDED, object_uuid=lead.uuid, result_uuids=[kept.uuid]).count() == 1
    on_disk = b"".join(path.read_bytes() for path in files.rglob("*") if path.is_file())
    assert b"quokkaburrow" not in on_disk
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in files.rglob("*"))

    taken = analyst.get(f"/leads/{lead.number}/files/{kept.uuid}/")

    assert taken.content == PDF
    assert taken.headers["Content-Disposition"] == 'attachment; filename="letter of the school.pdf"'
    assert taken.headers["Content-Type"] == "application/pdf"
    assert taken.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in taken.headers["Content-Security-Policy"]
    assert "script-src" not in taken.headers["Content-Security-Policy"]
    assert "File attached" in words(analyst.get(f"/leads/{lead.number}/history/"))
    with acting_as(desk.analyst):
        assert Event.objects.filter(act=Act.DOWNLOAD, object_uuid=kept.uuid).count() == 1
    again = analyst.post(f"/leads/{lead.number}/files/add/", sent(), follow=True)
    assert again.redirect_chain[0][1] == 302
    assert "This file was attached before" in words(again)
    with acting_as(desk.analyst):
        assert Attachment.objects.count() == 1, "the same form sent twice makes one"


@pytest.mark.check(58)
@pytest.mark.django_db
def test_a_refused_file_leaves_nothing_and_the_other_words_come_back(desk: Desk, analyst: Client, lead: Lead, files: Path) -> None:
    with override_settings(ATTACHMENT_BYTES=1000):
        long = analyst.post(f"/leads/{lead.number}/files/add/", sent(PDF + b"x" * 5000))
    wrong = analyst.post(f"/leads/{lead.number}/files/add/", sent(b"MZ" + b"\0" * 90, "x.exe", about="I typed this."))
    office = analyst.post(f"/leads/{lead.number}/files/add/", sent(audience="office"))

    assert (long.status_code, wrong.status_code, office.status_code) == (422, 422, 422)
    assert "The file has 0.0 MB; at most 0 MB are taken." in words(long)
    assert "This kind of file is not taken." in words(wrong)
    assert "I typed this." in wrong.content.decode()
    assert "No office has this lead" in words(office)
    assert not [path for path in files.rglob("*") if path.is_file()]
    with acting_as(desk.analyst):
        assert not Attachment.objects.exists()
        assert [event.field_names for event in Event.objects.filter(act=Act.ATTACHMENT_REFUSED).order_by("pk")] == [["size"], ["kind"]]


class Unread:
    """A body of which nothing may be read."""

    def read(self, *_: int) -> bytes:
        raise AssertionError("the form was read")

    readline = read


@pytest.mark.check(58)
@pytest.mark.django_db
@pytest.mark.parametrize("signed", [True, False])
def test_a_form_far_beyond_the_limit_is_refused_before_it_is_read(analyst: Client, signed: bool) -> None:
    client = analyst if signed else Client()
    client.handler.enforce_csrf_checks = True  # what reads a form first
    client.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32

    def post(address: str, length: int) -> Any:
        kind = "multipart/form-data; boundary=x"
        environ: dict[str, Any] = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(length), "CONTENT_TYPE": kind}
        return client.generic("POST", address, **environ)

    answer = post("/leads/L-7K4Q-92MD/files/add/", settings.UPLOAD_BYTES + 1)
    assert answer.status_code == 413
    assert "A file of a lead may have at most 10 MB." in words(answer)
    drops = settings.LARGE_UPLOADS["extract_receive"]
    assert post("/extracts/receive/", drops + 1).status_code == 413
    if signed:
        with pytest.raises(AssertionError, match="was read"):
            post("/extracts/receive/", drops)
    else:
        assert post("/extracts/receive/", drops).status_code == 413


@pytest.fixture
def scanner(tmp_path: Path) -> Callable[[str], list[str]]:
    """A scanner as a place would name it: a command that reads the file and says by its status what it found."""

    def make(script: str) -> list[str]:
        path = tmp_path / "scanner"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o700)
        return [str(path), "-"]

    return make


@pytest.mark.check(58)
@pytest.mark.django_db
def test_the_scanner_of_the_place_decides_and_its_silence_refuses(
    desk: Desk,
    analyst: Client,
    lead: Lead,
    scanner: Callable[[str], list[str]],
) -> None:
    address = f"/leads/{lead.number}/files/add/"
    with override_settings(ATTACHMENT_SCANNER=scanner("! grep -q quokka")):
        found = words(analyst.post(address, sent()))
        clean = analyst.post(address, sent(PNG, "picture.png"))
    with override_settings(ATTACHMENT_SCANNER=scanner("exit 2")):
        broken = words(analyst.post(address, sent()))
    with override_settings(ATTACHMENT_SCANNER=["/no/such/scanner"]):
        missing = words(analyst.post(address, sent()))
    with override_settings(ATTACHMENT_SCANNER=scanner("exec sleep 60"), ATTACHMENT_SCANNER_SECONDS=0.05):
        slow = words(analyst.post(address, sent()))

    assert "The scanner found something harmful" in found
    assert clean.status_code == 302
    for silent in (broken, missing, slow):
        assert "The scanner gives no answer" in silent
    with acting_as(desk.analyst):
        assert [(row.kind, row.scan) for row in Attachment.objects.all()] == [("png", "clean")]
        assert Event.objects.filter(act=Act.ATTACHMENT_REFUSED, field_names=["scanner"], allowed=False).count() == 4


@pytest.mark.django_db
def test_a_file_is_evidence_of_a_check(desk: Desk, analyst: Client, lead: Lead) -> None:
    given = {"version": str(lead.version), "source": "claims3", "checked_on": "2026-11-20", "result": "nothing_new"}
    address = f"/leads/{lead.number}/check/"
    wrong = analyst.post(address, given | {"reference": "file 7", "attachment": SimpleUploadedFile("x.exe", b"MZ" + b"\0" * 90)})
    with acting_as(desk.analyst):
        assert not SystemCheck.objects.exists(), "a check is not kept without its evidence"
    assert wrong.status_code == 422
    assert "This kind of file is not taken." in words(wrong)
    assert "file 7" in wrong.content.decode()

    analyst.post(address, given | {"attachment": SimpleUploadedFile("answer.png", PNG)})

    with acting_as(desk.analyst):
        assert Attachment.objects.get().check_entered == SystemCheck.objects.get()
    assert "answer.png – CLAIMS 3, asked 20 Nov 2026" in words(analyst.get(f"/leads/{lead.number}/files/"))


@pytest.mark.django_db
def test_a_file_that_was_changed_or_put_in_anothers_place_does_not_open(desk: Desk, analyst: Client, lead: Lead) -> None:
    for content, name in ((PDF, "a.pdf"), (PNG, "b.png")):
        analyst.post(f"/leads/{lead.number}/files/add/", sent(content, name))
    with acting_as(desk.analyst):
        first, second = Attachment.objects.order_by("pk")
    path = folder.FOLDER.path
    path(first.stored_as).write_bytes(path(second.stored_as).read_bytes())
    path(second.stored_as).unlink()

    for row in (first, second):
        answer = analyst.get(f"/leads/{lead.number}/files/{row.uuid}/")
        assert answer.status_code == 409
        assert "does not open" in words(answer)


KILLED_AT = (
    "leads.papers.folder.seal",
    "pathlib.Path.rename",
    "leads.services.attachments.seal_words",
    "leads.services.attachments.record",
)


@pytest.mark.django_db
def test_the_same_form_twice_at_the_same_moment_makes_one(desk: Desk, lead: Lead, monkeypatch: pytest.MonkeyPatch) -> None:
    first = attach(desk, lead, b"the same\n")
    asked = iter([False])
    monkeypatch.setattr(QuerySet, "exists", lambda self: next(asked))  # the other one is not committed when the second one looks

    assert attach(desk, lead, b"the same\n") == first


@pytest.mark.slow
@pytest.mark.parametrize("place", [*KILLED_AT, "never"])
def test_a_process_killed_anywhere_leaves_no_row_without_its_file_and_the_sweep_takes_the_rest(
    world: str, files: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = people()
    with acting_as(cast.service):
        loaded()
    lead = cast.opened(overstayer)
    attach(cast, lead, b"the first\n")
    connection.close()

    child = os.fork()
    if child == 0:
        try:
            if place != "never":
                monkeypatch.setattr(place, lambda *args, **kwargs: os.kill(os.getpid(), signal.SIGKILL))
            attach(cast, lead, b"the second\n")
            os._exit(0)
        finally:
            os._exit(1)  # an error must not let the child go on with the tests
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == (0 if place == "never" else -signal.SIGKILL)
    with acting_as(service_actor("leads")):
        for row in Attachment.objects.all():
            assert folder.FOLDER.path(row.stored_as).is_file()
        known = {row.stored_as for row in Attachment.objects.all()}
        assert len(known) == (2 if place == "never" else 1)
        assert sweep_stray(now=NOW - timedelta(days=4000)) == 0, "what is young may be under way"
        sweep_stray(now=LATER)
    assert {path.name for path in files.rglob("*") if path.is_file()} == known
    with owner_connection(world) as owner:
        told = owner.execute("SELECT count(*) FROM audit_event WHERE act = 'attachment_added'").fetchone()
    assert told == (len(known),)


def attach(cast: Desk, lead: Lead, content: bytes) -> Attachment:
    with acting_as(cast.analyst):
        file = examine(name="a.txt", content=content, size=len(content))
        return attach_file(actor=cast.analyst, lead=lead, file=file, audience="hq", now=NOW)


def test_the_folder_stands_beside_the_others_by_default() -> None:
    assert Path(settings.ATTACHMENT_DIR).name == "attachments"
