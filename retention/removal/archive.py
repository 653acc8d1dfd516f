"""Archiving, batch by batch: seal each lead's package, check it, and only then take its rows out of the live tables.

One batch is one transaction. A worker killed anywhere in it leaves the rows where they were; files that it wrote are
unreadable (their keys were never committed), are written again under the same names by the next worker, or swept away.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from audit.acts import Act
from audit.keys import data_keys
from audit.services import record
from foundation.calendar import add_years
from foundation.crypto import DecryptionError, seal, unseal
from leads.models import Lead
from organizations.models import Organization
from retention.models import ArchiveIdentifier, ArchivePackage, Disposition, DispositionItem, RetentionClock
from retention.removal import bag, files
from retention.removal.attached import remove_loose, within_memory
from retention.removal.codes import code_index
from retention.removal.contents import Going, collect, payload_of
from retention.removal.judging import claim_items, fail, sort_out
from subjects.models import Subject
from subjects.services.legacy import SOURCE, legacy_key

KEY_PURPOSE = "archive package"
STRAY_AFTER = timedelta(hours=24)

LEADS = """
SELECT id, uuid, number, class_id, subject_id, organization_id FROM leads_lead WHERE uuid = ANY (%s) ORDER BY id FOR UPDATE
"""
# a subject goes with its last lead, and with it those merged into it who have no lead of their own
LAST = """
WITH RECURSIVE alone AS (
    SELECT s.id AS root, s.id FROM subjects_subject s
    WHERE s.id = ANY (%(subjects)s) AND NOT EXISTS (SELECT 1 FROM leads_lead l WHERE l.subject_id = s.id AND l.id <> ALL (%(leads)s))
    UNION
    SELECT a.root, r.from_subject_id FROM alone a JOIN subjects_subjectredirect r ON r.to_subject_id = a.id AND r.closed_at IS NULL
    WHERE NOT EXISTS (SELECT 1 FROM leads_lead l WHERE l.subject_id = r.from_subject_id))
SELECT root, array_agg(id) FROM alone GROUP BY root
"""
# whose facts a package holds when other leads keep the subject
FAMILY = """
WITH RECURSIVE family AS (
    SELECT id AS root, id FROM unnest(%s::bigint[]) AS id
    UNION
    SELECT f.root, r.from_subject_id FROM family f JOIN subjects_subjectredirect r ON r.to_subject_id = f.id AND r.closed_at IS NULL
    WHERE NOT EXISTS (SELECT 1 FROM leads_lead l WHERE l.subject_id = r.from_subject_id))
SELECT root, array_agg(id) FROM family GROUP BY root
"""
# organizations named by what goes, and by nothing that stays
ORGANIZATIONS = """
SELECT DISTINCT named.organization_id FROM (
    SELECT organization_id FROM leads_lead WHERE id = ANY (%(leads)s)
    UNION ALL SELECT organization_id FROM subjects_statusfact WHERE subject_id = ANY (%(subjects)s)
    UNION ALL SELECT organization_id FROM subjects_employmentfact WHERE subject_id = ANY (%(subjects)s)
    UNION ALL SELECT organization_id FROM subjects_associate WHERE subject_id = ANY (%(subjects)s)) named
WHERE named.organization_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM leads_lead o WHERE o.organization_id = named.organization_id AND o.id <> ALL (%(leads)s))
  AND NOT EXISTS (SELECT 1 FROM subjects_statusfact o
                  WHERE o.organization_id = named.organization_id AND o.subject_id <> ALL (%(subjects)s))
  AND NOT EXISTS (SELECT 1 FROM subjects_employmentfact o
                  WHERE o.organization_id = named.organization_id AND o.subject_id <> ALL (%(subjects)s))
  AND NOT EXISTS (SELECT 1 FROM subjects_associate o
                  WHERE o.organization_id = named.organization_id AND o.subject_id <> ALL (%(subjects)s))
