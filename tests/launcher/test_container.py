"""The container's entry, and what `docker-compose.yml` mounts where."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from launcher import container, web
from launcher.keys import make_compose_secrets
from launcher.places import ROOT
from launcher.report import LauncherError

Compose = dict[str, Any]


@pytest.fixture
def compose() -> Compose:
    loaded: Compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEADTRAC_VAR", str(tmp_path))
    folder = make_compose_secrets()
    monkeypatch.setenv("LEADTRAC_SECRETS_DIR", str(folder))
    return folder


def test_every_secret_that_compose_names_is_made(secrets: Path, compose: Compose) -> None:
    named = {Path(entry["file"]).name for entry in compose["secrets"].values()}
    assert named == {path.name for path in secrets.iterdir()}
    assert {Path(entry["file"]).parent for entry in compose["secrets"].values()} == {Path("var/secrets/compose")}


def test_only_the_migration_and_what_is_run_by_hand_know_the_owner(compose: Compose) -> None:
    holders = {name for name, service in compose["services"].items() if "owner" in service.get("secrets", ())}
    assert holders == {"postgres", "migrate", "upkeep"}
    assert compose["services"]["upkeep"]["profiles"]  # `up` does not start it
    assert all("superuser" not in service.get("secrets", ()) for name, service in compose["services"].items() if name != "postgres")


def test_tables_can_be_rewritten_and_backups_made(compose: Compose) -> None:
    """Without the first nothing is destroyed: a run waits until its tables were rewritten."""
    services = compose["services"]
    assert {"owner", "maintain"} <= set(services["upkeep"]["secrets"])
    assert "maintain" in services["migrate"]["secrets"]  # whom the migration grants the tables
    assert services["upkeep"]["command"][-2:] == ["retention", "maintain"]
    assert {"data:/data", "backups:/backups"} == set(services["upkeep"]["volumes"])
    assert "/backups" in (ROOT / "Dockerfile").read_text(encoding="utf-8")  # a volume takes its owner from the image


def test_every_setting_of_the_mail_server_reaches_the_containers(compose: Compose) -> None:
    """An office that cannot be written to does not learn that its packet no longer holds."""
    named = set(re.findall(r'"(LEADTRAC_SMTP_\w+)"', (ROOT / "leadtrac" / "settings.py").read_text(encoding="utf-8")))
    assert len(named) == 5
    assert named <= set(compose["services"]["worker"]["environment"])


def test_only_the_sealer_holds_the_key_that_signs_the_log(compose: Compose) -> None:
    holders = {name for name, service in compose["services"].items() if "log-key" in service.get("secrets", ())}
    assert holders == {"sealer"}
    assert compose["services"]["sealer"]["command"] == ["sealer"]


def test_the_other_processes_of_the_demonstration_are_kept_from_that_key() -> None:
    assert web.WEB_VARIABLES["LEADTRAC_LOG_KEY_FILE"] == web.WITHOUT_LOG_KEY["LEADTRAC_LOG_KEY_FILE"] == os.devnull
    assert web.SEALING_QUEUE in web.sealer_command()
    assert web.SEALING_QUEUE not in web.worker_command()


def test_every_lasting_service_has_a_health_check_and_ours_run_without_capabilities(compose: Compose) -> None:
    for name, service in compose["services"].items():
        assert name in {"migrate", "upkeep"} or "healthcheck" in service, name
        if service.get("image") == "leadtrac":
            assert service["cap_drop"] == ["ALL"]
            assert service["read_only"] is True


def test_variables_are_made_from_the_secrets_that_are_mounted(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADTRAC_DATABASE", "db.example:5433")
    for absent in ("owner", "maintain"):
        (secrets / absent).unlink()
    (secrets / "app").chmod(0o644)
    (secrets / "app").write_text("p@ss/word\n", encoding="utf-8")
    variables = container.secrets_environment()
    assert variables["DATABASE_URL"] == "postgresql://leadtrac_app:p%40ss%2Fword@db.example:5433/leadtrac"
    assert "DATABASE_OWNER_URL" not in variables
    assert variables["LEADTRAC_KEK_FILE"] == str(secrets / "key-encryption-key")


def test_a_missing_secret_is_named(secrets: Path) -> None:
    (secrets / "redis").unlink()
    with pytest.raises(LauncherError, match=r"redis cannot be read"):
        container.secrets_environment()


@pytest.mark.usefixtures("secrets")
def test_an_unknown_command_lists_the_known_ones(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    assert container.main(["serve"]) == 1
    assert "web, worker, sealer, beat, migrate, health" in capsys.readouterr().err
