"""Pairs that only a person may call one: the queue, and one pair side by side with the points of the comparison."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest

from access.models import User
from access.permissions import Permission
from access.policy import require
from foundation.errors import NotFound
from foundation.registries import stakes
from subjects.matching.against import Standing, against
from subjects.matching.weights import WEIGHTS
from subjects.models import Judgement, Subject
from subjects.selectors.facts import SubjectFacts, standing_facts
from subjects.selectors.pair_rows import Row, rows_of
from subjects.selectors.pairs import SIDES, names, pairs, said_different

SHOWN = 50
COUNTED = 1000  # the queue's length is counted no further


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: the subject and its facts."""

    subject: Subject
    facts: SubjectFacts


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair as the page shows it. `standing` is what a verdict freezes; `different` are words on the same two that stand in the
    way of "same"."""

    judgement: Judgement
    left: Side
    right: Side
    rows: tuple[Row, ...]
    standing: Standing
    sentence: str
    left_over: int
    different: tuple[Judgement, ...]

    @property
    def speaks_apart(self) -> bool:
        """Whether "same" is not the answer to offer first."""
        return self.standing.apart or bool(self.different)


def waiting_pairs(user: User) -> QuerySet[Judgement]:
    """The pairs that nobody has judged, those first on which most hangs (`stake`), and of these the likeliest.

    A pair that another merge made one does not wait any more.
    """
    require(user, Permission.JUDGE_IDENTITY)
    return (
        pairs()
        .filter(verdict="", undone_at=None)
        .annotate(stake=stake_of("left_as", "right_as"))
        .exclude(left_as=F("right_as"))
        .select_related(*SIDES)
        .order_by("-stake", F("weight").desc(nulls_last=True), "id")
    )


def stake_words(rank: int) -> str:
    """What hangs on a pair, in words; empty for nothing."""
    return next((each.words[rank] for each in stakes if rank in each.words), "")


def stake_of(*columns: str) -> Any:
    """The most that hangs on any of the subjects in these columns, as a database expression."""
    ranks = [each.rank(column) for each in stakes for column in columns]
    return Greatest(Value(0), *ranks) if ranks else Value(0)


def waiting_count(user: User) -> int:
    """How many pairs wait, counted up to `COUNTED`; nothing is put in order for it."""
    return waiting_pairs(user).order_by()[:COUNTED].count()


def next_pair(user: User, *, after: Judgement | None = None) -> Judgement | None:
    """The pair to judge next; with `after`, some other one."""
    waiting = waiting_pairs(user)
    return waiting.exclude(pk=after.pk).first() if after is not None else waiting.first()


def own_last_verdict(user: User) -> Judgement | None:
    """The user's newest verdict that still holds: what Undo takes back."""
    return (
        Judgement.objects.filter(judged_by=user, undone_at=None)
        .exclude(verdict="")
        .select_related(*SIDES)
        .order_by("-judged_at", "-id")
        .first()
    )


def judged_pairs(user: User, *, verdict: str = "") -> list[Judgement]:
    """The newest verdicts that hold, of anybody, in the user's sight."""
    require(user, Permission.JUDGE_IDENTITY)
    held = Judgement.objects.filter(undone_at=None).exclude(verdict="")
    if verdict:
        held = held.filter(verdict=verdict)
    return list(held.select_related(*SIDES, "judged_by").order_by("-judged_at", "-id")[:SHOWN])


def judgement_for(user: User, judgement_uuid: uuid.UUID) -> Judgement:
    """One pair whose two people the user may see; raises `NotFound`."""
    require(user, Permission.JUDGE_IDENTITY)
    found = Judgement.objects.select_related(*SIDES, "judged_by").filter(uuid=judgement_uuid).first()
    if found is None:
        raise NotFound
    return found


def judgements_about(user: User, subject: Subject) -> list[Judgement]:
    """Every pair with this subject that waits or was judged and stands so, the newest first."""
    require(user, Permission.VIEW_SUBJECT)
    about = pairs().filter(names([subject.pk]), Q(left_as=subject.pk) | Q(right_as=subject.pk), undone_at=None)
    return list(about.exclude(left_as=F("right_as")).select_related(*SIDES, "judged_by").order_by("-recorded_at", "-id")[:SHOWN])


def pair_for(user: User, judgement: Judgement) -> Pair:
    """Both people side by side, compared as they stand now."""
    waits = not judgement.verdict and judgement.undone_at is None
    left, right = (Side(subject, standing_facts(user, subject)) for subject in judgement.shown)
    found = against(left.subject.pk, right.subject.pk)
    return Pair(
        judgement=judgement,
        left=left,
        right=right,
        rows=rows_of(left.facts, right.facts, found),
        standing=found,
        sentence=sum_in_words(found),
        left_over=waiting_count(user),
        different=tuple(said_different(left.subject.pk, right.subject.pk)) if waits else (),
    )


def sum_in_words(found: Standing) -> str:
    """`23.5 of 32 points. The machine joins from 26 on ... Runner-up: 4.`"""
    if found.score is None:
        return "There is no name on one side to compare."
    reached, most = found.score.weight - WEIGHTS.prior, WEIGHTS.most - WEIGHTS.prior
    runner_up = f"Runner-up: {_points(found.runner_up - WEIGHTS.prior)}." if found.runner_up is not None else "There is no runner-up."
    alone = f"The system joins by itself from {_points(WEIGHTS.accept - WEIGHTS.prior)} on, {_points(WEIGHTS.lead)} ahead of the runner-up."
    return f"{_points(reached)} of {_points(most)} points. {runner_up} {alone}"


def _points(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace("-", "\u2212")
