"""Destroying again, in a restored database, what was destroyed after its backup was made: by the ledger, as the owner.

Keys first. Holds do not stop it, because these records were destroyed already: neither one on them nor one that was still finding
its records when the backup was made. Tombstones are set again, so that whoever
could see a record is told where it went, and the database knows every destruction that the ledger names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings

from foundation.calendar import add_years
from retention.removal import files, ledger
from retention.removal.archive import LAST, ORGANIZATIONS, SUPPRESS
from retention.removal.attached import remove_loose
from retention.removal.ledger import Destroyed
from retention.services.maintenance import rewrite_before_serving
from retention.services.postgres_programs import owner_address
from subjects.services.legacy import SOURCE, legacy_key

HERE = """
SELECT (SELECT count(*) FROM leads_lead WHERE uuid = ANY (%(leads)s))
     + (SELECT count(*) FROM retention_archivepackage WHERE lead_uuid = ANY (%(leads)s))
"""
LEGACY = "SELECT legacy_number FROM leads_lead WHERE uuid = ANY (%s) AND legacy_number <> ''"
LOOSE = "SELECT a.stored_as FROM leads_attachment a JOIN leads_lead l ON l.id = a.lead_id WHERE l.uuid = ANY (%s)"
KEYS = ("DELETE FROM audit_datakey WHERE scope = ANY (%s)", "DELETE FROM audit_payload WHERE scope = ANY (%s)")
PACKAGES = (
    "DELETE FROM retention_archivefile f USING retention_archivepackage p WHERE p.id = f.package_id AND p.lead_uuid = ANY (%s)",
    "DELETE FROM retention_archiveidentifier i USING retention_archivepackage p WHERE p.id = i.package_id AND p.lead_uuid = ANY (%s)",
    "DELETE FROM retention_archivepackage WHERE lead_uuid = ANY (%s)",
)
# of the class under which the record stands here; else of the ledger's, else of the records officers' alone
STONES = """
INSERT INTO retention_tombstone
    (lead_uuid, lead_number, class_id, disposition_id, authority, schedule_title, record_created_on, destroyed_at)
SELECT e.lead, e.number, coalesce(
           (SELECT l.class_id FROM leads_lead l WHERE l.uuid = e.lead),
           (SELECT p.lead_class_id FROM retention_archivepackage p WHERE p.lead_uuid = e.lead),
           (SELECT c.id FROM access_accessclass c WHERE c.id = e.class_id),
           (SELECT min(h.class_id) FROM retention_retentionclock h)),
       (SELECT d.id FROM retention_disposition d WHERE d.uuid = e.run), e.authority, e.schedule, e.created_on, e.destroyed_at
FROM unnest(%(lead)s::uuid[], %(number)s::text[], %(class)s::bigint[], %(run)s::uuid[], %(authority)s::text[], %(schedule)s::text[],
            %(created)s::date[], %(destroyed)s::timestamptz[])
     AS e (lead, number, class_id, run, authority, schedule, created_on, destroyed_at)
ON CONFLICT DO NOTHING
"""
ITEMS = """
UPDATE retention_dispositionitem i SET outcome = 'destroyed', detail = 'Destroyed again after a backup was restored.', decided_at = e.at,
    key_destroyed_at = e.at, rows_deleted_at = e.at, file_name = '', file_deleted_at = e.at
FROM retention_disposition d, unnest(%(run)s::uuid[], %(lead)s::uuid[], %(destroyed)s::timestamptz[]) AS e (run, lead, at)
WHERE i.disposition_id = d.id AND d.uuid = e.run AND i.lead_uuid = e.lead AND i.outcome = 'pending'
"""
# while a hold is finding its records the database lets nobody remove any; unseen by others, and it goes on finding afterwards
FIND_LATER = "UPDATE retention_hold SET gathered_at = now() WHERE gathered_at IS NULL RETURNING id"
FIND_ON = "UPDATE retention_hold SET gathered_at = NULL WHERE id = ANY (%s)"
MARK = """
INSERT INTO retention_databasemark (id, database) VALUES (1, retention_this_database())
ON CONFLICT (id) DO UPDATE SET database = EXCLUDED.database, ready_at = now()
"""
NOT_READY = "INSERT INTO retention_databasemark (id, database) VALUES (1, '') ON CONFLICT (id) DO UPDATE SET database = ''"


def still_here() -> int:
    """How many records that the ledger says are destroyed stand in the database of the owner's address."""
    leads = [entry.lead for entry in ledger.entries()]
    with psycopg.connect(owner_address()) as owner:
        return _count(owner, leads)


