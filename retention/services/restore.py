"""Backups, and what must happen before a restored one serves: the ledger of destruction is replayed.

A backup is a dump of the database and a copy of the (encrypted) files of the archive and of attachments. It is kept
`BACKUP_HORIZON_DAYS` days at most: `backup` removes older ones. The key-encryption key is never in it, nor the ledger; how far
the ledger had come is, so that a lost or shortened one is noticed before it is replayed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from access.context import acting_as
from access.selectors import service_actor
from audit.log.destruction import record_destruction
from foundation.errors import Conflict
from leads.papers.folder import FOLDER
from retention.hold_query import HoldQuery
from retention.models import Hold
from retention.removal import files, ledger
from retention.services.forget_again import forget_again, mark_ready, still_here, was_put_back
from retention.services.holds import place_hold
from retention.services.postgres_programs import owner_address, pipe, run

DUMP = "database.dump"
ARCHIVE = "archive"
ATTACHMENTS = "attachments"
LEDGER = "ledger.json"
STAMP = "%Y%m%dT%H%M%SZ"
HALF_MADE = ".part"
IDS_AN_EVENT = 5000
RESTORED = "LeadTrac, because a backup was put back"
MAY_BE_MISSING = (
    "This database is older than the moment at which it was put back. Holds, extensions and schedules that were entered since the backup "
    "was made are not in it, nor is what people did to records since. Enter again what stands, then release this hold: until then nothing "
    "is archived or destroyed, and whatever runs listed needs a new review."
)

# tables under forced row-level security without a policy that gives their owner every row
BLIND = """
SELECT c.relname FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relforcerowsecurity AND c.relrowsecurity
  AND NOT EXISTS (SELECT 1 FROM pg_policies p WHERE p.tablename = c.relname AND p.qual = 'true'
                  AND p.cmd IN ('ALL', 'SELECT') AND p.roles && ARRAY[o.rolname, 'public'])
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made: its folder, its size, how many older ones went."""

    folder: Path
    size_bytes: int
    removed: int


def backup(target: Path, *, now: datetime) -> Backup:
    """Dump the database and copy the encrypted files to a new folder under `target`; older than the horizon goes.

    The folder gets its name when it is whole: killed anywhere, no half of a backup looks like one.
    """
    folder = target / f"{now.astimezone(UTC):{STAMP}}"
    half_made = folder.with_suffix(HALF_MADE)
    half_made.mkdir(parents=True, mode=0o700)
    _require_whole_sight()
    (half_made / LEDGER).write_text(json.dumps(asdict(ledger.begin(at=now))))
    FOLDER.copy_to(half_made / ATTACHMENTS)  # before and after the dump: a file that comes or goes meanwhile is in one of the two
    run("pg_dump", "--format=custom", "--enable-row-security", f"--file={half_made / DUMP}")
    files.FOLDER.copy_to(half_made / ARCHIVE)
    FOLDER.copy_to(half_made / ATTACHMENTS)
    size = sum(path.stat().st_size for path in half_made.rglob("*") if path.is_file())
    half_made.rename(folder)
    return Backup(folder, size, _remove_old(target, now))


def _require_whole_sight() -> None:
    """The owner is bound by row-level security too; a table without a policy that shows it all rows would be dumped empty."""
    with psycopg.connect(owner_address()) as owner:
        rows = owner.execute(BLIND).fetchall()
    if rows:
        message = f"The owner does not see all rows of {', '.join(name for (name,) in rows)}: a backup would lack them."
        raise Conflict(message)


def _remove_old(target: Path, now: datetime) -> int:
    """Take away what is past the horizon, and what a killed backup left a day ago or earlier; returns how many backups went."""
    days = {"": timedelta(days=settings.BACKUP_HORIZON_DAYS), HALF_MADE: timedelta(days=1)}
    old = [folder for folder in target.iterdir() if (made := _made_at(folder)) and made < now.astimezone(UTC) - days[folder.suffix]]
    for folder in old:
        shutil.rmtree(folder)
    return sum(1 for folder in old if not folder.suffix)


def _made_at(folder: Path) -> datetime | None:
    try:
        return datetime.strptime(folder.name.removesuffix(HALF_MADE), STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def restore(folder: Path, *, now: datetime, without_ledger: str = "") -> int:
    """Put a backup into the connected, empty database, bring back the files, replay the ledger, mark the database ready.

    Returns how many destroyed records were still in the backup. Until it has returned, web and workers refuse to start on it.
    Refuses (`Conflict`) without a ledger that holds all that this backup and the newer ones beside it know, unless
    `without_ledger` gives the reason.
    """
    if folder.suffix == HALF_MADE or not all((folder / name).is_file() for name in (DUMP, LEDGER)):
        message = f"{folder.name} is not a whole backup: it was broken off, or has no {DUMP} or {LEDGER}."
        raise Conflict(message)
    known = [ledger.State(**json.loads(path.read_text())) for path in folder.parent.glob(f"*/{LEDGER}") if path.parent.name >= folder.name]
    if not without_ledger:
        ledger.require_whole(known)
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
    for name, where in ((ARCHIVE, settings.ARCHIVE_DIR), (ATTACHMENTS, settings.ATTACHMENT_DIR)):
        if (folder / name).is_dir():
            shutil.copytree(folder / name, where, dirs_exist_ok=True)
    connection.close()
    return replay(now=now, known=known, without_ledger=without_ledger)


def replay(*, now: datetime, known: Iterable[ledger.State] = (), without_ledger: str = "") -> int:
    """Destroy again whatever the ledger of destruction says is gone, then mark the database as ready to serve.

    What people put under a hold since the backup was made is not in it, and no ledger knows it: so a hold on every record is
    placed, which somebody releases who has entered it again. In a database that was not put back nothing happens: there a line of
    the ledger whose record is here belongs to a run that is still at it. Returns how many records were here.

    The restored log names each scope before its words go, as a run does: its verifier takes words for lawfully gone only then.
    Killed in between, the database is not ready and this is done again. Refuses (`Conflict`) a ledger that is missing, damaged or
    lacks what `known` says; with the reason `without_ledger`, which goes on record, whatever can still be read is replayed and a new
    ledger begins with it.
    """
    if without_ledger:
        ledger.begin_anew(at=now)
    else:
        ledger.require_whole(known)
    gone = [identity for entry in ledger.entries() for identity in (entry.lead, *entry.scopes)]
    figures = {"records": still_here()} | ({"without_ledger": without_ledger} if without_ledger else {})
    with acting_as(service_actor("retention")):
        for start in range(0, max(len(gone), 1), IDS_AN_EVENT):  # on record also where nothing was destroyed yet
            results = dict.fromkeys(gone[start : start + IDS_AN_EVENT])
            record_destruction(object_kind="restored backup", results=results, fields=["replayed"], payload=figures, occurred_at=now)
    here = 0
    if was_put_back():
        here = forget_again(now=now)
        _keep_everything(now)
    mark_ready()
    return here


def keeps_everything() -> bool:
    """Whether the hold stands that a restore placed on every record."""
    with acting_as(service_actor("retention")):
        return Hold.objects.filter(issuer=RESTORED, released_at=None).exists()


def _keep_everything(now: datetime) -> None:
    """After the replay, so that no record that was destroyed already counts as held; once, wherever a replay was killed."""
    if keeps_everything():
        return
    service = service_actor("retention")
    with acting_as(service):
        place_hold(
            actor=service,
            kind=Hold.Kind.AUDIT,
            issuer=RESTORED,
            authority=f"Restore of {now.astimezone(UTC):%-d %b %Y, %H:%M} UTC",
            reason=MAY_BE_MISSING,
            now=now,
            query=HoldQuery(),
        )
