"""A record that was put to the wrong person: it leaves, with all that its source said under it, and stays away.

The record's link is closed and a new one made by hand, so that a later row of the record, or the same extract again,
goes to the new subject. A verdict "different" between the two keeps later runs from asking whether they are one.
"""

from __future__ import annotations

import json
from datetime import datetime

from django.db import connection, transaction

from access.context import through_service
from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput
from subjects.matching.pool import one_writer
from subjects.matching.resolver import VERSION
from subjects.models import FACT_MODELS, IdentityLink, Judgement, Subject
from subjects.services.judge import REASON_LENGTH
from subjects.services.write_subjects import SubjectIds, rebuild_match_keys, refresh, write_subjects


@transaction.atomic
def detach(*, actor: User, link: IdentityLink, reason: str, now: datetime) -> Subject:
    """Take one source record away from its subject and make it a person of its own; returns that person.

    Raises `Forbidden`, `InvalidInput` without a reason, or `Conflict` when the record has moved meanwhile or is all that
    the subject has.
    """
    require(actor, Permission.JUDGE_IDENTITY)
    words = reason.strip()[:REASON_LENGTH]
    if not words:
        raise InvalidInput("Say why this record is about somebody else.", field="reason")
    with through_service(service_actor("subjects")):  # what hangs on the two may lie beyond the judge's sight
        one_writer()  # coarse keys change hands
        fresh = IdentityLink.objects.select_for_update(of=("self",)).select_related("subject").get(pk=link.pk)
        if fresh.closed_at is not None or fresh.subject_id != link.subject_id:
            raise Conflict("This record belongs to somebody else already.")
        if not IdentityLink.objects.filter(subject=fresh.subject, closed_at=None).exclude(pk=fresh.pk).exists():
            raise Conflict("This record is all that is known of the person. Close the lead as wrong person instead.")
        made = _new_subject(fresh, now)
        _move(fresh, made, actor, now)
        refresh([fresh.subject_id, made.pk], now)
        rebuild_match_keys([fresh.subject_id, made.pk])
    _keep_apart(fresh.subject, made, actor=actor, reason=words, now=now)
    made.refresh_from_db()
    return made


def _new_subject(link: IdentityLink, now: datetime) -> Subject:
    ids = SubjectIds()
    ids()
    write_subjects(ids.used, now)
    Subject.objects.filter(pk__in=ids.used).update(access_class_id=link.subject.access_class_id)
    return Subject.objects.get(pk=ids.used[0])


def _move(link: IdentityLink, made: Subject, actor: User, now: datetime) -> None:
    """The record's facts, its associates, and its link."""
    with connection.cursor() as cursor:
        for model in FACT_MODELS:
            cursor.execute(
                f"UPDATE {model._meta.db_table} SET subject_id = %s WHERE subject_id = %s AND source = %s AND record_key = %s",  # noqa: S608  # our own tables
                [made.pk, link.subject_id, link.source, link.record_key],
            )
        cursor.execute(
            """
            UPDATE subjects_associate a SET subject_id = %s FROM ingest_sourcerow r
            WHERE a.source_row_id = r.id AND a.subject_id = %s AND r.source = %s AND r.record_key = %s
            """,
            [made.pk, link.subject_id, link.source, link.record_key],
        )
        cursor.execute("UPDATE subjects_identitylink SET closed_at = %s WHERE id = %s", [now, link.pk])
        cursor.execute(
            """
            INSERT INTO subjects_identitylink (subject_id, class_id, source, record_key, source_row_id, decision, weight, explanation,
                resolver_version, decided_by_id, decided_at, unreported_since)
            VALUES (%s, %s, %s, %s, %s, 'manual', NULL, %s, %s, %s, %s, %s)
            """,
            [
                made.pk,
                made.access_class_id,
                link.source,
                link.record_key,
                link.source_row_id,
                json.dumps({"taken from": link.pk}),
                VERSION,
                actor.pk,
                now,
                link.unreported_since,
            ],
        )


def _keep_apart(subject: Subject, made: Subject, *, actor: User, reason: str, now: datetime) -> None:
    left, right = sorted((subject, made), key=lambda each: each.pk)
    kept = Judgement.objects.create(
        access_class_id=subject.access_class_id,
        left=left,
        right=right,
        verdict="different",
        reason=reason,
        judged_by=actor,
        judged_at=now,
        explanation={"wrong person": True},
    )
    payload = {"verdict": "wrong person", "reason": reason}
    record(Act.SUBJECT_JUDGED, object_kind="judgement", object_uuid=kept.uuid, results=[left.uuid, right.uuid], payload=payload)
