"""Maintenance: rewriting whole tables, so that nothing of deleted rows is left in their files.

Plain VACUUM left half of the deleted values in the heap; VACUUM FULL left none (measured). It runs as the maintaining role,
which can do nothing else, and takes each table for itself while it is rewritten: a matter of a maintenance window.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from access.context import acting_as, through_service
from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict
from retention.models import TableRewrite
from retention.services.postgres_programs import owner_address

STATISTICS = "pg_statistic"  # the planner keeps single values of the rows that it has read
WAITING = """
SELECT DISTINCT unnest(retention_not_rewritten(d.id)) FROM retention_disposition d
WHERE d.kind = 'destroy' AND d.removed_at IS NOT NULL OR EXISTS (SELECT 1 FROM retention_archivepackage p WHERE p.disposition_id = d.id)
UNION
SELECT c.relname::text FROM pg_class c JOIN retention_forgettingnight n ON n.removed_at IS NOT NULL
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
  AND (c.relname ~ '^(leads|subjects|organizations)_' OR c.relname IN ('ingest_sourcerow', 'audit_datakey', 'audit_payload'))
  AND NOT EXISTS (SELECT 1 FROM retention_tablerewrite w WHERE w."table" = c.relname AND w.started_at > n.removed_at AND w.left_behind = 0)
ORDER BY 1
"""
# of the table's columns and of what its indexes compute from them
FORGET_VALUES = """
SELECT pg_clear_attribute_stats('public', c.relname::text, a.attname::text, false)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.oid = to_regclass(%(table)s)
   OR c.oid IN (SELECT i.indexrelid FROM pg_index i WHERE i.indrelid = to_regclass(%(table)s) AND i.indexprs IS NOT NULL)
"""
HELD_RECORDS = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
  AND (relname ~ '^(leads|subjects|organizations|retention_archive)' OR relname IN (
       'ingest_sourcerow', 'retention_retentionclock', 'audit_datakey', 'audit_payload')) ORDER BY 1
"""
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
    """The tables that held archived records, the keys of destroyed ones, or people who were forgotten, and were not rewritten since.

    Also what lay in a compartment, whoever asks: a table says nothing of its records. Call as a records officer or service.
    """
    with through_service(service_actor("retention")), connection.cursor() as cursor:
        cursor.execute(WAITING)
        return [table for (table,) in cursor.fetchall()]


def maintain(*, actor: User, patience_seconds: float = 300) -> list[Rewritten]:
    """Rewrite every table that waits for it, one after the other; each is on record as soon as it is done.

    After them, where DATABASE_OWNER_URL is set, the planner's statistics, which quote values of rows that are gone.

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
        statistics = TableRewrite.objects.filter(table=STATISTICS).order_by("-pk").first()
    if not waiting and (statistics is None or not statistics.left_behind):
        return []
    with _maintainer() as maintainer:
        _outwait_older_transactions(maintainer, patience_seconds)
        done = [_noted(actor, _rewrite(maintainer, "public", table)) for table in waiting]
    if settings.DATABASE_OWNER_URL:  # whoever owns a database may rewrite its catalog, the maintaining role may not
        with psycopg.connect(owner_address(), autocommit=True) as owner:
            _outwait_older_transactions(owner, patience_seconds)  # the rewrites have just put old statistics aside
            done.append(_noted(actor, _rewrite(owner, "pg_catalog", STATISTICS)))
    return done


def rewrite_before_serving(*, patience_seconds: float = 300) -> None:
    """Rewrite, as the owner, every table that can have held a record or its keys: in a restored database that nobody uses yet.

    Its rows were destroyed again by plain deletion, and no run of it says in which files they lay. The server's own workers may
    be reading a table and make PostgreSQL carry dead rows along: such a table is rewritten again. Raises `Conflict` when that
    has not helped within `patience_seconds`; the database is not ready then, and the replay is run again.
    """
    give_up = time.monotonic() + patience_seconds
    with psycopg.connect(owner_address(), autocommit=True) as owner:
        waiting = [("public", table) for (table,) in owner.execute(HELD_RECORDS).fetchall()] + [("pg_catalog", STATISTICS)]
        while waiting:
            if time.monotonic() > give_up:
                message = f"Another transaction keeps dead rows of {', '.join(table for _, table in waiting)}. End it and replay again."
                raise Conflict(message)
            _outwait_older_transactions(owner, patience_seconds)
            waiting = [(schema, table) for schema, table in waiting if _rewrite(owner, schema, table).left_behind]


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


def _rewrite(maintainer: psycopg.Connection[Any], schema: str, table: str) -> Rewritten:
    notices: list[str] = []

    def hear(notice: psycopg.errors.Diagnostic) -> None:
        notices.append(f"{notice.message_primary} {notice.message_detail or ''}")

    maintainer.add_notice_handler(hear)
    address = sql.Identifier(schema, table)
    started, before = _look(maintainer, address)
    options = sql.SQL("FULL, VERBOSE")
    if table != STATISTICS:
        options = sql.SQL("FULL, VERBOSE, ANALYZE")
        maintainer.execute(FORGET_VALUES, {"table": address.as_string()})  # ANALYZE leaves those of an empty table
    maintainer.execute(sql.SQL("VACUUM ({}) {}").format(options, address))
    finished, after = _look(maintainer, address)
    maintainer.remove_notice_handler(hear)
    left = sum(int(found.group(1)) for notice in notices for found in [_LEFT.search(notice)] if found)
    return Rewritten(table, started, finished, left, before, after)


def _look(maintainer: psycopg.Connection[Any], address: sql.Identifier) -> tuple[datetime, int]:
    row = maintainer.execute("SELECT clock_timestamp(), pg_total_relation_size(to_regclass(%s))", [address.as_string()]).fetchone()
    return cast("tuple[datetime, int]", row)


def _noted(actor: User, each: Rewritten) -> Rewritten:
    """Put the rewrite on record."""
    with acting_as(actor):
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
    return each
