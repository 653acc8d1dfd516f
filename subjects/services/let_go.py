"""Links end: what their records said of the subjects stands no more, and the records are nobody's until they are given anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection

from audit.keys import KeyDestroyed
from ingest.services import source_rows
from ingest.services.buffer import enter_buffer
from ingest.states import RowState
from subjects.models import FACT_MODELS, IdentityLink
from subjects.services.lines import Line, stored_lines
from subjects.services.write_subjects import rebuild_match_keys


def let_go(links: Collection[IdentityLink], lines: Sequence[Line], now: datetime) -> None:
    """Close the links, and let the rows wait in the buffer. The caller holds `one_writer`."""
    _close(links, now)
    rebuild_match_keys(sorted({link.subject_id for link in links}))
    with connection.cursor() as cursor:
        cursor.execute("SELECT subjects_let_go(%s)", [[line.row_id for line in lines]])
    for line in lines:
        enter_buffer(line.row_id, line.source, line.search_keys, now=now)


def newest_line(source: str, record_key: int, state: RowState) -> list[Line]:
    """The newest row of a record; none where it is in another state, or nobody can read it any more."""
    here = source_rows.standing_rows(source, [record_key]).get(record_key)
    if here is None or here.state != state:
        return []
    try:
        return stored_lines(source_rows.kept_rows([here.id]))
    except KeyDestroyed:
        return []


def _close(links: Collection[IdentityLink], now: datetime) -> None:
    """What the records said of their subjects stands no more, and the records are nobody's."""
    ids = [link.pk for link in links]
    with connection.cursor() as cursor:
        for model in FACT_MODELS:
            cursor.execute(_FACTS.format(table=model._meta.db_table), [now, ids])
        cursor.execute(_ASSOCIATES, [now, ids])
    IdentityLink.objects.filter(pk__in=ids).update(closed_at=now)


_FACTS = """
UPDATE {table} f SET retracted_at = %s FROM subjects_identitylink l
WHERE l.id = ANY (%s) AND (f.subject_id, f.source, f.record_key) = (l.subject_id, l.source, l.record_key) AND f.retracted_at IS NULL
"""
# whosever they are: a merge leaves those that the other person has too
_ASSOCIATES = """
UPDATE subjects_associate a SET retracted_at = %s FROM ingest_sourcerow r, subjects_identitylink l
WHERE a.source_row_id = r.id AND l.id = ANY (%s) AND (r.source, r.record_key) = (l.source, l.record_key) AND a.retracted_at IS NULL
"""
