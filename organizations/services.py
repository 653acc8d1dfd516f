"""Schools, programs and employers: noted when a known person or a lead names them, described when their source does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from access.selectors import class_for
from audit.keys import data_key, named_scope
from foundation.copying import copy_rows
from foundation.crypto import seal
from ingest.identifiers import PROGRAM_CODE
from ingest.statements import OfficialStatement, OrganizationStatement

NAME_LENGTH = 200
OFFICIAL_CONTEXT = b"official"


@dataclass(frozen=True, slots=True)
class Description:
    """What one source row says about an organization that is a record here."""

    organization_id: int
    statement: OrganizationStatement
    source_row_id: int
    as_of: datetime


def known_codes(codes: Iterable[str]) -> dict[str, int]:
    """The ids of the organizations with these codes, where they are records."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, id FROM organizations_organization WHERE code = ANY (%s)", [wanted])
        return dict(cursor.fetchall())


def note_codes(codes: Iterable[str]) -> dict[str, int]:
    """The ids of the schools and programs with these codes; one that is not a record yet becomes one, named by its code
    until its own source describes it."""
    wanted = sorted({code for code in codes if code})
    if not wanted:
        return {}
    known = known_codes(wanted)
    missing = [code for code in wanted if code not in known]
    if missing:
        class_id = class_for(audience="hq")
        kinds = ["program" if PROGRAM_CODE.fullmatch(code) else "school" for code in missing]
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO organizations_organization (uuid, class_id, kind, code, name, name_key, school_type, address, city, state,
                    postal_code, phone, accreditation, operating_authority)
                SELECT gen_random_uuid(), %s, kind, code, code, lower(code), '', '', '', '', '', '', '', ''
                FROM unnest(%s::text[], %s::text[]) AS missing(code, kind)
                ON CONFLICT DO NOTHING
                """,
                [class_id, missing, kinds],
            )
        known = known_codes(wanted)
    return known


def note_employers(names: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The ids of employers by normalized name; `names` are pairs of normalized name and name as written."""
    wanted = {key[:NAME_LENGTH]: name[:NAME_LENGTH] for key, name in names if key}
    if not wanted:
        return {}
    class_id = class_for(audience="hq")
    keys = sorted(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO organizations_organization (uuid, class_id, kind, code, name, name_key, school_type, address, city, state,
                postal_code, phone, accreditation, operating_authority)
            SELECT gen_random_uuid(), %s, 'employer', '', name, key, '', '', '', '', '', '', '', ''
            FROM unnest(%s::text[], %s::text[]) AS named(key, name)
            WHERE NOT EXISTS (
                SELECT 1 FROM organizations_organization o WHERE o.kind = 'employer' AND o.code = '' AND o.name_key = named.key)
            ON CONFLICT DO NOTHING
            """,
            [class_id, keys, [wanted[key] for key in keys]],
        )
        cursor.execute(
            "SELECT name_key, id FROM organizations_organization WHERE kind = 'employer' AND code = '' AND name_key = ANY (%s)", [keys]
        )
        return dict(cursor.fetchall())


def describe(descriptions: Sequence[Description], *, now: datetime, again: bool = False) -> set[int]:
    """Write what sources say about known organizations and their officials; an older description never replaces a newer.

    `again` writes it whatever its age: the newer one was taken back. An official whom the description that stands does not
    name is one no more. Returns the organizations whose withdrawal is another one now: the rules read it.
    """
    if not descriptions:
        return set()
    newest = {each.organization_id: each for each in sorted(descriptions, key=lambda each: each.as_of)}
    copy_rows("new_descriptions", _ORGANIZATION_COLUMNS, (_organization_row(each) for each in newest.values()))
    with connection.cursor() as cursor:
        cursor.execute(_DESCRIBE.format(newer="" if again else "AND (o.as_of IS NULL OR o.as_of <= n.as_of)"))
        described = dict(cursor.fetchall())
    _note_officials([each for each in newest.values() if each.organization_id in described], now)
    return {organization for organization, withdrawn in described.items() if withdrawn}


def undescribe(row_ids: Sequence[int], *, now: datetime) -> set[int]:
    """These rows say nothing any more: what they described bears its code until its source describes it again, and their
    officials are none. Returns the organizations whose withdrawal fell with it."""
    if not row_ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_UNDESCRIBE, [list(row_ids)])
        found = dict(cursor.fetchall())
        cursor.execute(
            "UPDATE organizations_official SET superseded_at = %s WHERE source_row_id = ANY (%s) AND superseded_at IS NULL",
            [now, list(row_ids)],
        )
    return {organization for organization, withdrawn in found.items() if withdrawn}


_ORGANIZATION_COLUMNS = [
    ("organization_id", "int8"),
    ("name", "text"),
    ("name_key", "text"),
    ("school_type", "text"),
    ("address", "text"),
    ("city", "text"),
    ("state", "text"),
    ("postal_code", "text"),
    ("phone", "text"),
    ("certified_on", "date"),
    ("withdrawn_on", "date"),
    ("accreditation", "text"),
    ("operating_authority", "text"),
    ("student_capacity", "int4"),
    ("students_enrolled", "int4"),
    ("source_row_id", "int8"),
    ("as_of", "timestamptz"),
]
_DESCRIBED = [name for name, _ in _ORGANIZATION_COLUMNS[1:]]
_DESCRIBE = f"""
UPDATE organizations_organization o SET {", ".join(f"{name} = n.{name}" for name in _DESCRIBED)}
FROM new_descriptions n JOIN organizations_organization old ON old.id = n.organization_id
WHERE o.id = n.organization_id {{newer}}
RETURNING o.id, old.withdrawn_on IS DISTINCT FROM o.withdrawn_on
"""  # noqa: S608  # column names from the list above
_UNDESCRIBE = """
UPDATE organizations_organization o SET name = o.code, name_key = lower(o.code), school_type = '', address = '', city = '', state = '',
    postal_code = '', phone = '', certified_on = NULL, withdrawn_on = NULL, accreditation = '', operating_authority = '',
    student_capacity = NULL, students_enrolled = NULL, source_row_id = NULL, as_of = NULL
FROM organizations_organization old
WHERE old.id = o.id AND o.source_row_id = ANY (%s) RETURNING o.id, old.withdrawn_on IS NOT NULL
"""


def _organization_row(each: Description) -> tuple[Any, ...]:
    said, address = each.statement, each.statement.address
    return (
        each.organization_id,
        said.name[:NAME_LENGTH],
        said.name.lower()[:NAME_LENGTH],
        said.school_type[:60],
        address.line[:300] if address else "",
        address.city[:80] if address else "",
        address.state[:2] if address else "",
        address.postal_code[:10] if address else "",
        said.phone[:40],
        said.certified_on,
        said.withdrawn_on,
        said.accreditation[:200],
        said.operating_authority[:200],
        said.student_capacity,
        said.students_enrolled,
        each.source_row_id,
        each.as_of,
    )


_OFFICIAL_COLUMNS = [
    ("organization_id", "int8"),
    ("role", "text"),
    ("family_name", "text"),
    ("given_name", "text"),
    ("sevis_official_id", "text"),
    ("aliases", "text"),
    ("sex", "text"),
    ("date_of_birth", "date"),
    ("country_of_birth", "text"),
    ("citizenship", "text"),
    ("contact", "text"),
    ("identifiers_sealed", "bytea"),
    ("source_row_id", "int8"),
    ("as_of", "timestamptz"),
]
_OFFICIAL_NAMES = ", ".join(name for name, _ in _OFFICIAL_COLUMNS)
_OFFICIAL_CHANGES = ", ".join(f"{name} = EXCLUDED.{name}" for name, _ in _OFFICIAL_COLUMNS[5:])
_NOTE_OFFICIALS = f"""
INSERT INTO organizations_official (uuid, class_id, {_OFFICIAL_NAMES})
SELECT gen_random_uuid(), %s, {_OFFICIAL_NAMES} FROM new_officials
ON CONFLICT (organization_id, role, family_name, given_name, sevis_official_id) WHERE superseded_at IS NULL
DO UPDATE SET {_OFFICIAL_CHANGES}
"""  # noqa: S608  # column names from the list above
_NAMED_NO_MORE = """
UPDATE organizations_official f SET superseded_at = %s
WHERE f.organization_id = ANY (%s) AND f.superseded_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM new_officials n
    WHERE (n.organization_id, n.role, n.family_name, n.given_name, n.sevis_official_id)
        = (f.organization_id, f.role, f.family_name, f.given_name, f.sevis_official_id))
