"""From fact tables to `leads.rules.snapshot.Snapshot`: many subjects in a fixed number of queries.

Numbers that persons carry are never opened here: rules compare opaque keys (blind indexes), so a snapshot holds none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from django.db.models import F, Max, Q

from access.models import AccessClass, Compartment
from access.reference import PROTECTED
from foundation.arrays import one_of
from ingest.facts import Fact, StatusEvent
from ingest.models import Extract
from ingest.states import ExtractState
from leads.fact_kinds import KINDS, Kind
from leads.models import Correction as CorrectionRow
from leads.models import SystemCheck
from leads.rules.snapshot import Correction, Known, ManualCheck, Snapshot, Unsettled, build
from organizations.models import Organization
from subjects.models import IdentifierFact, IdentityLink, StatusFact, Subject
from subjects.selectors.pairs import names, pairs
from subjects.selectors.possible import open_questions

_PROVENANCE = ("subject_id", "uuid", "source", "as_of", "known_at", "record_key")
_OF_ONE_PERSON = frozenset({"many_names_one_fin"})  # flags of a pair that say something of one person too


def sources_now(known_at: datetime | None = None) -> dict[str, date]:
    """The newest as-of day (UTC) of every source that was ever applied, or was by `known_at`."""
    applied = Extract.objects.filter(state=ExtractState.APPLIED)
    if known_at is not None:
        applied = applied.filter(applied_at__lte=known_at)
    newest = applied.values_list("source").annotate(Max("as_of")).order_by()
    return {source: as_of.astimezone(UTC).date() for source, as_of in newest}


def schools_withdrawn() -> frozenset[str]:
    """The codes of schools and programs whose certification was withdrawn: one event, not one a student."""
    return frozenset(Organization.objects.filter(withdrawn_on__isnull=False).exclude(code="").values_list("code", flat=True))


@dataclass(slots=True)
class _Gathered:
    """What the queries found, by subject."""

    known: dict[int, list[Known[Fact]]] = field(default_factory=lambda: defaultdict(list))
    corrections: dict[int, list[Correction]] = field(default_factory=lambda: defaultdict(list))
    checks: dict[int, list[ManualCheck]] = field(default_factory=lambda: defaultdict(list))
    flags: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    unsettled: dict[int, list[Unsettled]] = field(default_factory=lambda: defaultdict(list))


def snapshots(
    subjects: Sequence[Subject], sources: Mapping[str, date] | None = None, known_at: datetime | None = None
) -> dict[int, Snapshot]:
    """One snapshot a subject, by subject id; at most twenty queries whatever the number of subjects.

    `sources` (newest as-of day by source) and the withdrawn schools are read when they are not given. `known_at`: only what was
    known at that moment; who the facts belong to, and how surely, is as today.
    """
    ids = [subject.pk for subject in subjects]
    gathered = _Gathered()
    unreported = _read_links(ids, gathered.flags)
    read = {kind.model: _read_facts(kind, ids, gathered.known, known_at, unreported) for kind in KINDS}
    _read_corrections(ids, gathered.corrections, known_at)
    _read_checks(ids, gathered.checks, known_at)
    _read_judgements(ids, gathered.flags)
    _read_unsettled(ids, gathered.unsettled, gathered.flags)
    protected = _protected_classes(subjects)
    found_sources = sources_now(known_at) if sources is None else sources
    schools = schools_withdrawn() if read[StatusFact] else frozenset()
    principals = _read_principals(subjects, gathered.known, known_at)
    return {
        subject.pk: build(
            str(subject.uuid),
            found_sources,
            gathered.known[subject.pk],
            us_person=subject.us_person,
            protected=subject.access_class_id in protected,
            identity_strength=subject.identity_strength,
            link_flags=frozenset(gathered.flags[subject.pk]),
            corrections=tuple(gathered.corrections[subject.pk]),
            checks=tuple(gathered.checks[subject.pk]),
            unsettled=tuple(gathered.unsettled[subject.pk]),
            principals=tuple(principals[subject.pk]),
            schools_withdrawn=schools,
        )
        for subject in subjects
    }


def snapshot_of(subject: Subject) -> Snapshot:
    """The snapshot of one subject."""
    return snapshots([subject])[subject.pk]


def _read_facts(
    kind: Kind,
    ids: Sequence[int],
    into: dict[int, list[Known[Fact]]],
    known_at: datetime | None,
    unreported: Mapping[tuple[str, int], date],
) -> int:
    """Standing facts of one table; of a SEVIS record also the rows that a later one replaced (`was terminated, now active`).

    Returns how many there are.
    """
    found = 0
    rows = kind.model._default_manager.filter(_standing("retracted_at", known_at), subject_id__in=one_of(ids))  # any fact table
    if kind.model is not StatusFact:
        rows = rows.filter(_standing("superseded_at", known_at))
    if known_at is not None:
        rows = rows.filter(known_at__lte=known_at)
    make, width = kind.make, len(_PROVENANCE) + 1
    for row in rows.values_list(*_PROVENANCE, kind.key, *kind.columns):
        subject_id, uuid, source, as_of, known_at, record_key, lasting = row[:width]
        key = record_key if lasting is None else lasting
        gone = unreported.get((source, record_key)) if unreported else None
        into[subject_id].append(Known(make(row[width:]), str(uuid), source, as_of, known_at, str(key), gone))
        found += 1
    return found


def _standing(ended: str, known_at: datetime | None) -> Q:
    """What had not ended by a moment (None: now)."""
    never = Q(**{ended: None})
    return never if known_at is None else never | Q(**{f"{ended}__gt": known_at})


def _read_principals(
    subjects: Sequence[Subject], known: Mapping[int, list[Known[Fact]]], known_at: datetime | None
) -> dict[int, list[Known[StatusEvent]]]:
    """The standing records of those whom dependents name as principals. Only of the dependent's own class: whoever sees the one
    sees the other, so that everybody reads the same verdict, and a protected principal tells nothing."""
    named: dict[int, list[Subject]] = defaultdict(list)
    for subject in subjects:
        facts = (each.fact for each in known[subject.pk])
        for key in {fact.principal_sevis_id for fact in facts if isinstance(fact, StatusEvent) and fact.principal_sevis_id}:
            named[int(key)].append(subject)
    found: dict[int, list[Known[StatusEvent]]] = defaultdict(list)
    if not named:
        return found
    holders = IdentifierFact.objects.filter(kind="sevis_id", blind_index__in=list(named)).values("subject_id")
    standing = _standing("retracted_at", known_at) & _standing("superseded_at", known_at)
    rows = StatusFact.objects.filter(standing, sevis_key__in=list(named), subject_id__in=holders)
    if known_at is not None:
        rows = rows.filter(known_at__lte=known_at)
    kind = next(each for each in KINDS if each.model is StatusFact)
    for class_id, key, uuid, source, as_of, at, record_key, *row in rows.values_list(
        "access_class_id", "sevis_key", "uuid", "source", "as_of", "known_at", "record_key", *kind.columns
    ):
        fact = kind.make(tuple(row))
        for subject in named[key]:
            if subject.access_class_id == class_id and isinstance(fact, StatusEvent):
                found[subject.pk].append(Known(fact, str(uuid), source, as_of, at, str(record_key)))
    return found


def _read_corrections(ids: Sequence[int], into: dict[int, list[Correction]], known_at: datetime | None) -> None:
    rows = CorrectionRow.objects.filter(_standing("withdrawn_at", known_at), subject_id__in=one_of(ids)).order_by("id")
    if known_at is not None:
        rows = rows.filter(decided_on__lte=known_at.date())
    for row in rows:
        settled = Correction(row.matter_key, row.code, row.decided_on, row.evidence_digest, row.sentence, tuple(row.relied))
        into[row.subject_id].append(settled)


def _read_checks(ids: Sequence[int], into: dict[int, list[ManualCheck]], known_at: datetime | None) -> None:
    rows = SystemCheck.objects.filter(_standing("taken_back_at", known_at), subject_id__in=one_of(ids))
    if known_at is not None:
        rows = rows.filter(entered_at__lte=known_at)
    for subject_id, source, checked_on, uuid in rows.values_list("subject_id", "source", "checked_on", "uuid"):
        into[subject_id].append(ManualCheck(source, checked_on, str(uuid)))


def _read_links(ids: Sequence[int], into: dict[int, set[str]]) -> dict[tuple[str, int], date]:
    """What contradicts in what a person joined; returned are the records that their source no longer reports, with the day."""
    links = IdentityLink.objects.filter(subject_id__in=one_of(ids), closed_at=None)
    telling = links.filter(Q(explanation__has_key="flags") | Q(unreported_since__isnull=False))
    gone: dict[tuple[str, int], date] = {}
    for subject_id, explanation, source, key, since in telling.values_list(
        "subject_id", "explanation", "source", "record_key", "unreported_since"
    ):
        into[subject_id].update(_OF_ONE_PERSON.intersection(explanation.get("flags", ())))  # all else the link has settled
        if since is not None:
            gone[source, key] = since
    return gone


def _read_judgements(ids: Sequence[int], into: dict[int, set[str]]) -> None:
    """Pairs that wait for a person, with what contradicts in them; a pair that was judged is no doubt any more. Who was merged into
    another counts as that one.

    One person by a person's word who uses several names under one fingerprint number still does that; of two people neither does.
    """
    wanted = set(ids)
    open_pairs = pairs().filter(names(one_of(ids)), undone_at=None).exclude(verdict="different")
    for left, right, verdict, explanation in open_pairs.values_list("left_as", "right_as", "verdict", "explanation"):
        flags = set(explanation.get("flags", ()))
        found = flags & _OF_ONE_PERSON if verdict == "same" or left == right else {"possible_twin", *flags}
        for subject_id in {left, right} & wanted:
            into[subject_id] |= found


def _read_unsettled(ids: Sequence[int], into: dict[int, list[Unsettled]], flags: dict[int, set[str]]) -> None:
    """Records in the buffer that may be a subject's. One of a stricter class than the subject's would tell of what lies there
    (a protected person's filing): it is judged by those who see it, and says nothing here."""
    asked = open_questions().filter(subject_id__in=one_of(ids), verdict__in=["", "unsure"], access_class_id=F("subject__access_class_id"))
    for subject_id, speaks_of, source, as_of, uuid, explanation in asked.values_list(
        "subject_id", "speaks_of", "source", "as_of", "uuid", "explanation"
    ):
        into[subject_id].append(Unsettled(speaks_of, source, as_of, str(uuid)))
        flags[subject_id].update(_OF_ONE_PERSON.intersection(explanation.get("flags", ())))


def _protected_classes(subjects: Sequence[Subject]) -> frozenset[int]:
    """The classes of these subjects that lie in the compartment of protected persons; other compartments say nothing here.

    No query where the classes came with the subjects and none has a compartment.
    """
    if all(Subject.access_class.is_cached(subject) for subject in subjects):
        marked = {subject.access_class_id: subject.access_class.compartments for subject in subjects if subject.access_class.compartments}
    else:
        ids = {subject.access_class_id for subject in subjects}
        marked = dict(AccessClass.objects.filter(pk__in=ids).exclude(compartments=[]).values_list("pk", "compartments"))
    if not marked:
        return frozenset()
    mark = Compartment.objects.get(code=PROTECTED).pk
    return frozenset(class_id for class_id, marks in marked.items() if mark in marks)
