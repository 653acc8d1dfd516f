"""Family members and employers that a source names: only the elements that the notice lists, never resolved by machine."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from django.db import connection

from audit.keys import data_key, named_scope
from foundation.copying import copy_rows
from foundation.crypto import seal
from ingest.identifiers import display
from ingest.statements import AssociateStatement
from organizations.services import note_employers
from subjects.search.names import name_key
from subjects.services.associates import CONTEXT
from subjects.services.lines import Line

RELATIONS = frozenset({"spouse", "child", "parent", "sibling", "principal", "dependent", "employer", "sponsor", "other"})
_COLUMNS = [
    ("subject_id", "int8"),
    ("class_id", "int8"),
    ("relation", "text"),
    ("family_name", "text"),
    ("given_name", "text"),
    ("organization_id", "int8"),
    ("organization_name", "text"),
    ("date_of_birth", "date"),
    ("contact", "text"),
    ("identifiers_sealed", "bytea"),
    ("us_person", "bool"),
    ("source", "text"),
    ("source_row_id", "int8"),
]
_KEY = ("subject_id", "relation", "family_name", "given_name", "organization_name")
_OLD, _NEW = (", ".join(f"{prefix}.{name}" for name in _KEY) for prefix in ("a", "n"))
_NAMES = ", ".join(name for name, _ in _COLUMNS)


# what a newer row of the same record says of an associate stands in the place of what the older one said
_WRITE = f"""
INSERT INTO subjects_associate AS a (uuid, {_NAMES}) SELECT gen_random_uuid(), {_NAMES} FROM new_associates
ON CONFLICT ({", ".join(_KEY)}) WHERE retracted_at IS NULL DO UPDATE SET date_of_birth = EXCLUDED.date_of_birth, contact = EXCLUDED.contact,
    identifiers_sealed = EXCLUDED.identifiers_sealed, us_person = EXCLUDED.us_person, source_row_id = EXCLUDED.source_row_id
WHERE EXISTS (SELECT 1 FROM ingest_sourcerow old JOIN ingest_sourcerow new ON (new.source, new.record_key) = (old.source, old.record_key)
              WHERE old.id = a.source_row_id AND new.id = EXCLUDED.source_row_id)
"""  # noqa: S608  # columns above
_NAMED_NO_MORE = f"""
UPDATE subjects_associate a SET retracted_at = %(now)s
FROM unnest(%(sources)s::text[], %(keys)s::int8[]) AS again (source, record_key)
JOIN ingest_sourcerow r ON r.source = again.source AND r.record_key = again.record_key
WHERE a.source_row_id = r.id AND a.retracted_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM new_associates n WHERE ({_NEW}) = ({_OLD}))
"""  # noqa: S608  # columns above


def write_associates(lines: Sequence[Line], classes: dict[int, int], again: AbstractSet[tuple[str, int]], now: datetime) -> None:
    """Note the associates that these rows name. Of records that came `again`, the newest row alone says who they are; one whom
    another record or a person named stays as it is."""
    named = [(line, associate) for line in lines if not line.outdated for associate in line.statement.associates]
    if not named and not again:
        return
    employers = note_employers(
        (name_key(associate.organization_name, ""), associate.organization_name) for _, associate in named if associate.organization_name
    )
    rows: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for line, associate in named:
        row = _row(line, associate, classes, employers)
        rows.setdefault((row[0], row[2], row[3], row[4], row[6]), row)
    copy_rows("new_associates", _COLUMNS, rows.values())
    with connection.cursor() as cursor:
        if again:
            sources, keys = zip(*sorted(again), strict=True)
            cursor.execute(_NAMED_NO_MORE, {"now": now, "sources": list(sources), "keys": list(keys)})
        cursor.execute(_WRITE)


def _row(line: Line, associate: AssociateStatement, classes: dict[int, int], employers: dict[str, int]) -> tuple[Any, ...]:
    subject = line.subject or 0
    numbers = "; ".join(display(number.kind, number.value) for number in associate.identifiers)
    sealed = seal(data_key(named_scope("identifiers"), purpose="identifiers"), numbers.encode(), CONTEXT) if numbers else None
    return (
        subject,
        classes[subject],
        associate.relation if associate.relation in RELATIONS else "other",
        associate.family_name[:100],
        associate.given_name[:100],
        employers.get(name_key(associate.organization_name, "")) if associate.organization_name else None,
        associate.organization_name[:200],
        associate.date_of_birth,
        associate.contact[:200],
        sealed,
        associate.us_person,
        line.source,
        line.row_id,
    )
