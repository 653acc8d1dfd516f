"""What came to a merged person since the merge, when the two are split again: whose is it?

What states its record goes with it (`subjects.services.merge`). A record that joined since did so by what was known of both:
it is let go and the resolver looks again, now that the two are apart. Where a person had said whose a record is, and said it
of the merged person, the word is taken back and the question comes up anew.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import datetime

from django.db import connection

from access.models import User
from audit.acts import Act
from audit.services import record
from subjects.models import FACT_MODELS, IdentityLink, PossibleRecord, SubjectRedirect
from subjects.selectors.possible import open_questions
from subjects.services.take_away import ask_anew
from subjects.services.write_subjects import rebuild_match_keys


def share_out(redirect: SubjectRedirect, *, actor: User, now: datetime) -> None:
    """Give what came since the merge to the one of the two whose it is. The rows that the merge moved have returned already,
    the redirect is closed, and the caller holds `one_writer`."""
    first, second = redirect.to_subject_id, redirect.from_subject_id
    _follow_the_word(redirect)
    came = _follow_the_record(first, second)
    links = list(_decided_since(redirect))
    questions = list(open_questions().filter(subject_id__in=(first, second), verdict=""))
    if came or links:
        rebuild_match_keys([first, second])
    _take_words_back(first, {(link.source, link.record_key) for link in links if link.decision == "judged"}, now)
    if links or questions:
        ask_anew(links, questions, actor=actor, now=now)


def _take_words_back(subject: int, records: Set[tuple[str, int]], now: datetime) -> None:
    for word in PossibleRecord.objects.select_related("subject").filter(subject_id=subject, verdict="same", undone_at=None):
        if (word.source, word.record_key) in records:
            word.undone_at = now
            word.save(update_fields=["undone_at"])
            about, payload = [word.subject.uuid], {"verdict": "taken back"}
            record(Act.SUBJECT_JUDGED, object_kind="possible_record", object_uuid=word.uuid, results=about, payload=payload)


def _follow_the_word(redirect: SubjectRedirect) -> None:
    """What a person gave to the returning subject by name (asked before the merge) returns with it, and what came along."""
    since = IdentityLink.objects.filter(subject_id=redirect.to_subject_id, closed_at=None, pk__gt=redirect.links_before)
    for word in PossibleRecord.objects.filter(subject_id=redirect.from_subject_id, verdict="same", undone_at=None):
        given = since.filter(source=word.source, record_key=word.record_key, decision="judged")
        if given.update(subject_id=redirect.from_subject_id):
            since.filter(pk__in=word.brought).update(subject_id=redirect.from_subject_id)


def _follow_the_record(first: int, second: int) -> int:
    """Facts and associates that the returned records stated since the merge; how many."""
    came = 0
    with connection.cursor() as cursor:
        for model in FACT_MODELS:
            cursor.execute(_FACTS.format(table=model._meta.db_table), [second, first, second])
            came += cursor.rowcount
        cursor.execute(_ASSOCIATES, [second, first, second])
        return came + int(cursor.rowcount)


def _decided_since(redirect: SubjectRedirect) -> Sequence[IdentityLink]:
    """The links of records that joined the merged person since, but for those that came with a third who is merged too."""
    with_others: set[int] = set()
    for other in SubjectRedirect.objects.filter(to_subject_id=redirect.to_subject_id, closed_at=None):
        with_others.update(other.moved.get("subjects_identitylink.subject_id", ()))
    since = IdentityLink.objects.filter(subject_id=redirect.to_subject_id, closed_at=None, pk__gt=redirect.links_before)
    return list(since.exclude(pk__in=with_others).exclude(decision="manual").order_by("pk"))


_FACTS = """
UPDATE {table} f SET subject_id = %s FROM subjects_identitylink l
WHERE f.subject_id = %s AND l.subject_id = %s AND l.closed_at IS NULL AND l.source = f.source AND l.record_key = f.record_key
"""
_ASSOCIATES = """
UPDATE subjects_associate a SET subject_id = %s FROM ingest_sourcerow r, subjects_identitylink l
WHERE a.source_row_id = r.id AND (r.source, r.record_key) = (l.source, l.record_key) AND a.subject_id = %s AND a.retracted_at IS NULL
  AND l.subject_id = %s AND l.closed_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM subjects_associate o WHERE o.subject_id = l.subject_id AND o.retracted_at IS NULL
      AND (o.relation, o.family_name, o.given_name, o.organization_name) = (a.relation, a.family_name, a.given_name, a.organization_name))
"""
