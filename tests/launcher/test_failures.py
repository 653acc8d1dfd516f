"""What goes wrong on machines is said in one sentence, with a non-zero exit code."""

import errno
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from launcher import __main__ as commands
from launcher import bootstrap, browser, demo, page_assets, python_packages
from launcher.account import choose_account
from launcher.places import ROOT
from launcher.report import LauncherError, explain

from .conftest import Launcher


def test_a_port_in_use_names_the_option_that_chooses_another(launcher: Launcher) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = launcher.run("demo", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is in use" in done.stderr
    assert f"make demo PORT={port + 1}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (launcher.var / "postgres").exists()


def test_a_read_only_folder_is_explained(launcher: Launcher) -> None:
    launcher.var.chmod(0o555)
    command = [sys.executable, "-m", "launcher", "services", "--kind", "test", "--", "true"]
    if os.geteuid() == 0:  # root writes anywhere, unless it gives that up
        if shutil.which("setpriv") is None:
            pytest.fail("setpriv (util-linux) is needed to run this test as root")
        command = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override", *command]
    done = subprocess.run(command, cwd=ROOT, env=launcher.environment, capture_output=True, text=True, check=False)
    launcher.var.chmod(0o755)
    assert done.returncode == 1
    assert f"No permission to use {launcher.var}" in done.stderr
    assert "LEADTRAC_VAR" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_var_that_is_a_file_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocked = tmp_path / "var"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setenv("LEADTRAC_VAR", str(blocked))
    assert commands.main(["up", "--kind", "test"]) == 1
    assert str(blocked) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EROFS, "read-only file system"),
        (errno.EACCES, "No permission"),
        (errno.EISDIR, "Is a directory"),
    ],
)
def test_errors_of_the_system_become_sentences(code: int, words: str) -> None:
    sentence = explain(OSError(code, os.strerror(code), "/data/var"))
    assert words in sentence
    assert "/data/var" in sentence


def test_a_missing_venv_module_prints_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = importlib.util.find_spec

    def without_ensurepip(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "ensurepip" else found(name, package)

    monkeypatch.setattr("importlib.util.find_spec", without_ensurepip)
    with pytest.raises(LauncherError, match=r"sudo apt-get install -y python3\.\d+-venv"):
        python_packages.make_venv(tmp_path / "venv")


@pytest.mark.slow
def test_a_lock_with_a_wrong_hash_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "wrong.txt"
    lock.write_text(f"./absent.whl --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    venv = tmp_path / "venv"
    python_packages.make_venv(venv)
    with pytest.raises(LauncherError, match="The Python packages could not be installed"):
        python_packages.install_locked(venv / "bin" / "python", lock)


@pytest.mark.slow
def test_a_broken_environment_is_made_anew(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to("/gone/python3")
    python_packages.make_venv(venv)
    version = subprocess.run([venv / "bin" / "python", "-m", "pip", "--version"], capture_output=True, check=False)
    assert version.returncode == 0


def test_an_older_python_is_told_so_before_anything_else() -> None:
    old = "import sys; sys.version_info = (3, 9, 2); import runpy; runpy.run_module('launcher.bootstrap', run_name='x')"
    done = subprocess.run([sys.executable, "-c", old], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_system_is_told_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert bootstrap.main([]) == 1
    assert "docker compose" in capsys.readouterr().err


def test_without_chromium_and_root_the_line_that_installs_it_is_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LEADTRAC_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LauncherError, match=r"(apt-get install -y --no-install-recommends chromium|package manager)"):
        browser.install()


def test_a_machine_whose_fonts_draw_no_chinese_is_told_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEADTRAC_CHROMIUM", "/bin/true")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    lister = tmp_path / "fc-list"
    for fonts, told in (("", True), ("some.ttf: Some Font", False)):
        lister.write_text(f"#!/bin/sh\nprintf '{fonts}'\n", encoding="utf-8")
        lister.chmod(0o755)
        browser.install()
        assert ("No font here draws Chinese" in "".join(capfd.readouterr())) is told


def test_an_old_npm_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 6.14.18\n", encoding="utf-8")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert page_assets._system_npm() is None


def test_root_without_an_account_to_drop_to_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def unknown(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("pwd.getpwnam", unknown)
    with pytest.raises(LauncherError, match="does not run as root"):
        choose_account(tmp_path / "absent")


@pytest.mark.slow
def test_the_demo_runs_once_and_is_not_removed_while_it_runs(launcher: Launcher) -> None:
    with demo._only_one():  # what a running demo holds
        for command in ("demo-reset", "demo"):
            done = launcher.run(command)
            assert done.returncode == 1
            assert "runs already" in done.stderr


@pytest.mark.slow
def test_a_reset_removes_data_passwords_and_files_of_the_demo_alone(launcher: Launcher) -> None:
    assert launcher.run("services", "--", "true").returncode == 0
    assert launcher.run("services", "--kind", "test", "--", "true").returncode == 0
    done = launcher.run("demo-reset")
    assert done.returncode == 0, done.stderr
    left = {path.name for path in launcher.var.iterdir()}
    assert not left & {"postgres", "postgres.log", "redis", "redis.log", "demo"}
    assert {"test-postgres", "test-redis", "test"} <= left
    assert {path.name for path in (launcher.var / "secrets").iterdir()} == {"test"}


@pytest.mark.slow
def test_a_reset_refuses_while_up_keeps_the_servers_running(launcher: Launcher) -> None:
    assert launcher.run("up").returncode == 0
    done = launcher.run("demo-reset")
    assert done.returncode == 1
    assert "python -m launcher down" in done.stderr
    assert launcher.run("down").returncode == 0
