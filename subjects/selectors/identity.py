"""Of what a person is made up: the source records, the merges, the verdicts, and who looks like them."""

from __future__ import annotations

from dataclasses import dataclass

from access.models import User
from access.permissions import Permission
from access.policy import require
from foundation.errors import NotFound
from subjects.matching.against import like
from subjects.matching.weights import WEIGHTS
from subjects.models import IdentityLink, Judgement, PossibleRecord, Subject, SubjectRedirect
from subjects.selectors.judging import judgements_about
from subjects.selectors.pair_rows import points_in_words
from subjects.selectors.possible import records_about

LIKE_SHOWN = 10
HOW = {
    "new": "the first record of this person",
    "identifier": "by a number that singles out a person",
    "scored": "by name and date of birth",
    "judged": "by a person's verdict",
    "manual": "by hand",
}


@dataclass(frozen=True, slots=True)
class Record:
    """One source record: since when it is with this person, and why."""

    link: IdentityLink
    why: str
    points: str
    came_by_merge: bool


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Somebody who shares a coarse key of name and birth date."""

    subject: Subject
    points: str


@dataclass(frozen=True, slots=True)
class Identity:
    """One person's identity as the page shows it. `waiting` and `judged` are pairs with other people; `possible` are records in
    the buffer that may be the person's."""

    records: tuple[Record, ...]
    merges: tuple[SubjectRedirect, ...]
    waiting: tuple[Judgement, ...]
    judged: tuple[Judgement, ...]
    alike: tuple[Lookalike, ...]
    possible: tuple[PossibleRecord, ...]


def identity_of(user: User, subject: Subject) -> Identity:
    """Gather it; the number of queries does not grow with the records."""
    require(user, Permission.VIEW_SUBJECT)
    merges = SubjectRedirect.objects.filter(to_subject=subject, closed_at=None).select_related("from_subject", "made_by", "judgement")
    merged = tuple(merges.order_by("-made_at", "-pk"))
    about = judgements_about(user, subject)
    return Identity(
        records=tuple(_records(subject, merged)),
        merges=merged,
        waiting=tuple(each for each in about if not each.verdict),
        judged=tuple(each for each in about if each.verdict and each.verdict != "same"),
        alike=tuple(_alike(subject, about)),
        possible=tuple(records_about(user, subject)),
    )


def record_for(user: User, subject: Subject, link_id: int) -> IdentityLink:
    """One record that is with this subject now; raises `NotFound`."""
    require(user, Permission.JUDGE_IDENTITY)
    found = (
        IdentityLink.objects.select_related("subject", "source_row__extract").filter(pk=link_id, subject=subject, closed_at=None).first()
    )
    if found is None:
        raise NotFound
    return found


def _records(subject: Subject, merges: tuple[SubjectRedirect, ...]) -> list[Record]:
    brought = {pk for merge in merges for pk in merge.moved.get("subjects_identitylink.subject_id", ())}
    links = IdentityLink.objects.filter(subject=subject, closed_at=None).select_related("source_row__extract", "decided_by")
    return [
        Record(
            link=link,
            why=HOW.get(link.decision, link.decision),
            points=points_in_words(link.weight - WEIGHTS.prior) if link.weight is not None else "",
            came_by_merge=link.pk in brought,
        )
        for link in links.order_by("decided_at", "pk")
    ]


def _alike(subject: Subject, about: list[Judgement]) -> list[Lookalike]:
    """The likest others with whom no pair waits and none was judged."""
    known = {each.pk for pair in about for each in pair.shown}
    found = [(other, weight) for other, weight in like(subject.pk) if other not in known][:LIKE_SHOWN]
    subjects = Subject.objects.in_bulk([other for other, _ in found])
    return [Lookalike(subjects[other], points_in_words(weight - WEIGHTS.prior)) for other, weight in found if other in subjects]
