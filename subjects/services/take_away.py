"""Records leave the subject to which they were given (by a verdict, or by a merge): their facts stand no more, their rows wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from access.models import User
from ingest.states import RowState
from subjects.matching.resolver import Resolver
from subjects.models import IdentityLink, PossibleRecord
from subjects.services.let_go import let_go, newest_line
from subjects.services.lines import Line
from subjects.services.settle import Plan, carry_out
from subjects.services.write_subjects import SubjectIds, refresh


def take_away(judged: IdentityLink, brought: Sequence[int], *, actor: User, now: datetime) -> None:
    """Close the judged link and those of `brought` (ids of links) that still stand; their records wait again.

    The resolver looks at what had come along once more: it may belong to somebody without the judged record, which itself
    waits for a person. The caller holds `one_writer`.
    """
    links = [judged, *IdentityLink.objects.filter(pk__in=brought, closed_at=None)]
    waiting = [(link, line) for link in links for line in _readable(link)]
    let_go(links, [line for _, line in waiting], now)
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
    let_go([link for link, _ in readable], [line for _, line in readable], now)
    resolver = Resolver(ids := SubjectIds())
    resolver.ask_again(key for _, line in readable for key in line.keys)
    resolver.ask_again(key for question in questions for line in _waiting(question) for key in line.keys)
    carry_out(Plan(), resolver, ids, actor=actor, now=now)
    refresh({link.subject_id for link, _ in readable}, now)


def _readable(link: IdentityLink) -> list[Line]:
    """The record's newest row; none when nobody can read it any more: it stays as it is."""
    return newest_line(link.source, link.record_key, RowState.APPLIED)


def _waiting(question: PossibleRecord) -> list[Line]:
    """The row that a question is about, where it waits."""
    return newest_line(question.source, question.record_key, RowState.BUFFERED)
