"""Child processes: one in the foreground, or several side by side that live and die together."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from launcher.places import ROOT
from launcher.report import LauncherError, tail
from launcher.waiting import until

_GRACE_SECONDS = 25
_PR_SET_PDEATHSIG = 1


def foreground(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command on this terminal and return its exit code (128 + signal when a signal ended it).

    Ctrl-C reaches the command from the terminal itself, so the launcher only waits; SIGTERM and SIGHUP are passed on.
    """
    running: list[subprocess.Popen[bytes]] = []
    early: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if not running:  # between the fork and the handle on it: keep the signal, so that the command is not orphaned
            early.append(number)
            return
        with suppress(ProcessLookupError):
            running[0].send_signal(number)

    def leave_to_the_terminal(_number: int, _frame: FrameType | None) -> None:
        """Not SIG_IGN, which the command would inherit."""

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGTERM, signal.SIGHUP)}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, leave_to_the_terminal)
    try:
        running.append(subprocess.Popen(command, env={**os.environ, **environment}))
        for number in early:
            pass_on(number, None)
        code = running[0].wait()
    except FileNotFoundError as error:
        raise LauncherError(f"There is no program {command[0]!r} to run.") from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


@dataclass(frozen=True)
class Child:
    """A long-running part of the demo; it writes to its own log file."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]


class Children:
    """Processes that live and die together, each with a process group of its own."""

    def __init__(self, logs: Path) -> None:
        """Keep the log files in the folder `logs`."""
        self._logs = logs
        self._children: list[Child] = []

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start one process in the checkout's folder."""
        self._logs.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent(),  # noqa: PLW1509 -- the launcher has one thread
            )
        self._children.append(Child(name, log, process))

    def check(self) -> None:
        """Raise LauncherError with the end of its log when one of the processes has ended."""
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                raise LauncherError(
                    f"The {child.name} process ended by itself (exit code {code}). The end of its log ({child.log}):\n{tail(child.log)}"
                )

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait for a condition while all processes live; False when it did not hold in time."""

        def holds() -> bool:
            self.check()
            return condition()

        return until(holds, seconds)

    def wait(self) -> None:
        """Wait until a process ends (LauncherError) or a stop is requested."""
        while True:
            with suppress(subprocess.TimeoutExpired):
                self._children[0].process.wait(timeout=1)
            self.check()

    def stop(self) -> None:
        """Ask every process group to end, wait, and kill what does not."""
        self._signal(signal.SIGTERM)
        until(lambda: all(child.process.poll() is not None for child in self._children), _GRACE_SECONDS)
        self._signal(signal.SIGKILL)  # also reaches what a process left in its group
        for child in self._children:
            child.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        for child in self._children:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.process.pid, number)


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux, let the system end a child when the launcher is killed outright and cannot do it itself."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask
