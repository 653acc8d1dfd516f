"""The demo's processes live and die together."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from launcher import children as module
from launcher.children import Children, foreground
from launcher.report import LauncherError
from launcher.waiting import is_alive, until

SHELL = "/bin/sh"


def pid_in(path: Path) -> int:
    assert until(lambda: path.exists() and path.read_text(encoding="utf-8").endswith("\n"), 10)
    return int(path.read_text(encoding="utf-8"))


def test_stopping_reaches_what_the_processes_started_themselves(tmp_path: Path) -> None:
    children, note = Children(tmp_path), tmp_path / "pid"
    children.start("parent", [SHELL, "-c", f"sleep 600 & echo $! > {note}; wait"], {})
    grandchild = pid_in(note)
    children.stop()
    assert until(lambda: not is_alive(grandchild), 5)


def test_a_process_that_ignores_the_request_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_GRACE_SECONDS", 0.5)
    children, note = Children(tmp_path), tmp_path / "pid"
    children.start("deaf", [SHELL, "-c", f"trap '' TERM; echo $$ > {note}; while :; do sleep 1; done"], {})
    pid = pid_in(note)
    children.stop()
    assert not is_alive(pid)


def test_a_process_that_ends_by_itself_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    children = Children(tmp_path)
    children.start("healthy", [SHELL, "-c", "exec sleep 600"], {})
    children.start("worker", [SHELL, "-c", "echo broken pipe to the moon; exit 3"], {})
    with pytest.raises(LauncherError, match=r"(?s)The worker process ended.*exit code 3.*broken pipe to the moon"):
        children.wait()
    children.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_children_end_when_the_launcher_is_killed_outright(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = (
        "import sys; from pathlib import Path; from launcher.children import Children\n"
        f"children = Children(Path({str(tmp_path)!r}))\n"
        f"children.start('web', ['/bin/sh', '-c', 'echo $$ > {note}; exec sleep 600'], {{}})\n"
        "children.wait()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script])
    child = pid_in(note)
    process.kill()
    process.wait()
    assert until(lambda: not is_alive(child), 5)


def test_a_command_that_a_signal_ended_has_the_shells_exit_code() -> None:
    assert foreground([SHELL, "-c", "kill -9 $$"], {}) == 128 + signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_while_the_command_is_being_started_still_reaches_it(monkeypatch: pytest.MonkeyPatch, number: signal.Signals) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Interrupted(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)
            os.kill(os.getpid(), number)

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    try:
        assert foreground([SHELL, "-c", "exec sleep 600"], {}) == 128 + number
    finally:
        started[0].kill()