"""
# taken in one order: of two batches that hold the last people who name an organization, the second sees that it is the last
NAMED = """
SELECT o.id FROM organizations_organization o WHERE o.id IN (
    SELECT organization_id FROM leads_lead WHERE id = ANY (%(leads)s)
    UNION ALL SELECT organization_id FROM subjects_statusfact WHERE subject_id = ANY (%(subjects)s)
    UNION ALL SELECT organization_id FROM subjects_employmentfact WHERE subject_id = ANY (%(subjects)s)
    UNION ALL SELECT organization_id FROM subjects_associate WHERE subject_id = ANY (%(subjects)s))
ORDER BY o.id FOR NO KEY UPDATE
"""
# one statement for the rows of a batch: object by object they cost more than sealing the packages does
PACKAGES = """
WITH given AS (
    SELECT * FROM jsonb_to_recordset(%(packages)s) AS g (uuid uuid, lead_uuid uuid, lead_number text, lead_class_id bigint,
        record_created_on date, conditions text[], schedule_id bigint, destroy_on date, shred uuid[], with_subject boolean,
        content_sha256 text, file_sha256 text, size_bytes bigint)),
made AS (
    INSERT INTO retention_archivepackage (uuid, lead_uuid, lead_number, lead_class_id, record_created_on, conditions, schedule_id,
        destroy_on, disposition_id, shred, with_subject, content_sha256, sealed_at, fixity_checked_at)
    SELECT uuid, lead_uuid, lead_number, lead_class_id, record_created_on, conditions, schedule_id, destroy_on, %(run)s, shred,
        with_subject, content_sha256, %(now)s, %(now)s
    FROM given RETURNING id, uuid)
