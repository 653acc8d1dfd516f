"""Records leave the subject to which they were given (by a verdict, or by a merge): their facts stand no more, their rows wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from access.models import User
from audit.keys import KeyDestroyed
from ingest.services import source_rows
from ingest.services.buffer import enter_buffer
from ingest.states import RowState
from subjects.matching.resolver import Resolver
from subjects.models import FACT_MODELS, IdentityLink, PossibleRecord
from subjects.services.lines import Line, stored_lines
from subjects.services.settle import Plan, carry_out
from subjects.services.write_subjects import SubjectIds, rebuild_match_keys, refresh


def take_away(judged: IdentityLink, brought: Sequence[int], *, actor: User, now: datetime) -> None:
    """Close the judged link and those of `brought` (ids of links) that still stand; their records wait again.

    The resolver looks at what had come along once more: it may belong to somebody without the judged record, which itself
    waits for a person. The caller holds `one_writer`.
    """
    links = [judged, *IdentityLink.objects.filter(pk__in=brought, closed_at=None)]
    waiting = [(link, line) for link in links for line in _readable(link)]
    _let_go(links, [line for _, line in waiting], now)
    resolver = Resolver(ids := SubjectIds())
    resolver.ask_again(key for link, line in waiting if link is not judged for key in line.keys)
    plan = Plan(kept=[line.row_id for link, line in waiting if link is judged])
    carry_out(plan, resolver, ids, actor=actor, now=now)
    refresh({link.subject_id for link in links}, now)


def ask_anew(links: Sequence[IdentityLink], questions: Sequence[PossibleRecord], *, actor: User, now: datetime) -> None:
    """Let these links go, and let the resolver look at their records and at what `questions` are about as if for the first time.

    A record that nobody can read any more stays where it is. The caller holds `one_writer`.
    """
    readable = [(link, line) for link in links for line in _readable(link)]
    _let_go([link for link, _ in readable], [line for _, line in readable], now)
    resolver = Resolver(ids := SubjectIds())
    resolver.ask_again(key for _, line in readable for key in line.keys)
    resolver.ask_again(key for question in questions for line in _waiting(question) for key in line.keys)
    carry_out(Plan(), resolver, ids, actor=actor, now=now)
    refresh({link.subject_id for link, _ in readable}, now)


def _let_go(links: Sequence[IdentityLink], lines: Sequence[Line], now: datetime) -> None:
    """Close the links, and let the rows wait in the buffer."""
    _close(links, now)
    rebuild_match_keys(sorted({link.subject_id for link in links}))
    with connection.cursor() as cursor:
        cursor.execute("SELECT subjects_let_go(%s)", [[line.row_id for line in lines]])
    for line in lines:
        enter_buffer(line.row_id, line.source, line.search_keys)


def _close(links: Sequence[IdentityLink], now: datetime) -> None:
    """What the records said of their subjects stands no more, and the records are nobody's."""
    ids = [link.pk for link in links]
    with connection.cursor() as cursor:
        for model in FACT_MODELS:
            cursor.execute(_FACTS.format(table=model._meta.db_table), [now, ids])
        cursor.execute(_ASSOCIATES, [now, ids])
    IdentityLink.objects.filter(pk__in=ids).update(closed_at=now)


def _readable(link: IdentityLink) -> list[Line]:
    """The record's newest row; none when nobody can read it any more: it stays as it is."""
    return _newest(link.source, link.record_key, RowState.APPLIED)


def _waiting(question: PossibleRecord) -> list[Line]:
    """The row that a question is about, where it waits."""
    return _newest(question.source, question.record_key, RowState.BUFFERED)


def _newest(source: str, record_key: int, state: RowState) -> list[Line]:
    here = source_rows.standing_rows(source, [record_key]).get(record_key)
    if here is None or here.state != state:
        return []
    try:
        return stored_lines(source_rows.kept_rows([here.id]))
    except KeyDestroyed:
        return []


_FACTS = """
UPDATE {table} f SET retracted_at = %s FROM subjects_identitylink l
WHERE l.id = ANY (%s) AND (f.subject_id, f.source, f.record_key) = (l.subject_id, l.source, l.record_key) AND f.retracted_at IS NULL
"""
# whosever they are: a merge leaves those that the other person has too
_ASSOCIATES = """
UPDATE subjects_associate a SET retracted_at = %s FROM ingest_sourcerow r, subjects_identitylink l
WHERE a.source_row_id = r.id AND l.id = ANY (%s) AND (r.source, r.record_key) = (l.source, l.record_key) AND a.retracted_at IS NULL
"""
