"""What children get: addresses, keys, folders; and the servers that users bring themselves."""

import socket
import stat
import subprocess
from pathlib import Path

import pytest

from launcher.environment import database_name
from launcher.ports import free_port
from launcher.postgres import Postgres
from launcher.product import require_answers
from launcher.report import LauncherError

from .conftest import Launcher

OWN = {"DATABASE_URL": "postgresql://leadtrac_app:x@db.example/leadtrac", "REDIS_URL": "redis://cache.example/0"}
OWNER = {"DATABASE_OWNER_URL": "postgresql://leadtrac_owner:y@db.example/leadtrac"}
KEY_FILES = ("LEADTRAC_KEK_FILE", "LEADTRAC_INDEX_KEY_FILE", "LEADTRAC_CONTEXT_SECRET_FILE", "LEADTRAC_LOG_KEY_FILE")


def test_servers_that_the_user_names_are_used_and_none_is_started(launcher: Launcher) -> None:
    done = launcher.run_in_services('echo "$DATABASE_URL"; echo "$REDIS_URL"', **OWN, **OWNER)
    assert done.stdout.splitlines() == list(OWN.values()), done.stderr
    assert not launcher.data.exists()
    assert not launcher.data.with_name("test-redis").exists()


@pytest.mark.slow
def test_one_named_server_leaves_the_other_to_the_launcher(launcher: Launcher) -> None:
    done = launcher.run_in_services('echo "$DATABASE_URL"; echo "$REDIS_URL"', REDIS_URL=OWN["REDIS_URL"])
    database, redis = done.stdout.splitlines()
    assert "@127.0.0.1:" in database
    assert redis == OWN["REDIS_URL"]
    assert not launcher.data.with_name("test-redis").exists()


@pytest.mark.parametrize("silent", ["DATABASE_URL", "REDIS_URL"])
def test_a_named_server_that_does_not_answer_is_told_in_a_sentence(silent: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        there, nowhere = listening.getsockname()[1], free_port(None)
        ports = {name: nowhere if name == silent else there for name in ("DATABASE_URL", "REDIS_URL")}
        addresses = {name: f"scheme://user:secret@127.0.0.1:{port}/0" for name, port in ports.items()}
        with pytest.raises(LauncherError, match=f"{silent} names a server at 127.0.0.1:{nowhere}, and nothing answers") as told:
            require_answers(addresses)
    assert "secret" not in str(told.value)


def test_a_database_without_its_owner_address_is_explained(launcher: Launcher) -> None:
    done = launcher.run_in_services("true", **OWN)
    assert done.returncode == 1
    assert "DATABASE_OWNER_URL" in done.stderr
    assert "print-roles-sql" in done.stderr
    assert "Traceback" not in done.stderr


def test_keys_are_32_bytes_for_their_owner_only_and_stay_the_same(launcher: Launcher) -> None:
    show = "; ".join(f'echo "${name}"' for name in KEY_FILES)
    paths = [Path(line) for line in launcher.run_in_services(show, **OWN, **OWNER).stdout.splitlines()]
    first = [path.read_bytes() for path in paths]
    assert [len(key) for key in first] == [32] * len(KEY_FILES)
    assert len(set(first)) == len(KEY_FILES)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in paths)
    assert all(stat.S_IMODE(path.parent.stat().st_mode) == 0o700 for path in paths)
    launcher.run_in_services("true", **OWN, **OWNER)
    assert [path.read_bytes() for path in paths] == first


def test_a_variable_that_the_user_has_set_stays(launcher: Launcher) -> None:
    done = launcher.run_in_services('echo "$LEADTRAC_BASE_URL"', **OWN, **OWNER, LEADTRAC_BASE_URL="https://a.example")
    assert done.stdout.strip() == "https://a.example"


@pytest.mark.parametrize("suffix", ["Amy", "a-b", "x" * 31, "a; DROP"])
def test_a_database_suffix_that_is_not_a_plain_name_is_refused(monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    monkeypatch.setenv("LEADTRAC_DB_SUFFIX", suffix)
    with pytest.raises(LauncherError, match="LEADTRAC_DB_SUFFIX"):
        database_name()


def test_an_unknown_program_is_a_sentence(launcher: Launcher) -> None:
    done = launcher.run("services", "--kind", "test", "--", "no-such-program", **OWN, **OWNER)
    assert done.returncode == 1
    assert "no-such-program" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_roles_own_and_may_what_they_should(launcher: Launcher, postgres: Postgres) -> None:
    psql = postgres.home.binaries.postgres("psql")
    run = f'{psql} -X -A -t -q -v ON_ERROR_STOP=1 "$DATABASE_OWNER_URL"'
    refused = f'{psql} -X -q "$DATABASE_URL" -c "CREATE TABLE mine (id int)" 2>&1'
    roles = (
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin "
        "FROM pg_roles WHERE rolname LIKE 'leadtrac%' ORDER BY 1"
    )
    inside = (
        "SELECT count(*) FROM pg_extension WHERE extname IN ('pg_trgm', 'fuzzystrmatch', 'unaccent', 'btree_gin'); "
        "SELECT array_length(show_trgm('Ива'), 1) > 0"
    )
    done = launcher.run_in_services(
        f'{run} -c "{roles}" && {run} -c "CREATE DATABASE clone" && '
        f'DATABASE_OWNER_URL="${{DATABASE_OWNER_URL%/*}}/clone" && {run} -c "{inside}"; {refused}'
    )
    assert done.stdout.splitlines()[:5] == [
        "leadtrac_app|f|f|f|f|t",
        "leadtrac_maintain|f|f|f|f|t",
        "leadtrac_owner|f|f|t|f|t",
        "4",
        "t",
    ], done.stdout + done.stderr
    assert "permission denied for schema public" in done.stdout


@pytest.mark.slow
def test_the_printed_sql_makes_the_same_roles_on_a_users_own_server(launcher: Launcher, postgres: Postgres) -> None:
    printed = launcher.run("print-roles-sql").stdout
    postgres.start()
    passwords = {f"LEADTRAC_{role}_PASSWORD": "secret" for role in ("OWNER", "APP", "MAINTAIN")}
    for _ in range(2):  # as often as you like
        postgres.run_sql("postgres", printed, passwords)
    address = f"postgresql://leadtrac_app:secret@127.0.0.1:{postgres.port()}/leadtrac"
    command = [str(postgres.home.binaries.postgres("psql")), "-X", "-A", "-t", address, "-c", "SELECT current_user"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "leadtrac_app"


@pytest.mark.slow
def test_passwords_are_asked_of_every_connection(launcher: Launcher, postgres: Postgres) -> None:
    postgres.start()
    assert launcher.var.exists()
    for role in ("postgres", "leadtrac_app"):
        address = f"postgresql://{role}:wrong@127.0.0.1:{postgres.port()}/postgres"
        command = [str(postgres.home.binaries.postgres("psql")), "-X", address, "-c", "SELECT 1"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "password authentication failed" in done.stderr
