"""Compartments of people: the subject and everything about them carry marks that only cleared people see through.

A protected person (8 USC 1367: VAWA, T, U; 8 CFR 208.6: asylum confidentiality) is the common case: a filing opens the
compartment and a denial alone does not end it (authorities.md 1367-DISC). Relatives stay where they are: they are subjects
or associates of others. Marks are only added: what a row carried already it keeps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db import connection

from access.models import AccessClass, Compartment
from access.reference import PROTECTED
from access.selectors import class_for
from audit.acts import Act
from audit.services import record
from subjects.models import FACT_MODELS
from subjects.selectors.one_person import one_person
from subjects.services.in_order import hold_subjects

_BY_SUBJECT = (
    *(str(model._meta.db_table) for model in FACT_MODELS),
    "subjects_identitylink",
    "subjects_associate",
    "subjects_matchkey",
)
# where each kind of row says whose it is; every version of every source row of the subjects goes along
_PLACES: dict[str, str] = {
    **dict.fromkeys(_BY_SUBJECT, "t.subject_id = ANY (%(subjects)s)"),
    "subjects_judgement": "(t.left_id = ANY (%(subjects)s) OR t.right_id = ANY (%(subjects)s))",
    "subjects_subjectredirect": "(t.from_subject_id = ANY (%(subjects)s) OR t.to_subject_id = ANY (%(subjects)s))",
    "ingest_sourcerow": "EXISTS (SELECT 1 FROM subjects_identitylink l WHERE l.subject_id = ANY (%(subjects)s) AND l.closed_at IS NULL"
    " AND l.source = t.source AND l.record_key = t.record_key)",
    "subjects_possiblerecord": "t.subject_id = ANY (%(subjects)s)",  # after the rows: see below
}


# rows between two people leave a compartment when neither of them is in a stricter class than theirs is to be
_ALONE = {
    table: "NOT EXISTS (SELECT 1 FROM subjects_subject o JOIN access_accessclass oc ON oc.id = o.class_id"  # noqa: S608  # tables of ours
    f" JOIN access_accessclass nc ON nc.id = m.new WHERE o.id IN (t.{first}, t.{second})"
    " AND NOT oc.compartments <@ nc.compartments)"
    for table, first, second in (
        ("subjects_judgement", "left_id", "right_id"),
        ("subjects_subjectredirect", "from_subject_id", "to_subject_id"),
    )
}
# a question about a record leaves when the record's rows are here and none is in a stricter class: it tells of these too
_ALONE["subjects_possiblerecord"] = (
    "(SELECT bool_and(rc.compartments <@ nc.compartments) FROM ingest_sourcerow r JOIN access_accessclass rc ON rc.id = r.class_id"
    " JOIN access_accessclass nc ON nc.id = m.new WHERE r.source = t.source AND r.record_key = t.record_key)"
)


def protected_mark() -> int:
    """The compartment of protected persons."""
    return Compartment.objects.get(code=PROTECTED).pk


def protected_class() -> int:
    """The access class of what concerns a protected person."""
    return class_for(audience="hq", compartments=[protected_mark()])


def protect(subjects: Iterable[int]) -> int:
    """Move these people and all about them into the compartment; returns how many subjects were not there yet."""
    wanted = set(subjects)
    return close_off(wanted, [protected_mark()]) if wanted else 0


def close_off(subjects: Iterable[int], marks: Collection[int]) -> int:
    """Add compartments to these people and to all about them; returns how many subjects lacked one of them."""
    wanted = one_person(subjects)
    if not wanted or not marks:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_CLASSES, {"subjects": wanted})
        stricter = _stricter([row[0] for row in cursor.fetchall()], marks)
        if not stricter:
            return 0
        hold_subjects(wanted)
        given = {"subjects": wanted, "old": list(stricter), "new": list(stricter.values())}
        cursor.execute(_move("subjects_subject", "t.id = ANY (%(subjects)s)") + " RETURNING t.uuid", given)
        moved = [row[0] for row in cursor.fetchall()]
        for table, theirs in _PLACES.items():
            cursor.execute(_move(table, theirs), given)
    if moved:
        record(Act.PROTECTED, object_kind="subject", results=moved)
    return len(moved)


def open_up(subjects: Iterable[int], marks: Collection[int]) -> int:
    """Take compartments off these people and off all about them; returns how many subjects carried one of them.

    What also concerns somebody else who carries the mark (a pair to be judged, a merge), or a record that does (a question
    about a record in the buffer), keeps it.
    """
    wanted = one_person(subjects)
    with connection.cursor() as cursor:
        cursor.execute(_CLASSES, {"subjects": wanted})
        looser = _looser([row[0] for row in cursor.fetchall()], marks)
        if not wanted or not looser:
            return 0
        hold_subjects(wanted)
        given = {"subjects": wanted, "old": list(looser), "new": list(looser.values())}
        cursor.execute(_move("subjects_subject", "t.id = ANY (%(subjects)s)") + " RETURNING t.uuid", given)
        moved = [row[0] for row in cursor.fetchall()]
        for table, theirs in _PLACES.items():
            alone = f" AND {_ALONE[table]}" if table in _ALONE else ""
            cursor.execute(_move(table, theirs + alone), given)
    return len(moved)


def _looser(classes: Sequence[int], marks: Collection[int]) -> dict[int, int]:
    """Each class that has one of the marks, and the class without them."""
    found = AccessClass.objects.filter(pk__in=classes, phase="live", compartments__overlap=list(marks))
    return {
        each.pk: class_for(audience=each.audience, office_id=each.office_id, compartments=set(each.compartments) - set(marks))
        for each in found
    }


def _stricter(classes: Sequence[int], marks: Collection[int]) -> dict[int, int]:
    """Each class that lacks one of the marks, and the class that has it beside its own."""
    found = AccessClass.objects.filter(pk__in=classes, phase="live").exclude(compartments__contains=list(marks))
    return {
        each.pk: class_for(audience=each.audience, office_id=each.office_id, compartments={*each.compartments, *marks}) for each in found
    }


def _move(table: str, theirs: str) -> str:
    return (
        f"UPDATE {table} t SET class_id = m.new FROM unnest(%(old)s::int8[], %(new)s::int8[]) AS m (old, new) "  # noqa: S608  # tables of ours
        f"WHERE t.class_id = m.old AND {theirs}"
    )


_CLASSES = " UNION ".join(
    ["SELECT class_id FROM subjects_subject WHERE id = ANY (%(subjects)s)"]
    + [f"SELECT t.class_id FROM {table} t WHERE {theirs}" for table, theirs in _PLACES.items()]  # noqa: S608  # tables of ours
)
