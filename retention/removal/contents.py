"""What a package holds: every row of a lead and of its subject or organization, with sealed words opened.

A subject that has other leads stays with its facts; the package has a copy, because those other leads may be destroyed, each on
its own day, while a hold or a longer schedule still keeps this one. Tables are found through the models, so that one which joins
the house later is archived like the others.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models

from access.models import User
from audit.keys import data_keys, existing_key, named_scope
from foundation.crypto import canonical, unseal
from ingest.services.source_rows import ROW_CONTEXT
from leads.models import Attachment, Lead
from leads.papers.folder import FileLost, Place, content_at
from leads.papers.kinds import KINDS
from leads.sealing import PURPOSE
from organizations.models import Organization
from subjects.models import Subject
from subjects.services.associates import CONTEXT as ASSOCIATE_CONTEXT

Row = dict[str, Any]
IDENTIFIERS = named_scope("identifiers")
ATTACHMENTS: str = Attachment._meta.db_table


@dataclass(frozen=True, slots=True)
class Branch:
    """A table that hangs on another one by a column; `sql` reads (root's id, row's id, row as JSON) for many roots."""

    table: str
    sql: str
    binary: tuple[str, ...]
    people: tuple[str, ...]


@dataclass(slots=True)
class Going:
    """A lead that is about to be archived, and what goes with it."""

    id: int
    uuid: UUID
    number: str
    class_id: int
    subject_id: int | None
    organization_id: int | None
    item_uuid: UUID
    last: bool = False  # of its subject
    subjects: tuple[int, ...] = ()  # the subject, and those merged into it who have no lead of their own
    destroy_on: date | None = None
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    files: dict[str, bytes] = field(default_factory=dict)
    loose_files: list[str] = field(default_factory=list)  # of attachments, in their own folder; they go when the package holds them


# columns that name a subject whose the row is not: another by judgement, or the one as whom a merged person is shown
_OTHERWISE = ("linked_subject_id", "left_now_id", "right_now_id")


def _columns(model: type[models.Model], kind: type[models.Field[Any, Any]]) -> tuple[str, ...]:
    return tuple(str(each.column) for each in model._meta.concrete_fields if isinstance(each, kind))


def _people(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(str(each.column) for each in model._meta.concrete_fields if each.related_model is User)


def _branch(model: type[models.Model], sql: str) -> Branch:
    return Branch(model._meta.db_table, sql, _columns(model, models.BinaryField), _people(model))


def _links(model: type[models.Model], to: type[models.Model]) -> list[str]:
    """The columns by which a table refers to another one."""
    return [str(each.column) for each in model._meta.concrete_fields if (each.many_to_one or each.one_to_one) and each.related_model is to]


@lru_cache(maxsize=1)
def lead_branches() -> tuple[Branch, ...]:
    """Every table of `leads` that hangs on a lead, directly or through one that does."""
    all_of_them = [model for model in apps.get_app_config("leads").get_models() if model is not Lead]
    direct = {model: _links(model, Lead)[0] for model in all_of_them if _links(model, Lead)}
    found = [_branch(Lead, "SELECT t.id, t.id, to_jsonb(t) FROM leads_lead t WHERE t.id = ANY (%(roots)s)")]
    for model, via in direct.items():
        found.append(_branch(model, f"SELECT t.{via}, t.id, to_jsonb(t) FROM {model._meta.db_table} t WHERE t.{via} = ANY (%(roots)s)"))  # noqa: S608  # names of our own tables
    for model in all_of_them:
        above = next((parent for parent in direct if _links(model, parent)), None)
        if model not in direct and above is not None:
            sql = (
                f"SELECT p.{direct[above]}, t.id, to_jsonb(t) FROM {model._meta.db_table} t "  # noqa: S608  # names of our own tables
                f"JOIN {above._meta.db_table} p ON p.id = t.{_links(model, above)[0]} WHERE p.{direct[above]} = ANY (%(roots)s)"
            )
            found.append(_branch(model, sql))
    return tuple(found)


@lru_cache(maxsize=1)
def subject_branches() -> tuple[Branch, ...]:
    """Every table of `subjects` that hangs on a subject, and the findings that no lead took."""
    found = [_branch(Subject, "SELECT t.id, t.id, to_jsonb(t) FROM subjects_subject t WHERE t.id = ANY (%(roots)s)")]
    for model in apps.get_app_config("subjects").get_models():
        for via in _links(model, Subject):
            if via not in _OTHERWISE:
                table = model._meta.db_table
                found.append(_branch(model, f"SELECT t.{via}, t.id, to_jsonb(t) FROM {table} t WHERE t.{via} = ANY (%(roots)s)"))  # noqa: S608
    findings = apps.get_model("leads", "Finding")
    loose = "SELECT t.subject_id, t.id, to_jsonb(t) FROM leads_finding t WHERE t.subject_id = ANY (%(roots)s) AND t.lead_id IS NULL"
    return (*found, _branch(findings, loose))


@lru_cache(maxsize=1)
def organization_branches() -> tuple[Branch, ...]:
    """An organization with the people who run it."""
    found = [_branch(Organization, "SELECT t.id, t.id, to_jsonb(t) FROM organizations_organization t WHERE t.id = ANY (%(roots)s)")]
    for model in apps.get_app_config("organizations").get_models():
        for via in _links(model, Organization):
            table = model._meta.db_table
            found.append(_branch(model, f"SELECT t.{via}, t.id, to_jsonb(t) FROM {table} t WHERE t.{via} = ANY (%(roots)s)"))  # noqa: S608
    return tuple(found)


class _Keys(dict[UUID, bytes]):
    """Data keys of a batch, each asked for once."""

    def __missing__(self, scope: UUID) -> bytes:
        self[scope] = existing_key(scope)
        return self[scope]


def collect(leads: Sequence[Going], organizations: Sequence[int]) -> None:
    """Fill `rows` of every lead: its own, its subject's or organization's, and those of other organizations that go with it.

    A fixed number of queries a batch. Sealed columns are opened; what cannot be opened raises `DecryptionError`, or
    `FileLost` for the file of an attachment.
    """
    keys = _Keys(data_keys([lead.uuid for lead in leads], purpose=PURPOSE))
    _read(lead_branches(), {lead.id: [lead] for lead in leads}, keys)
    for lead in leads:
        _attached(lead, keys)
    people: defaultdict[int, list[Going]] = defaultdict(list)
    for lead in leads:
        for subject in lead.subjects:
            people[subject].append(lead)
    _read(subject_branches(), people, keys)
    _source_rows(leads, keys)
    by_organization = _who_takes(leads, organizations)
    _read(organization_branches(), by_organization, keys)
    _name_people(leads)


def _read(branches: Sequence[Branch], roots: Mapping[int, Sequence[Going]], keys: _Keys) -> None:
    """All tables in one statement: forty round trips were half of what a batch costs, and it holds locks meanwhile."""
    if not roots:
        return
    one = " UNION ALL ".join(f"SELECT {place}, b.* FROM ({branch.sql}) b" for place, branch in enumerate(branches))  # noqa: S608  # our own statements
    with connection.cursor() as cursor:
        cursor.execute(one, {"roots": list(roots)})
        found = sorted(cursor.fetchall(), key=lambda row: row[0:3:2])
    for place, root, _id, raw in found:
        branch = branches[place]
        for lead in roots[root]:
            row: Row = json.loads(raw) if isinstance(raw, str) else dict(raw)
            for column in branch.binary:
                if row.get(column):
                    _open(lead, branch.table, row, column, keys)
            lead.rows[branch.table].append(row)


def _open(lead: Going, table: str, row: Row, column: str, keys: _Keys) -> None:
    """Replace a sealed column by its words; what is no text becomes a file of the package."""
    sealed = bytes.fromhex(row.pop(column).removeprefix("\\x"))
    if table == "subjects_identifierfact":
        plain = unseal(keys[IDENTIFIERS], sealed, row["kind"].encode())
    elif column == "identifiers_sealed":
        plain = unseal(keys[IDENTIFIERS], sealed, ASSOCIATE_CONTEXT)
    else:
        plain = unseal(keys[lead.uuid], sealed, lead.uuid.bytes)
    name = "words" if column == "sealed" else column.removesuffix("_sealed")
    if plain.startswith(b"%PDF"):
        row[name] = f"{table}/{row['uuid']}.pdf"
        lead.files[row[name]] = plain
    else:
        row[name] = plain.decode()


def _attached(lead: Going, keys: _Keys) -> None:
    """The content of what people attached, each checked against its row; raises `FileLost` for one that is gone or changed."""
    lead.loose_files = []
    for row in lead.rows.get(ATTACHMENTS, []):
        place = Place(lead.uuid, UUID(row["uuid"]), row["stored_as"])
        content = content_at(place, keys[lead.uuid])
        if hashlib.sha256(content).hexdigest() != row["sha256"]:
            message = "the file is not what was attached"
            raise FileLost(message)
        row["content"] = f"{ATTACHMENTS}/{row['uuid']}{KINDS[row['kind']].endings[0]}"
        lead.files[row["content"]] = content
        lead.loose_files.append(place.name)


def _source_rows(leads: Sequence[Going], keys: _Keys) -> None:
    """The raw rows behind the facts: kept once, for their facts' life."""
    wanted: dict[int, list[Going]] = defaultdict(list)
    for lead in leads:
        for each in {row["source_row_id"] for rows in lead.rows.values() for row in rows if row.get("source_row_id")}:
            wanted[each].append(lead)
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, e.uuid, r.sealed, r.source, r.line, e.extract_id, e.as_of FROM ingest_sourcerow r "
            "JOIN ingest_extract e ON e.id = r.extract_id WHERE r.id = ANY (%s) ORDER BY r.id",
            [list(wanted)],
        )
        found = cursor.fetchall()
    for row_id, extract, sealed, source, line, name, as_of in found:
        words = unseal(keys[extract], bytes(sealed), ROW_CONTEXT).decode()
        row = {"id": row_id, "source": source, "line": line, "extract": name, "as_of": as_of.isoformat(), "words": words}
        for lead in wanted[row_id]:
            lead.rows["ingest_sourcerow"].append(row)


