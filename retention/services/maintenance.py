"""Maintenance: rewriting whole tables, so that nothing of deleted rows is left in their files.

Plain VACUUM left half of the deleted values in the heap; VACUUM FULL left none (measured). It runs as the maintaining role,
which can do nothing else, and takes each table for itself while it is rewritten: a matter of a maintenance window.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from access.context import acting_as
from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict
from retention.models import ArchivePackage, TableRewrite

_LEFT = re.compile(r"(\d+) dead row versions cannot be removed yet")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """One rewrite: the database's own times, sizes in bytes, dead rows that an old transaction kept."""

    table: str
    started_at: datetime
    finished_at: datetime
    left_behind: int
    bytes_before: int
    bytes_after: int


def tables_waiting() -> list[str]:
    """The tables that held archived records and were not rewritten since; call as a records officer or service."""
    waiting: set[str] = set()
    with connection.cursor() as cursor:
        for run in ArchivePackage.objects.values_list("disposition_id", flat=True).distinct():
            cursor.execute("SELECT retention_not_rewritten(%s)", [run])
            waiting |= set(cursor.fetchone()[0])
    return sorted(waiting)


def maintain(*, actor: User, patience_seconds: float = 300) -> list[Rewritten]:
    """Rewrite every table that waits for it, one after the other; each is on record as soon as it is done.

    A transaction anywhere on the server that is older than the deletion makes PostgreSQL carry the dead rows along: such
    transactions are waited for, `patience_seconds` at most; what was carried along is counted, and the table waits on.
    Opens its own connection and must not run inside a transaction. Raises `Conflict` without a maintaining role.
    """
    if not settings.DATABASE_MAINTAIN_URL:
        message = "Set DATABASE_MAINTAIN_URL: tables are rewritten by the maintaining role."
        raise Conflict(message)
    with acting_as(actor):
        require(actor, Permission.MANAGE_DISPOSITION)
        waiting = tables_waiting()
    done: list[Rewritten] = []
    if not waiting:
        return done
    with _maintainer() as maintainer:
        _outwait_older_transactions(maintainer, patience_seconds)
        for table in waiting:
            rewritten = _rewrite(maintainer, table)
            with acting_as(actor):
                _note(actor, [rewritten])
            done.append(rewritten)
    return done


def _maintainer() -> psycopg.Connection[Any]:
    return psycopg.connect(settings.DATABASE_MAINTAIN_URL, dbname=connection.settings_dict["NAME"], autocommit=True)


def _outwait_older_transactions(maintainer: psycopg.Connection[Any], patience_seconds: float) -> bool:
    """Wait until every transaction that was under way has ended; False when some outlasted the patience."""
    give_up = time.monotonic() + patience_seconds
    row = maintainer.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()
    newest = row[0] if row else "0"
    while True:
        row = maintainer.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8", [newest]).fetchone()
        if row and row[0]:
            return True
        if time.monotonic() > give_up:
            return False
        maintainer.execute("SELECT pg_sleep(0.1)")


def _rewrite(maintainer: psycopg.Connection[Any], table: str) -> Rewritten:
    notices: list[str] = []

    def hear(notice: psycopg.errors.Diagnostic) -> None:
        notices.append(f"{notice.message_primary} {notice.message_detail or ''}")

    maintainer.add_notice_handler(hear)
    started, before = _look(maintainer, table)
    maintainer.execute(sql.SQL("VACUUM (FULL, VERBOSE, ANALYZE) {}").format(sql.Identifier("public", table)))
    finished, after = _look(maintainer, table)
    maintainer.remove_notice_handler(hear)
    left = sum(int(found.group(1)) for notice in notices for found in [_LEFT.search(notice)] if found)
    return Rewritten(table, started, finished, left, before, after)


def _look(maintainer: psycopg.Connection[Any], table: str) -> tuple[datetime, int]:
    row = maintainer.execute("SELECT clock_timestamp(), pg_total_relation_size(to_regclass(%s))", [f"public.{table}"]).fetchone()
    return cast("tuple[datetime, int]", row)


def _note(actor: User, rewrites: Iterable[Rewritten]) -> None:
    for each in rewrites:
        TableRewrite.objects.create(
            table=each.table,
            started_at=each.started_at,
            finished_at=each.finished_at,
            left_behind=each.left_behind,
            bytes_before=each.bytes_before,
            bytes_after=each.bytes_after,
            done_by=actor,
        )
        record(Act.DISPOSITION, object_kind="maintenance", fields=[each.table], payload={"left_behind": each.left_behind})
