"""Merging two subjects, and splitting them again with nothing lost.

A merge moves rows and writes down which: `SubjectRedirect.moved` maps table and column to row ids. A split gives exactly
these back, and what arrived since goes where it belongs (`subjects.services.since_merge`). What later stages did in the merge
(two open leads became one) stands in `SubjectRedirect.followed`, and they undo it themselves.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from django.db.models import Max

from access.models import AccessClass, User
from access.selectors import class_for
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict
from foundation.registries import followers
from subjects.models import FACT_MODELS, IdentityLink, Judgement, Subject, SubjectRedirect
from subjects.selectors.one_person import one_person
from subjects.services.in_order import hold_subjects
from subjects.services.protect import close_off
from subjects.services.renaming import show_as
from subjects.services.since_merge import share_out
from subjects.services.write_subjects import refresh

OURS = (
    *(str(model._meta.db_table) for model in FACT_MODELS),
    "subjects_identitylink",
    "subjects_associate",
    "subjects_matchkey",
    "subjects_possiblerecord",
)
# a row that the other subject holds already stays where it is
_TWINS = {
    "subjects_matchkey": "o.key = t.key",
    "subjects_possiblerecord": ("o.undone_at IS NULL AND t.undone_at IS NULL AND (o.source, o.record_key) = (t.source, t.record_key)"),
    "subjects_associate": (
        "o.retracted_at IS NULL AND t.retracted_at IS NULL AND (o.relation, o.family_name, o.given_name, o.organization_name)"
        " = (t.relation, t.family_name, t.given_name, t.organization_name)"
    ),
}


def merge(*, actor: User, left: Subject, right: Subject, judgement: Judgement | None, now: datetime) -> SubjectRedirect:
    """Show two subjects as one from now on: the one that was here first. Raises `Conflict` when they are one already.

    The caller's transaction, which holds `one_writer`. Leads and what else hangs on a subject follow through the registry.
    """
    first, second = sorted((standing_for(left.pk), standing_for(right.pk)))
    if first == second:
        raise Conflict("These two are shown as one person already.")
    hold_subjects(one_person([first, second]))  # before their leads
    moved = {f"{table}.subject_id": _move(table, second, first) for table in OURS}
    hanging = dict(_hanging_on(second))
    followed = {key: follower.follow(second, first, now) for key, follower in zip(followers.keys(), followers, strict=True)}
    there = dict(_hanging_on(first))
    moved |= {column: sorted(set(ids) & set(there[column])) for column, ids in hanging.items()}
    show_as(second, first)
    redirect = SubjectRedirect.objects.create(
        from_subject_id=second,
        to_subject_id=first,
        access_class_id=class_for(audience="hq"),
        judgement=judgement,
        moved={column: ids for column, ids in moved.items() if ids},
        links_before=IdentityLink.objects.aggregate(newest=Max("pk"))["newest"] or 0,
        followed={key: remembered for key, remembered in followed.items() if remembered},
        made_by=actor,
        made_at=now,
    )
    _keep_the_stricter_class(first, second)
    refresh([first, second], now)
    record(Act.SUBJECTS_MERGED, object_kind="subject", object_uuid=_uuid(first), results=[_uuid(first), _uuid(second)])
    return redirect


def split(*, actor: User, redirect: SubjectRedirect, now: datetime) -> None:
    """Take a merge back: every row that it moved returns, what came since goes to the one of the two whose it is, and each lead.

    The caller holds `one_writer`. Raises `Conflict` when it is split already, or when the one has been merged with a third.
    """
    if redirect.closed_at is not None:
        raise Conflict("These two have been split already.")
    first, second = redirect.to_subject_id, redirect.from_subject_id
    if standing_for(first) != first:
        raise Conflict("The subject has been merged with another since; split that first.")
    hold_subjects(one_person([first, second]))  # before their leads
    with connection.cursor() as cursor:
        for column, ids in redirect.moved.items():
            table, name = column.split(".")
            cursor.execute(f"UPDATE {table} SET {name} = %s WHERE id = ANY (%s) AND {name} = %s", [second, ids, first])  # noqa: S608  # our own words
    SubjectRedirect.objects.filter(pk=redirect.pk).update(closed_at=now)
    redirect.closed_at = now
    show_as(second, second)
    share_out(redirect, actor=actor, now=now)
    for key, follower in zip(followers.keys(), followers, strict=True):
        follower.part(second, first, redirect.followed.get(key, {}), now)
    refresh([first, second], now)
    record(Act.SUBJECT_SPLIT, object_kind="subject", object_uuid=_uuid(first), results=[_uuid(first), _uuid(second)])


def standing_for(subject: int) -> int:
    """The subject as which this one is shown."""
    seen = {subject}
    while True:
        further = SubjectRedirect.objects.filter(from_subject_id=subject, closed_at=None).values_list("to_subject_id", flat=True).first()
        if further is None or further in seen:
            return subject
        subject = further
        seen.add(subject)


def _move(table: str, source: int, target: int) -> list[int]:
    twin = _TWINS.get(table)
    unless = f" AND NOT EXISTS (SELECT 1 FROM {table} o WHERE o.subject_id = %s AND {twin})" if twin else ""  # noqa: S608  # as above
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} t SET subject_id = %s WHERE subject_id = %s{unless} RETURNING id",  # noqa: S608  # as above
            [target, source, *([target] if twin else [])],
        )
        return sorted(row[0] for row in cursor.fetchall())


def _hanging_on(subject: int) -> Iterator[tuple[str, list[int]]]:
    """What other stages have hung on a subject, found through the models: it returns with a split."""
    for relation in Subject._meta.related_objects:
        model = relation.related_model
        table = str(model._meta.db_table)
        if isinstance(model, str) or model._meta.app_label == "subjects":
            continue
        ids = model._default_manager.filter(**{relation.field.name: subject}).order_by("pk").values_list("pk", flat=True)
        yield f"{table}.{relation.field.column}", list(ids)


def _keep_the_stricter_class(first: int, second: int) -> None:
    """The one person carries the marks of both."""
    marks = AccessClass.objects.filter(pk__in=Subject.objects.filter(pk__in=(first, second)).values("access_class_id"))
    close_off([first, second], {mark for each in marks for mark in each.compartments})


def _uuid(subject: int) -> uuid.UUID:
    return Subject.objects.get(pk=subject).uuid
