"""Backups, and what must happen before a restored one serves: the ledger of destruction is replayed.

A backup is a dump of the database and a copy of the (encrypted) archive files. It is kept `BACKUP_HORIZON_DAYS` days at
most: `backup` removes older ones. The key-encryption key is never in it.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from foundation.errors import Conflict
from retention.removal import files, ledger
from retention.services.postgres_programs import owner_address, pipe, run

DUMP = "database.dump"
ARCHIVE = "archive"

# what a record leaves in a database that was backed up before it was destroyed
REPLAY = """
WITH gone AS (SELECT unnest(%(leads)s::uuid[]) AS uuid)
SELECT coalesce(array_agg(l.id), '{}'),
       coalesce(array_agg(l.subject_id) FILTER (WHERE l.subject_id IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM leads_lead o WHERE o.subject_id = l.subject_id AND o.uuid NOT IN (SELECT uuid FROM gone))), '{}'),
       coalesce(array_agg(l.organization_id) FILTER (WHERE l.organization_id IS NOT NULL), '{}')
FROM leads_lead l JOIN gone ON gone.uuid = l.uuid
"""

# tables under forced row-level security without a policy that gives their owner every row
BLIND = """
SELECT c.relname FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relforcerowsecurity AND c.relrowsecurity
  AND NOT EXISTS (SELECT 1 FROM pg_policies p WHERE p.tablename = c.relname AND p.qual = 'true'
                  AND p.cmd IN ('ALL', 'SELECT') AND p.roles && ARRAY[o.rolname, 'public'])
ORDER BY 1
"""
HERE = """
SELECT (SELECT count(*) FROM leads_lead WHERE uuid = ANY (%(leads)s))
     + (SELECT count(*) FROM retention_archivepackage WHERE lead_uuid = ANY (%(leads)s))
"""
PACKAGES = (
    "DELETE FROM retention_archivefile f USING retention_archivepackage p WHERE p.id = f.package_id AND p.lead_uuid = ANY (%s)",
    "DELETE FROM retention_archiveidentifier i USING retention_archivepackage p WHERE p.id = i.package_id AND p.lead_uuid = ANY (%s)",
    "DELETE FROM retention_archivepackage WHERE lead_uuid = ANY (%s)",
)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made: its folder, its size, how many older ones went."""

    folder: Path
    size_bytes: int
    removed: int


def backup(target: Path, *, now: datetime) -> Backup:
    """Dump the database and copy the archive files to a new folder under `target`; older than the horizon goes."""
    folder = target / f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    folder.mkdir(parents=True, mode=0o700)
    _require_whole_sight()
    run("pg_dump", "--format=custom", "--enable-row-security", f"--file={folder / DUMP}")
    if Path(settings.ARCHIVE_DIR).is_dir():
        shutil.copytree(settings.ARCHIVE_DIR, folder / ARCHIVE)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Backup(folder, size, _remove_old(target, now))


def _require_whole_sight() -> None:
    """The owner is bound by row-level security too; a table without a policy that shows it all rows would be dumped empty."""
    with psycopg.connect(owner_address()) as owner:
        rows = owner.execute(BLIND).fetchall()
    if rows:
        message = f"The owner does not see all rows of {', '.join(name for (name,) in rows)}: a backup would lack them."
        raise Conflict(message)


def _remove_old(target: Path, now: datetime) -> int:
    oldest = now.astimezone(UTC) - timedelta(days=settings.BACKUP_HORIZON_DAYS)
    old = [folder for folder in target.iterdir() if (made := _made_at(folder)) is not None and made < oldest]
    for folder in old:
        shutil.rmtree(folder)
    return len(old)


def _made_at(folder: Path) -> datetime | None:
    try:
        return datetime.strptime(folder.name, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def restore(folder: Path) -> int:
    """Put a backup into the connected, empty database, bring back archive files, replay the ledger.

    Returns how many destroyed records were still in the backup. Only then may the application be started.
    """
    if not (folder / DUMP).is_file():
        message = f"{folder.name} is not a backup: it has no {DUMP}."
        raise Conflict(message)
    with psycopg.connect(owner_address()) as owner:
        row = owner.execute("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace").fetchone()
    if row and row[0]:
        message = "The database is not empty. Restore into a new one, then let the application use it."
        raise Conflict(message)
    # in one session that has pg_trgm loaded: one of our functions sets a parameter of it
    pipe(
        ["pg_restore", "--no-comments", "--file=-", str(folder / DUMP)],
        ["psql", "--quiet", "--set=ON_ERROR_STOP=1", "--command=SELECT similarity('a', 'b')", "--file=-"],
    )
    kept = folder / ARCHIVE
    if kept.is_dir():
        shutil.copytree(kept, settings.ARCHIVE_DIR, dirs_exist_ok=True)
    connection.close()
    return replay()


def replay(*, dry_run: bool = False) -> int:
    """Destroy again, as the owner, whatever the ledger of destruction says is gone; returns how many records were here.

    Keys first. Needs the owner's address; holds do not stop it, because these records were destroyed already.
    """
    entries = list(ledger.entries())
    if not entries:
        return 0
    leads = [entry.lead for entry in entries]
    scopes = [scope for entry in entries for scope in entry.scopes]
    with psycopg.connect(owner_address()) as owner:
        here = _count(owner, leads)
        if dry_run or not here:
            return here
        owner.execute("DELETE FROM retention_holdlead WHERE lead_uuid = ANY (%s)", [leads])
        owner.execute("DELETE FROM audit_datakey WHERE scope = ANY (%s)", [scopes])
        owner.execute("DELETE FROM audit_payload WHERE scope = ANY (%s)", [scopes])
        row = owner.execute(REPLAY, {"leads": leads}).fetchone()
        ids, subjects, organizations = row or ([], [], [])
        owner.execute(
            "SELECT retention_erase_leads(%s::bigint[], %s::bigint[], %s::bigint[], current_date)", [ids, subjects, organizations]
        )
        for statement in PACKAGES:
            owner.execute(statement, [leads])
    for entry in entries:
        files.remove(entry.file)
    return here


def _count(owner: psycopg.Connection[Any], leads: list[Any]) -> int:
    row = owner.execute(HERE, {"leads": leads}).fetchone()
    return int(row[0]) if row else 0
