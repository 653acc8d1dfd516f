"""Who waits for evidence: something stands or rests on a person, and nobody works on it because it is not enough for a lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from access.models import User
from leads.judging import Judged, judge
from leads.models import Finding, Lead
from leads.picture import rule_title
from leads.selectors.book import book_now
from leads.snapshots import snapshots
from leads.states import CLOSED_STATES
from subjects.models import Subject

PAGE = 50
_WAITS = (Finding.Outcome.STANDS, Finding.Outcome.HELD)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One suspicion without a lead."""

    subject: Subject
    rule: str
    since: date | None
    because: str
    as_of: date


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """A page of the list, newest first; `before` is where the next one begins, None on the last."""

    rows: tuple[WaitingRow, ...]
    before: int | None


def waiting_for(user: User, *, rule: str = "", before: int | None = None) -> WaitingPage:  # the database knows who asks
    """The newest suspicions that wait (of one rule, by its id), of people in sight, with what each waits for as it is known now."""
    found = list(_waiting(rule, before)[: PAGE + 1])
    shown = found[:PAGE]
    subjects = {row.subject_id: row.subject for row in shown if row.subject is not None}
    book = book_now()
    known = {pk: judge(snapshot, book=book) for pk, snapshot in snapshots(list(subjects.values())).items()}
    rows = tuple(
        WaitingRow(row.subject, rule_title(row.rule_id), row.holds_from, because(row, known[row.subject.pk]), row.as_of)
        for row in shown
        if row.subject is not None
    )
    return WaitingPage(rows, shown[-1].pk if len(found) > PAGE else None)


def because(row: Finding, judged: Judged) -> str:
    """What the suspicion waits for, in a sentence."""
    verdict = judged.evaluation.verdict_on(row.rule_id, row.matter_key)
    if verdict is not None and verdict.holds:
        return verdict.holds[0].sentence
    if judged.waiting is not None:
        return judged.waiting.sentence
    return row.sentence


def _waiting(rule: str, before: int | None) -> QuerySet[Finding]:
    newer = Finding.objects.filter(
        subject=OuterRef("subject"), rule_id=OuterRef("rule_id"), matter_key=OuterRef("matter_key"), pk__gt=OuterRef("pk")
    )
    worked_on = Lead.objects.filter(subject=OuterRef("subject")).exclude(state__in=CLOSED_STATES)
    rows = Finding.objects.filter(lead=None, subject__isnull=False, outcome__in=_WAITS).exclude(Exists(newer)).exclude(Exists(worked_on))
    if rule:
        rows = rows.filter(rule_id=rule)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return rows.select_related("subject", "subject__access_class").order_by("-pk")
