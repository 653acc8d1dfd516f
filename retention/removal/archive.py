"""Archiving, batch by batch: seal each lead's package, check it, and only then take its rows out of the live tables.

One batch is one transaction. A worker killed anywhere in it leaves the rows where they were; files that it wrote are
unreadable (their keys were never committed), are written again under the same names by the next worker, or swept away.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from audit.acts import Act
from audit.keys import data_keys
from audit.services import record
from foundation.calendar import add_years
from foundation.crypto import DecryptionError, seal, unseal
from retention.models import ArchiveFile, ArchiveIdentifier, ArchivePackage, Disposition, DispositionItem, RetentionClock
from retention.removal import bag, files
from retention.removal.attached import remove_loose, within_memory
from retention.removal.contents import Going, collect, payload_of
from retention.removal.judging import claim_items, fail, sort_out
from subjects.models import Subject

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
IDENTIFIERS = "SELECT DISTINCT subject_id, blind_index FROM subjects_identifierfact WHERE subject_id = ANY (%s)"


def archive_batch(run: Disposition, *, now: datetime, most: int) -> int:
    """Archive the next records of a running archive run, `most` at most; returns how many left the list, 0 when none waits.

    Call inside `acting_as` the retention service: one call, one transaction.
    """
    items = within_memory(claim_items(run, most))
    if not items:
        return 0
    leads = _lock_leads(items)
    going = {item.lead_uuid for item in sort_out(run, items, now=now)}
    leads = _seal(run, [lead for lead in leads if lead.uuid in going], now=now)
    if leads:
        _remove(run, leads)
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
    """Lock the leads, then their subjects, each in the order of their ids, and say who is whose last lead."""
    by_lead = {item.lead_uuid: item.uuid for item in items}
    with connection.cursor() as cursor:
        cursor.execute(LEADS, [list(by_lead)])
        leads = [
            Going(lead_id, lead, number, class_id, subject, organization, by_lead[lead])
            for lead_id, lead, number, class_id, subject, organization in cursor.fetchall()
        ]
    subjects = sorted({lead.subject_id for lead in leads if lead.subject_id})
    list(Subject.objects.select_for_update().filter(pk__in=subjects).order_by("pk").values_list("pk", flat=True))
    return leads


def _who_is_last(leads: Sequence[Going]) -> None:
    """Give the subject to the youngest lead of the batch, when no other lead of it stays."""
    subjects = sorted({lead.subject_id for lead in leads if lead.subject_id})
    with connection.cursor() as cursor:
        cursor.execute(LAST, {"subjects": subjects, "leads": [lead.id for lead in leads]})
        alone: dict[int, list[int]] = dict(cursor.fetchall())
    for lead in leads:
        lead.last, lead.subjects = False, (lead.subject_id,) if lead.subject_id else ()
    youngest = {lead.subject_id: lead for lead in sorted(leads, key=lambda each: each.id) if lead.subject_id in alone}
    for subject, lead in youngest.items():
        if subject is not None:
            lead.last, lead.subjects = True, tuple(alone[subject])


def _organizations(leads: Sequence[Going]) -> list[int]:
    gone = [subject for lead in leads if lead.last for subject in lead.subjects]
    with connection.cursor() as cursor:
        cursor.execute(ORGANIZATIONS, {"leads": [lead.id for lead in leads], "subjects": gone})
        return [row[0] for row in cursor.fetchall()]


def _seal(run: Disposition, leads: list[Going], *, now: datetime) -> list[Going]:
    """Write and check the packages; a lead whose words cannot be opened leaves the run, the others go on without it."""
    if not leads:
        return []
    _who_is_last(leads)
    try:
        collect(leads, _organizations(leads))
    except (DecryptionError, LookupError, UnicodeDecodeError):
        leads = _without_the_broken(run, leads, now=now)
    keys = data_keys([lead.item_uuid for lead in leads], purpose=KEY_PURPOSE)
    clocks = RetentionClock.objects.select_related("schedule").in_bulk([lead.id for lead in leads])
    packages, sealed = [], {}
    for lead in leads:
        lead.destroy_on = clocks[lead.id].destroy_on
        packed = bag.pack(payload_of(lead), _label(lead, clocks[lead.id]), folder=str(lead.item_uuid))
        sealed[lead.item_uuid.hex] = seal(keys[lead.item_uuid], packed, lead.item_uuid.bytes)
        packages.append(_package(run, lead, clocks[lead.id], hashlib.sha256(packed).hexdigest(), now))
    files.write_many(sealed)
    for package in packages:
        _check(package, keys[package.uuid])
    made = ArchivePackage.objects.bulk_create(packages)
    ArchiveFile.objects.bulk_create(
        ArchiveFile(
            package=package,
            name=package.uuid.hex,
            sha256=hashlib.sha256(sealed[package.uuid.hex]).hexdigest(),
            size_bytes=len(sealed[package.uuid.hex]),
        )
        for package in made
    )
    _index(leads, made)
    return leads


def _without_the_broken(run: Disposition, leads: list[Going], *, now: datetime) -> list[Going]:
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
    if whole:
        _who_is_last(whole)
        collect(whole, _organizations(whole))
    return whole


def _check(package: ArchivePackage, key: bytes) -> None:
    """Fixity: read the file back and open it; it must be what was packed, bit for bit. Raises `FixityError`, `DecryptionError`."""
    kept = unseal(key, files.read(package.uuid.hex), package.uuid.bytes)
    if hashlib.sha256(kept).hexdigest() != package.content_sha256:
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


def _package(run: Disposition, lead: Going, clock: RetentionClock, digest: str, now: datetime) -> ArchivePackage:
    subjects = [row["uuid"] for row in lead.rows.get("subjects_subject", [])] if lead.last else []
    return ArchivePackage(
        uuid=lead.item_uuid,
        lead_uuid=lead.uuid,
        lead_number=lead.number,
        lead_class_id=lead.class_id,
        record_created_on=clock.record_created_on,
        conditions=clock.conditions,
        schedule=clock.schedule,
        destroy_on=clock.destroy_on,
        disposition=run,
        shred=[lead.uuid, *subjects],
        with_subject=lead.last,
        content_sha256=digest,
        sealed_at=now,
        fixity_checked_at=now,
    )


def _index(leads: Sequence[Going], packages: Sequence[ArchivePackage]) -> None:
    """Keyed hashes of the person's numbers: the only way to an archived lead but its number."""
    by_subject = defaultdict(list)
    for lead, package in zip(leads, packages, strict=True):
        for subject in lead.subjects:
            by_subject[subject].append(package)
    with connection.cursor() as cursor:
        cursor.execute(IDENTIFIERS, [list(by_subject)])
        found = cursor.fetchall()
    pairs = {(package, key) for subject, key in found for package in by_subject[subject]}
    ArchiveIdentifier.objects.bulk_create(ArchiveIdentifier(package=package, blind_index=key) for package, key in pairs)


def _remove(run: Disposition, leads: Sequence[Going]) -> None:
    subjects = [subject for lead in leads if lead.last for subject in lead.subjects]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT retention_archive(%s, %s::uuid[], %s::bigint[], %s::bigint[], %s)",
            [run.pk, [lead.uuid for lead in leads], subjects, _organizations(leads), suppressed_until(run, leads)],
        )


def suppressed_until(run: Disposition, leads: Sequence[Going]) -> date:
    """How long a row of these records makes nothing when it comes again: years after the last of them is to be destroyed."""
    return add_years(max([run.as_of, *(lead.destroy_on for lead in leads if lead.destroy_on)]), settings.SUPPRESSION_YEARS)