"""


def _note_officials(descriptions: Sequence[Description], now: datetime) -> None:
    """The officials whom these descriptions name, and no others, with only the elements that the notice lists (DHS/ICE-015)."""
    if not descriptions:
        return
    rows: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for each in descriptions:
        for official in each.statement.officials:
            row = _official_row(each, official)
            rows[row[:5]] = row
    copy_rows("new_officials", _OFFICIAL_COLUMNS, rows.values())
    with connection.cursor() as cursor:
        cursor.execute(_NAMED_NO_MORE, [now, [each.organization_id for each in descriptions]])
        cursor.execute(_NOTE_OFFICIALS, [class_for(audience="hq")])


def _official_row(each: Description, official: OfficialStatement) -> tuple[Any, ...]:
    numbers = "; ".join(f"{number.kind.value} {number.value}" for number in official.identifiers)
    key = data_key(named_scope("identifiers"), purpose="identifiers") if numbers else b""
    return (
        each.organization_id,
        official.role[:10],
        official.family_name[:100],
        official.given_name[:100],
        official.sevis_official_id[:30],
        "; ".join(official.aliases)[:300],
        official.sex[:1],
        official.date_of_birth,
        official.country_of_birth[:10],
        official.citizenship[:10],
        official.contact[:200],
        seal(key, numbers.encode(), OFFICIAL_CONTEXT) if numbers else None,
        each.source_row_id,
        each.as_of,
    )