def _who_takes(leads: Sequence[Going], organizations: Iterable[int]) -> dict[int, list[Going]]:
    """Which packages hold an organization: those of leads about it, and of one that goes, those that name it."""
    going = set(organizations)
    takes: defaultdict[int, list[Going]] = defaultdict(list)
    for lead in leads:
        named = {row["organization_id"] for rows in lead.rows.values() for row in rows if row.get("organization_id")}
        about = {lead.organization_id} if lead.organization_id is not None else set()
        for each in (named & going) | about:
            takes[each].append(lead)
    return takes


def _name_people(leads: Sequence[Going]) -> None:
    """Who the ids of colleagues are, so that a package can be read without this database."""
    columns = {branch.table: branch.people for branch in (*lead_branches(), *subject_branches())}
    seen = {
        lead.id: {row[column] for table, rows in lead.rows.items() for row in rows for column in columns.get(table, ()) if row.get(column)}
        for lead in leads
    }
    everybody = {user.pk: user for user in User.objects.filter(pk__in={pk for pks in seen.values() for pk in pks})}
    for lead in leads:
        lead.rows["access_user"] = [
            {"id": pk, "uuid": str(everybody[pk].uuid), "name": everybody[pk].label} for pk in sorted(seen[lead.id]) if pk in everybody
        ]


def payload_of(lead: Going) -> dict[str, bytes]:
    """The files of a lead's package: one JSON file a table, and documents as they are."""
    return {f"{table}.json": canonical(rows) for table, rows in lead.rows.items() if rows} | lead.files
