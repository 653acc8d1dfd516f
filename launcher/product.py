"""The steps that bring a database and the page assets up to the code, each a `manage.py` command of the product."""

import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from launcher.places import ROOT, var
from launcher.report import LauncherError, say

MANAGE = (sys.executable, "manage.py")
_AS_OWNER = {"LEADTRAC_AS_OWNER": "1"}
_USUAL_PORTS = {"DATABASE_URL": 5432, "REDIS_URL": 6379}
_ANSWER_SECONDS = 5


def bring_up_to_date(environment: Mapping[str, str]) -> None:
    """Migrate as owner, prepare roles and reference data, collect the page assets. Raises LauncherError."""
    require_answers(environment)
    say("Bringing the database up to date (migrate, prepare).")
    manage(environment, "migrate", "--noinput", "--verbosity", "0", as_owner=True)
    manage(environment, "prepare", as_owner=True)
    collect_static(environment)


def require_answers(environment: Mapping[str, str]) -> None:
    """Raise LauncherError when a server does not answer at its address; one on a socket file is not asked."""
    full = {**os.environ, **environment}
    for name, usual in _USUAL_PORTS.items():
        address = urlsplit(full[name])
        if not address.hostname:
            continue
        try:
            socket.create_connection((address.hostname, address.port or usual), timeout=_ANSWER_SECONDS).close()
        except OSError as error:
            raise LauncherError(
                f"{name} names a server at {address.hostname}:{address.port or usual}, and nothing answers there. "
                f"Start it, or unset {name}: the launcher brings a server of its own."
            ) from error


def manage(environment: Mapping[str, str], *words: str, as_owner: bool = False, show: bool = False) -> str:
    """Run a `manage.py` command and return what it printed; with `show` it prints to the terminal itself."""
    full = {**os.environ, **environment, **(_AS_OWNER if as_owner else {})}
    pipe = None if show else subprocess.PIPE
    done = subprocess.run([*MANAGE, *words], cwd=ROOT, env=full, stdout=pipe, stderr=pipe, text=True, check=False)
    if done.returncode != 0:
        lines = "\n".join(f"    {line}" for line in (done.stderr or "").splitlines()[-15:])
        raise LauncherError(f"`manage.py {' '.join(words)}` failed (exit code {done.returncode}).\n{lines}".rstrip())
    return done.stdout or ""


def collect_static(environment: Mapping[str, str]) -> None:
    """Collect the page assets, unless none has changed since the last time."""
    stamp = var() / "static.stamp"
    digest = _static_digest()
    if (var() / "static").exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    say("Collecting the page assets.")
    stamp.unlink(missing_ok=True)
    manage(environment, "collectstatic", "--noinput", "--verbosity", "0")
    stamp.write_text(digest, encoding="utf-8")


def _static_digest() -> str:
    """Return a digest over the name, size and time of everything that `collectstatic` reads from the checkout."""
    seen = hashlib.sha256()
    for path in _static_files():
        held = path.stat()
        seen.update(f"{path.relative_to(ROOT)}\0{held.st_size}\0{held.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def _static_files() -> Iterator[Path]:
    yield ROOT / "package-lock.json"
    yield ROOT / "leadtrac" / "settings.py"
    folders = [ROOT / "static", *sorted(ROOT.glob("*/static"))]
    for folder in folders:
        if not folder.is_relative_to(var()) and "node_modules" not in folder.parts:
            yield from sorted(path for path in folder.rglob("*") if path.is_file())
