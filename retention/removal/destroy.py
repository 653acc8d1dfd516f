"""Destroying, batch by batch: keys first, then packages, hashes and audit payloads, then the files; a tombstone stays.

The database does all but the files in one transaction (`retention_destroy`). A worker killed before the commit has done
nothing; one killed after it leaves files that no key opens, whose names stand in the items until they are removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from audit.acts import Act
from audit.log.destruction import record_destruction
from audit.services import record
from foundation.errors import Conflict
from retention.models import ArchivePackage, Disposition, DispositionItem
from retention.removal import files, ledger
from retention.removal.judging import claim_items, sort_out


def tables_not_rewritten(run: Disposition) -> list[str]:
    """The tables that held records of this run and were not rewritten since those were archived."""
    archive_runs = (
        ArchivePackage.objects.filter(lead_uuid__in=DispositionItem.objects.filter(disposition=run, outcome="pending").values("lead_uuid"))
        .values_list("disposition_id", flat=True)
        .distinct()
    )
    tables: set[str] = set()
    with connection.cursor() as cursor:
        for archive_run in archive_runs:
            cursor.execute("SELECT retention_not_rewritten(%s)", [archive_run])
            tables |= set(cursor.fetchone()[0])
    return sorted(tables)


def require_rewritten(run: Disposition) -> None:
    """Raise `Conflict` while a table that held these records has not been rewritten since their archiving."""
    tables = tables_not_rewritten(run)
    if tables:
        message = (
            f"{len(tables)} tables were not rewritten since these records were archived, so their files may still hold deleted rows. "
            "Run the maintenance (manage.py retention maintain) first."
        )
        raise Conflict(message)


def destroy_batch(run: Disposition, *, now: datetime, most: int) -> int:
    """Destroy the next records of a running destroy run, `most` at most; returns how many left the list, 0 when none waits.

    Call inside `acting_as` the retention service: one call, one transaction. The files follow in `remove_files`.
    """
    items = claim_items(run, most)
    if not items:
        return 0
    leads = [item.lead_uuid for item in items]
    packages = {
        package.lead_uuid: package
        for package in ArchivePackage.objects.select_for_update(of=("self",))
        .select_related("schedule")
        .filter(lead_uuid__in=leads)
        .order_by("pk")
    }
    going = [item.lead_uuid for item in sort_out(run, items, now=now)]
    if going:
        scopes = _scopes_going(going)
        figures = {"records": len(going)}
        record(Act.DESTROYED, object_kind="run", object_uuid=run.uuid, results=going, fields=["intent"], payload=figures)
        _destroy(run, going)
        ledger.append(run, [packages[lead] for lead in going], at=database_now(), scopes=scopes)
        record_destruction(object_kind="run", object_uuid=run.uuid, results=scopes, fields=["done"], payload=figures)
    return len(items)


def _scopes_going(leads: Sequence[UUID]) -> list[UUID]:
    """Whose keys and words go with these records; what another record about the same person needs is not among them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT retention_scopes_going(%s::uuid[])", [list(leads)])
        return sorted(cursor.fetchone()[0])


def _destroy(run: Disposition, leads: Sequence[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT retention_destroy(%s, %s::uuid[])", [run.pk, list(leads)])


def remove_files(run: Disposition) -> int:
    """Remove the files of what was destroyed and committed; returns how many went. Safe to run again."""
    waiting = DispositionItem.objects.select_for_update().filter(disposition=run).exclude(file_name="")  # each file goes by one worker
    items = list(waiting.order_by("position")[:5000])
    if not items:
        return 0
    files.remove_many([item.file_name for item in items])
    DispositionItem.objects.filter(pk__in=[item.pk for item in items]).update(file_name="", file_deleted_at=database_now())
    return len(items)


def database_now() -> datetime:
    """The database's clock: the order of destruction is told by one clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
