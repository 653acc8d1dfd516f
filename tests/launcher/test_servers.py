"""Servers start, are shared, stop, and survive what machines do to them."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from launcher.postgres import Postgres
from launcher.waiting import is_alive, until

from .conftest import Launcher

pytestmark = [pytest.mark.slow, pytest.mark.proof]


def test_a_command_gets_both_servers_and_they_are_gone_after_it(launcher: Launcher) -> None:
    done = launcher.run_in_services('echo "$DATABASE_URL $REDIS_URL"; cat "$LEADTRAC_VAR"/*/postmaster.pid | head -1')
    assert done.returncode == 0, done.stderr
    urls, pid = done.stdout.splitlines()
    assert "leadtrac_app:" in urls
    assert "redis://:" in urls
    assert not is_alive(int(pid))
    assert launcher.server_pids() == []


def test_the_exit_code_of_the_command_is_the_launchers(launcher: Launcher) -> None:
    assert launcher.run_in_services("exit 7").returncode == 7


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_behind_after_a_stop_signal(launcher: Launcher, number: signal.Signals) -> None:
    process = launcher.start("services", "--kind", "test", "--", "/bin/sh", "-c", "echo $$; exec sleep 600")
    assert process.stdout is not None
    command = int(process.stdout.readline())
    pids = [command, *launcher.server_pids()]
    assert len(pids) == 3
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert not any(is_alive(pid) for pid in pids)


def test_a_stop_signal_during_the_start_leaves_nothing_running(launcher: Launcher) -> None:
    process = launcher.start("services", "--kind", "test", "--", "/bin/sh", "-c", "echo never; exec sleep 600")
    assert until((launcher.data / "postmaster.pid").exists, 30)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert launcher.server_pids() == []


def test_two_users_share_the_servers_and_the_last_one_stops_them(launcher: Launcher) -> None:
    first = launcher.start("services", "--kind", "test", "--", "/bin/sh", "-c", "echo ready; read line")
    second = launcher.start("services", "--kind", "test", "--", "/bin/sh", "-c", "echo ready; exec sleep 600")
    for process in (first, second):
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    pids = launcher.server_pids()
    first.kill()
    first.communicate(timeout=30)
    third = launcher.run_in_services("true")
    assert third.returncode == 0
    assert launcher.server_pids() == pids
    second.terminate()
    second.communicate(timeout=60)
    assert not any(is_alive(pid) for pid in pids)


def test_servers_of_a_killed_launcher_are_taken_over_and_stopped(launcher: Launcher) -> None:
    killed = launcher.start("services", "--kind", "test", "--", "/bin/sh", "-c", "echo ready; read line")
    assert killed.stdout is not None
    killed.stdout.readline()
    killed.kill()
    killed.communicate(timeout=30)
    pids = launcher.server_pids()
    assert all(is_alive(pid) for pid in pids)
    assert launcher.run_in_services("true").returncode == 0
    assert not any(is_alive(pid) for pid in pids)


def test_up_leaves_the_servers_running_until_down(launcher: Launcher) -> None:
    assert launcher.run("up", "--kind", "test").returncode == 0
    pids = launcher.server_pids()
    assert launcher.run_in_services("true").returncode == 0
    assert all(is_alive(pid) for pid in pids)
    exports = launcher.run("env", "--kind", "test", LEADTRAC_DB_SUFFIX="amy").stdout
    assert "/leadtrac_amy\n" in exports
    assert launcher.run("down", "--kind", "test").returncode == 0
    assert not any(is_alive(pid) for pid in pids)


def test_env_says_how_to_start_servers_that_do_not_run(launcher: Launcher) -> None:
    done = launcher.run("env", "--kind", "test")
    assert done.returncode == 1
    assert "python -m launcher up --kind test" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_killed_server_recovers_with_its_data(launcher: Launcher, postgres: Postgres) -> None:
    assert launcher.run("up", "--kind", "bench").returncode == 0
    durable = launcher.var / "bench-postgres"
    psql = postgres.home.binaries.postgres("psql")
    write = f'{psql} -X -q "$DATABASE_OWNER_URL" -c "CREATE TABLE kept AS SELECT 42 AS answer"'
    assert launcher.run("services", "--kind", "bench", "--", "/bin/sh", "-c", write).returncode == 0
    for note in (durable / "postmaster.pid", launcher.var / "bench-redis" / "redis.pid"):
        subprocess.run(["kill", "-9", note.read_text(encoding="utf-8").splitlines()[0]], check=True)
    assert (durable / "postmaster.pid").exists()
    read = f'{psql} -X -A -t -q "$DATABASE_OWNER_URL" -c "TABLE kept"'
    done = launcher.run("services", "--kind", "bench", "--", "/bin/sh", "-c", read)
    assert done.stdout.strip() == "42", done.stderr
    assert launcher.run("down", "--kind", "bench").returncode == 0


def test_a_pid_file_that_names_another_living_program_does_not_stop_the_start(launcher: Launcher) -> None:
    assert launcher.run_in_services("true").returncode == 0
    # As after a restart of the machine: the old number belongs to someone else now (here, to process 1).
    stale = launcher.data / "postmaster.pid"
    stale.write_text(f"1\n{launcher.data}\n0\n5432\n\n127.0.0.1\n", encoding="utf-8")
    done = launcher.run_in_services("true")
    assert done.returncode == 0, done.stderr


def test_an_interrupted_first_start_is_done_again(launcher: Launcher) -> None:
    half = launcher.var / "test-postgres.new"
    (half / "base").mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n", encoding="utf-8")
    done = launcher.run_in_services("true")
    assert done.returncode == 0, done.stderr
    assert not half.exists()


def test_a_data_folder_with_something_else_in_it_is_left_alone(launcher: Launcher) -> None:
    foreign = launcher.var / "test-postgres" / "letter.txt"
    foreign.parent.mkdir()
    foreign.write_text("dear", encoding="utf-8")
    done = launcher.run_in_services("true")
    assert_sentence(done, "is not a PostgreSQL data folder, yet it is not empty")
    assert foreign.read_text(encoding="utf-8") == "dear"


def test_data_without_its_passwords_is_explained(launcher: Launcher) -> None:
    assert launcher.run_in_services("true").returncode == 0
    for secret in (launcher.var / "secrets" / "test").iterdir():
        secret.unlink()
    assert_sentence(launcher.run_in_services("true"), "its passwords")


def test_data_of_another_major_version_is_explained(launcher: Launcher) -> None:
    assert launcher.run_in_services("true").returncode == 0
    (launcher.data / "PG_VERSION").write_text("17\n", encoding="utf-8")
    assert_sentence(launcher.run_in_services("true"), "was made by PostgreSQL 17")


def test_a_server_that_cannot_start_shows_the_end_of_its_log(launcher: Launcher) -> None:
    assert launcher.run_in_services("true").returncode == 0
    (launcher.data / "global" / "pg_control").unlink()
    assert_sentence(launcher.run_in_services("true"), "PostgreSQL did not start. The end of its log")


def test_a_taken_database_port_is_given_up_for_another(launcher: Launcher) -> None:
    first = launcher.run_in_services('echo "$DATABASE_URL"').stdout
    port = int(first.rpartition(":")[2].partition("/")[0])
    with taken(port):
        second = launcher.run_in_services('echo "$DATABASE_URL"')
    assert second.returncode == 0, second.stderr
    assert f":{port}/" not in second.stdout


def test_where_the_servers_account_may_not_enter_the_data_goes_elsewhere(launcher: Launcher) -> None:
    launcher.var.chmod(0o700)
    done = launcher.run_in_services("true")
    assert done.returncode == 0, done.stderr
    if (pointer := launcher.var / "data-folder").exists():  # only root has an account to drop to
        assert (Path(pointer.read_text(encoding="utf-8").strip()) / "test-postgres" / "PG_VERSION").exists()


@contextmanager
def taken(port: int) -> Iterator[None]:
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", port))
        holder.listen()
        yield


def assert_sentence(done: subprocess.CompletedProcess[str], words: str) -> None:
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
