"""What the launcher says: one line per step, with the seconds since the start; one sentence per failure."""

import errno
import sys
import time
from pathlib import Path

_STARTED = time.monotonic()


class LauncherError(Exception):
    """A failure that the user can act on. Its text is one clear sentence (lines of a log may follow)."""


def say(text: str) -> None:
    """Print one progress line to standard error, with the seconds since the launcher started."""
    elapsed = time.monotonic() - _STARTED
    print(f"[{elapsed:6.1f} s] {text}", file=sys.stderr, flush=True)


def explain(error: OSError) -> str:
    """Turn an operating system error into a sentence that names the file and the remedy."""
    where = error.filename or "the checkout"
    if error.errno == errno.ENOSPC:
        return f"The disk is full: nothing more can be written to {where}. Free some space and start again."
    if error.errno == errno.EROFS:
        return f"{where} is on a read-only file system. Use a writable checkout, or set LEADTRAC_VAR to a writable folder."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"No permission to use {where}. Make it writable for this user, or set LEADTRAC_VAR to a writable folder."
    return f"{where}: {error.strerror or error}."


def tail(path: Path, lines: int = 12) -> str:
    """Return the last lines of a log file, indented, or an empty text where there is no such file."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