def was_put_back() -> bool:
    """Whether the database is not the one that served last: another one, or an older state that does not know what the ledger names.

    From here it is not ready until `mark_ready`, wherever the process is killed.
    """
    leads = [entry.lead for entry in ledger.entries()]
    with psycopg.connect(owner_address()) as owner:
        row = owner.execute("SELECT NOT retention_is_ready() OR retention_not_answered(%s::uuid[]) > 0", [leads]).fetchone()
        if put_back := row == (True,):
            owner.execute(NOT_READY)
    return put_back


def mark_ready() -> None:
    """Say that the database may serve."""
    with psycopg.connect(owner_address()) as owner:
        owner.execute(MARK)


def forget_again(*, now: datetime) -> int:
    """Remove what the ledger names and set its tombstones in one transaction, rewrite the files that it lay in.

    Returns how many were here. Killed anywhere, this is done again: the database is not marked as ready yet.
    """
    entries = list(ledger.entries())
    leads = [entry.lead for entry in entries]
    with psycopg.connect(owner_address()) as owner:
        here = _count(owner, leads)
        loose = [name for (name,) in owner.execute(LOOSE, [leads]).fetchall()]
        if entries:
            _forget(owner, entries, leads, now=now)
    if entries:
        rewrite_before_serving()
    for entry in entries:
        files.remove(entry.file)
    remove_loose(loose)
    return here


def _forget(owner: psycopg.Connection[Any], entries: Sequence[Destroyed], leads: list[UUID], *, now: datetime) -> None:
    scopes = [scope for entry in entries for scope in entry.scopes]
    finding = [hold for (hold,) in owner.execute(FIND_LATER).fetchall()]
    owner.execute("DELETE FROM retention_holdlead WHERE lead_uuid = ANY (%s)", [leads])
    for statement in KEYS:
        owner.execute(statement, [scopes])
    columns = _columns(entries)
    owner.execute(STONES, columns)
    ids, subjects, organizations = _what_goes(owner, leads)
    until, legacy = _until(entries, now), owner.execute(LEGACY, [leads]).fetchall()
    owner.execute(SUPPRESS, [SOURCE, until, [legacy_key(number) for (number,) in legacy]])
    owner.execute("SELECT retention_erase_leads(%s::bigint[], %s::bigint[], %s::bigint[], %s)", [ids, subjects, organizations, until])
    for statement in PACKAGES:
        owner.execute(statement, [leads])
    owner.execute(ITEMS, columns)
    owner.execute(FIND_ON, [finding])


def _columns(entries: Sequence[Destroyed]) -> dict[str, list[Any]]:
    return {
        "lead": [entry.lead for entry in entries],
        "number": [entry.number for entry in entries],
        "class": [entry.class_id for entry in entries],
        "run": [entry.run for entry in entries],
        "authority": [entry.authority for entry in entries],
        "schedule": [entry.schedule for entry in entries],
        "created": [entry.created_on for entry in entries],
        "destroyed": [entry.destroyed_at for entry in entries],
    }


def _what_goes(owner: psycopg.Connection[Any], leads: list[UUID]) -> tuple[list[int], list[int], list[int]]:
    """The leads' ids; subjects of which they are the last, with those merged into them; organizations that nobody else names."""
    rows = owner.execute("SELECT id, subject_id FROM leads_lead WHERE uuid = ANY (%s)", [leads]).fetchall()
    ids, roots = [row[0] for row in rows], sorted({row[1] for row in rows if row[1]})
    alone = owner.execute(LAST, {"subjects": roots, "leads": ids}).fetchall()
    subjects = sorted({subject for _, merged in alone for subject in merged})
    organizations = [row[0] for row in owner.execute(ORGANIZATIONS, {"leads": ids, "subjects": subjects}).fetchall()]
    return ids, subjects, organizations


def _until(entries: Sequence[Destroyed], now: datetime) -> date:
    """How long the rows of these records make nothing: as after the destruction itself."""
    return add_years(max([now.date(), *(entry.destroyed_at.date() for entry in entries)]), settings.SUPPRESSION_YEARS)


def _count(owner: psycopg.Connection[Any], leads: list[UUID]) -> int:
    row = owner.execute(HERE, {"leads": leads}).fetchone()
    return int(row[0]) if row else 0
