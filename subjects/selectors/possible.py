"""Records in the buffer that only probably are somebody's: the queue of them, and one held against the person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from access.models import User
from access.permissions import Permission
from access.policy import require
from foundation.errors import Conflict, NotFound
from ingest.models import SourceRow
from ingest.states import ExtractState, RowState
from subjects.matching.against import Standing, against_record
from subjects.models import IdentityLink, PossibleRecord, Subject, SubjectRedirect
from subjects.selectors.described import TITLES, sentence_of
from subjects.selectors.facts import SubjectFacts, kind_of, standing_facts
from subjects.selectors.judging import COUNTED, SHOWN, stake_of, sum_in_words
from subjects.selectors.pair_rows import Row, rows_of
from subjects.selectors.waiting_row import standing_line, stated_facts

_ELSEWHERE = frozenset({"name", "identifier"})  # these stand in the comparison already


LIKELIEST = (F("weight").desc(nulls_last=True), "id")  # the index possible_waiting


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """How many records wait, each counted up to `COUNTED`: those on which a lead hangs, and all."""

    hanging: int
    everything: int


@dataclass(frozen=True, slots=True)
class HeldAgainst:
    """One record beside the person as the page shows it. `says` is what the record states beyond name and numbers."""

    question: PossibleRecord
    rows: tuple[Row, ...]
    says: tuple[tuple[str, str], ...]
    standing: Standing
    sentence: str


def open_questions() -> QuerySet[PossibleRecord]:
    """Questions whose record waits in the buffer and belongs to nobody, whatever was said so far; in the reader's sight.

    A row is of the extract that stated it last: where that one stands, it counts although the first was taken back.
    """
    record = {"source": OuterRef("source"), "record_key": OuterRef("record_key")}
    rows = SourceRow.objects.filter(state=RowState.BUFFERED, **record).annotate(stated=Coalesce("restated_in__state", "extract__state"))
    return PossibleRecord.objects.filter(
        Exists(rows.exclude(stated=ExtractState.UNIMPORTED)),
        ~Exists(IdentityLink.objects.filter(closed_at=None, **record)),
        ~Exists(SubjectRedirect.objects.filter(from_subject=OuterRef("subject"), closed_at=None)),
        undone_at=None,
    )


def waiting_records(user: User, *, hanging: bool = False) -> QuerySet[PossibleRecord]:
    """The records that nobody has judged, those first on which most hangs (`stake`), and of these the likeliest.

    `hanging`: only those on which something hangs.
    """
    require(user, Permission.JUDGE_IDENTITY)
    waiting = open_questions().filter(verdict="").annotate(stake=stake_of("subject_id")).select_related("subject")
    if hanging:
        waiting = waiting.filter(stake__gt=0)
    return waiting.order_by("-stake", *LIKELIEST)


def record_counts(user: User) -> RecordCounts:
    """How many wait. Nothing is put in order for it: for a number that would cost more than the counting."""
    require(user, Permission.JUDGE_IDENTITY)
    waiting = open_questions().filter(verdict="")
    hanging = waiting.alias(stake=stake_of("subject_id")).filter(stake__gt=0)
    return RecordCounts(hanging[:COUNTED].count(), waiting[:COUNTED].count())


def next_record(user: User, *, after: PossibleRecord) -> PossibleRecord | None:
    """The record to judge next, some other one: as the queue has it, without putting in order all on which nothing hangs."""
    hanging = waiting_records(user, hanging=True).exclude(pk=after.pk).first()
    if hanging is not None:
        return hanging
    return open_questions().filter(verdict="").exclude(pk=after.pk).select_related("subject").order_by(*LIKELIEST).first()


def judged_records(user: User) -> list[PossibleRecord]:
    """The newest verdicts on records that hold, of anybody, in the user's sight."""
    require(user, Permission.JUDGE_IDENTITY)
    held = PossibleRecord.objects.filter(undone_at=None).exclude(verdict="")
    return list(held.select_related("subject", "judged_by").order_by("-judged_at", "-id")[:SHOWN])


def own_last_word(user: User) -> PossibleRecord | None:
    """The user's newest verdict on a record that still holds: what Undo takes back."""
    held = PossibleRecord.objects.filter(judged_by=user, undone_at=None).exclude(verdict="")
    return held.select_related("subject").order_by("-judged_at", "-id").first()


def records_about(user: User, subject: Subject) -> list[PossibleRecord]:
    """Every record that may be this subject's and waits, or was put aside as unsure; the likeliest first."""
    require(user, Permission.VIEW_SUBJECT)
    asked = open_questions().filter(subject=subject, verdict__in=["", "unsure"]).select_related("judged_by")
    return list(asked.order_by("verdict", F("weight").desc(nulls_last=True), "id")[:SHOWN])


def question_for(user: User, question_uuid: uuid.UUID) -> PossibleRecord:
    """One question about a person whom the user may see; raises `NotFound`."""
    require(user, Permission.JUDGE_IDENTITY)
    found = PossibleRecord.objects.select_related("subject", "judged_by").filter(uuid=question_uuid).first()
    if found is None:
        raise NotFound
    return found


def held_against(user: User, question: PossibleRecord) -> HeldAgainst | None:
    """The person and the record side by side, compared as they stand now; None when the record waits no longer."""
    try:
        line = standing_line(question)
    except Conflict:
        return None
    stated = stated_facts(line)
    found = against_record(question.subject_id, line.as_record(0))
    return HeldAgainst(
        question=question,
        rows=rows_of(standing_facts(user, question.subject), stated, found),
        says=tuple(_says(stated)),
        standing=found,
        sentence=sum_in_words(found),
    )


def _says(facts: SubjectFacts) -> list[tuple[str, str]]:
    return [(TITLES[kind_of(fact)], sentence_of(fact)) for fact in facts if kind_of(fact) not in _ELSEWHERE]