INSERT INTO retention_archivefile (package_id, name, sha256, size_bytes)
SELECT made.id, replace(given.uuid::text, '-', ''), given.file_sha256, given.size_bytes FROM made JOIN given ON given.uuid = made.uuid
"""
IDENTIFIERS = """
INSERT INTO retention_archiveidentifier (package_id, blind_index)
SELECT DISTINCT p.id, f.blind_index
FROM unnest(%s::uuid[], %s::bigint[]) AS g (package, subject)
JOIN retention_archivepackage p ON p.uuid = g.package JOIN subjects_identifierfact f ON f.subject_id = g.subject
"""
# a lead of the legacy system has no source row: its number, as a keyed hash, is what would bring it again
SUPPRESS = """
INSERT INTO retention_suppression (source, content_key, expires_on) SELECT %s, key, %s FROM unnest(%s::bigint[]) key ORDER BY key
ON CONFLICT (source, content_key) DO UPDATE SET expires_on = greatest(EXCLUDED.expires_on, retention_suppression.expires_on)
"""


def archive_batch(run: Disposition, *, now: datetime, most: int) -> int:
    """Archive the next records of a running archive run, `most` at most; returns how many left the list, 0 when none waits.

    Call inside `acting_as` the retention service: one call, one transaction.
    """
    items = within_memory(claim_items(run, most))
    if not items:
        return 0
    leads = _lock_leads(items)
    going = {item.lead_uuid for item in sort_out(run, items, now=now)}
    leads, organizations = _seal(run, [lead for lead in leads if lead.uuid in going], now=now)
    if leads:
        _remove(run, leads, organizations)
        loose = [name for lead in leads for name in lead.loose_files]
        transaction.on_commit(lambda: remove_loose(loose))
        record(
            Act.ARCHIVED,
            object_kind="run",
            object_uuid=run.uuid,
            results=[lead.uuid for lead in leads],
            payload={"records": len(leads)},
        )
    return len(items)


def _lock_leads(items: Sequence[DispositionItem]) -> list[Going]:
    """Lock the subjects, then their leads, each in the order of their ids: a judgement of these people takes them so."""
    by_lead = {item.lead_uuid: item.uuid for item in items}
    _lock_subjects(Lead.objects.filter(uuid__in=by_lead, subject__isnull=False).values_list("subject_id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(LEADS, [list(by_lead)])
        leads = [
            Going(lead_id, lead, number, class_id, subject, organization, by_lead[lead])
            for lead_id, lead, number, class_id, subject, organization in cursor.fetchall()
        ]
    _lock_subjects(lead.subject_id for lead in leads)  # a merge may have given one another subject meanwhile
    return leads


def _lock_subjects(subjects: Iterable[int | None]) -> None:
    wanted = sorted({subject for subject in subjects if subject is not None})
    list(Subject.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True))


def _who_is_last(leads: Sequence[Going]) -> None:
    """Give the subject to the youngest lead of the batch, when no other lead of it stays."""
    subjects = sorted({lead.subject_id for lead in leads if lead.subject_id})
    with connection.cursor() as cursor:
        cursor.execute(LAST, {"subjects": subjects, "leads": [lead.id for lead in leads]})
        alone: dict[int, list[int]] = dict(cursor.fetchall())
        cursor.execute(FAMILY, [subjects])
        families: dict[int, list[int]] = dict(cursor.fetchall())
    for lead in leads:
        lead.last, lead.subjects = False, tuple(families[lead.subject_id]) if lead.subject_id else ()
    youngest = {lead.subject_id: lead for lead in sorted(leads, key=lambda each: each.id) if lead.subject_id in alone}
    for subject, lead in youngest.items():
        if subject is not None:
            lead.last, lead.subjects = True, tuple(alone[subject])


def _organizations(leads: Sequence[Going]) -> list[int]:
    """The organizations that go with these leads."""
    gone = [subject for lead in leads if lead.last for subject in lead.subjects]
    beside = {"leads": [lead.id for lead in leads], "subjects": gone}
    with connection.cursor() as cursor:
        cursor.execute(NAMED, beside)
        cursor.execute(ORGANIZATIONS, beside)
        return [row[0] for row in cursor.fetchall()]


def _seal(run: Disposition, leads: list[Going], *, now: datetime) -> tuple[list[Going], list[int]]:
    """Write and check the packages; a lead whose words cannot be opened leaves the run, the others go on without it.

    Returns the leads whose packages are made, and the organizations that go with them.
    """
    if not leads:
        return [], []
    _who_is_last(leads)
    organizations = _organizations(leads)
    try:
        collect(leads, organizations)
    except (DecryptionError, LookupError, UnicodeDecodeError):
        leads, organizations = _without_the_broken(run, leads, now=now)
    keys = data_keys([lead.item_uuid for lead in leads], purpose=KEY_PURPOSE)
    clocks = RetentionClock.objects.select_related("schedule").in_bulk([lead.id for lead in leads])
    packages, sealed = [], {}
    for lead in leads:
        lead.destroy_on = clocks[lead.id].destroy_on
        packed = bag.pack(payload_of(lead), _label(lead, clocks[lead.id]), folder=str(lead.item_uuid))
        sealed[lead.item_uuid.hex] = seal(keys[lead.item_uuid], packed, lead.item_uuid.bytes)
        packages.append(_package(lead, clocks[lead.id], packed, sealed[lead.item_uuid.hex]))
    files.write_many(sealed)
    for lead, package in zip(leads, packages, strict=True):
        _check(lead.item_uuid, package["content_sha256"], keys[lead.item_uuid])
    with connection.cursor() as cursor:
        cursor.execute(PACKAGES, {"packages": json.dumps(packages), "run": run.pk, "now": now})
    _index(leads)
    return leads, organizations


def _without_the_broken(run: Disposition, leads: list[Going], *, now: datetime) -> tuple[list[Going], list[int]]:
    """Read the leads one by one, so that one that cannot be read does not keep the others."""
    whole, broken = [], []
    for lead in leads:
        lead.rows, lead.files = defaultdict(list), {}
        try:
            collect([lead], [])
        except (DecryptionError, LookupError, UnicodeDecodeError):
            broken.append(lead)
        else:
            whole.append(lead)
    fail(run, [lead.uuid for lead in broken], "Its words could not be opened.", now=now)
    for lead in whole:
        lead.rows, lead.files = defaultdict(list), {}
    _who_is_last(whole)
    organizations = _organizations(whole)
    collect(whole, organizations)
    return whole, organizations


def _check(package: UUID, digest: str, key: bytes) -> None:
    """Fixity: read the file back and open it; it must be what was packed, bit for bit. Raises `FixityError`, `DecryptionError`."""
    kept = unseal(key, files.read(package.hex), package.bytes)
    if hashlib.sha256(kept).hexdigest() != digest:
        message = "the file is not what was packed"
        raise bag.FixityError(message)


def _label(lead: Going, clock: RetentionClock) -> dict[str, str]:
    return {
        "Source-Organization": "LeadTrac",
        "External-Identifier": str(lead.uuid),
        "Record-Created": f"{clock.record_created_on:%Y-%m-%d}",
        "Schedule": f"{clock.schedule.title} (version {clock.schedule.version}); {clock.schedule.authority}",
        "Destroy-On": f"{clock.destroy_on:%Y-%m-%d}",
    }


def _package(lead: Going, clock: RetentionClock, packed: bytes, sealed: bytes) -> dict[str, Any]:
    """The rows of a package and of its file, as `PACKAGES` takes them."""
    subjects = [row["uuid"] for row in lead.rows.get("subjects_subject", [])]
    return {
        "uuid": str(lead.item_uuid),
        "lead_uuid": str(lead.uuid),
        "lead_number": lead.number,
        "lead_class_id": lead.class_id,
        "record_created_on": f"{clock.record_created_on:%Y-%m-%d}",
        "conditions": list(clock.conditions),
        "schedule_id": clock.schedule_id,
        "destroy_on": f"{clock.destroy_on:%Y-%m-%d}",
        "shred": [str(lead.uuid), *subjects],
        "with_subject": lead.last,
        "content_sha256": hashlib.sha256(packed).hexdigest(),
        "file_sha256": hashlib.sha256(sealed).hexdigest(),
        "size_bytes": len(sealed),
    }


def _index(leads: Sequence[Going]) -> None:
    """Keyed hashes of the person's numbers, or of the organization's code: the only way to an archived lead but its number."""
    pairs = [(lead.item_uuid, subject) for lead in leads for subject in lead.subjects]
    with connection.cursor() as cursor:
        cursor.execute(IDENTIFIERS, [[package for package, _ in pairs], [subject for _, subject in pairs]])
    about = {lead.item_uuid: lead.organization_id for lead in leads if lead.organization_id}
    codes = dict(Organization.objects.filter(pk__in=about.values()).exclude(code="").values_list("pk", "code"))
    ArchiveIdentifier.objects.bulk_create(
        ArchiveIdentifier(package_id=package, blind_index=code_index(codes[about[identity]]))
        for identity, package in ArchivePackage.objects.filter(uuid__in=about).values_list("uuid", "pk")
        if about[identity] in codes
    )


def _remove(run: Disposition, leads: Sequence[Going], organizations: list[int]) -> None:
    subjects = [subject for lead in leads if lead.last for subject in lead.subjects]
    until = suppressed_until(run, leads)
    legacy = [number for lead in leads for row in lead.rows["leads_lead"] if (number := row["legacy_number"])]
    with connection.cursor() as cursor:
        cursor.execute(SUPPRESS, [SOURCE, until, [legacy_key(number) for number in legacy]])
        cursor.execute(
            "SELECT retention_archive(%s, %s::uuid[], %s::bigint[], %s::bigint[], %s)",
            [run.pk, [lead.uuid for lead in leads], subjects, organizations, until],
        )


def suppressed_until(run: Disposition, leads: Sequence[Going]) -> date:
    """How long a row of these records makes nothing when it comes again: years after the last of them is to be destroyed."""
    return add_years(max([run.as_of, *(lead.destroy_on for lead in leads if lead.destroy_on)]), settings.SUPPRESSION_YEARS)
