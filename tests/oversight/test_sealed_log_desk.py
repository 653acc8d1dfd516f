"""The sealed log at the auditor's desk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.log.verifying import log_key
from audit.models import Event
from oversight.services.log import seal_events, verify_log
from tests.factories.people import person
from tests.pages import words
from verifier.verify_log import Key, verify_export

ClientAs = Callable[[User], Client]


@pytest.fixture
def log(world: str, tmp_path: Path, settings: Any) -> str:
    """An auditor has looked around, and that is sealed and published."""
    settings.CHECKPOINT_DIR, settings.SECOND_CHECKPOINT_DIR = tmp_path / "published", ""
    return world


@pytest.fixture
def auditor(log: str) -> User:
    return person("otto.auditor", "auditor")


def seal() -> int:
    return seal_events(actor=service_actor("audit"), now=timezone.now())


def test_the_page_tells_size_last_checkpoint_and_last_verification(client_as: ClientAs, auditor: User) -> None:
    client = client_as(auditor)
    before = words(client.get(reverse("audit_log")))
    seal()
    verify_log(actor=service_actor("audit"), now=timezone.now())

    after = words(client.get(reverse("audit_log")))

    assert "Sealed events 0" in before
    assert "The log has not been verified yet." in before
    assert "Sealed events 1" in after
    assert "nothing was touched" in after
    assert "1 event under 1 signed checkpoint." in after
    assert log_key() in after


def test_verify_now_is_on_record_and_a_worker_does_it(client_as: ClientAs, auditor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr("oversight.views.log.current_app.send_task", lambda name, **_: sent.append(name))
    client = client_as(auditor)

    client.post(reverse("audit_verify"))

    assert sent == ["oversight.tasks.verify_log"]
    assert "is under way" in words(client.get(reverse("audit_log")))
    with acting_as(auditor):
        assert Event.objects.filter(actor_id=auditor.pk, act="log_verified", field_names=["asked"]).count() == 1


def test_a_download_is_verified_outside_and_holds_no_words(client_as: ClientAs, auditor: User, tmp_path: Path) -> None:
    client = client_as(auditor)
    client.post(reverse("audit_find"), {"record": "L-0000-0000"})
    seal()

    content = client.get(reverse("audit_export")).content

    (tmp_path / "export.zip").write_bytes(content)
    report = verify_export(tmp_path / "export.zip", Key.read(log_key()), Path(project.CHECKPOINT_DIR))
    assert (report.sound, report.events) == (True, 1)
    assert "words.jsonl" not in zipfile.ZipFile(io.BytesIO(content)).namelist()
    with acting_as(auditor):
        assert Event.objects.filter(actor_id=auditor.pk, act="export").count() == 1


def test_commands_verify_export_and_prove(client_as: ClientAs, auditor: User, tmp_path: Path) -> None:
    client_as(auditor).get(reverse("audit_desk"))
    seal()
    out = io.StringIO()

    call_command("verify_audit", stdout=out)
    call_command("export_audit", str(tmp_path / "all.zip"), words=True, stdout=out)

    assert "Nothing was changed, dropped, moved or cut." in out.getvalue()
    assert verify_export(tmp_path / "all.zip", Key.read(log_key())).sound


@pytest.mark.parametrize("role", ["privacy_officer", "analyst", "administrator", "supervisor"])
def test_only_auditors_verify_and_export(client_as: ClientAs, log: str, role: str) -> None:
    client = client_as(person("olga", role))

    assert client.get(reverse("audit_log")).status_code == 403
    assert client.get(reverse("audit_export")).status_code == 403
    assert client.post(reverse("audit_verify")).status_code == 403


def test_without_the_signing_key_the_desk_shows_the_published_public_key(client_as: ClientAs, auditor: User, settings: Any) -> None:
    """The web processes cannot read the signing key: only the sealer's worker can."""
    key = log_key()
    client_as(auditor).get(reverse("audit_log"))
    seal()
    settings.LOG_KEY_FILE = "/dev/null"

    assert log_key() == key
    assert key in words(client_as(auditor).get(reverse("audit_log")))
