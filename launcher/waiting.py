"""Waiting for a condition, and asking whether a process lives."""

import os
import time
from collections.abc import Callable
from pathlib import Path

_PAUSE_SECONDS = 0.05


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again until the condition holds; False when it did not within the given seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def is_alive(pid: int) -> bool:
    """Say whether a process runs. A dead process that nobody has collected yet (a zombie) does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return True  # no /proc on this system, or the process went between the two questions
    return state not in ("Z", "X")


def program_of(pid: int) -> str | None:
    """Return the short name of the program that a process runs, or None where the system does not say."""
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None
