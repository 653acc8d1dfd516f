"""Which book is in force, its versions with their promotions, and replays with what they found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Avg, Case, DurationField, ExpressionWrapper, F, When
from django.utils import timezone

from access.models import User
from foundation.errors import NotFound
from leads.assessment.base import Measured
from leads.book import Book, compose, description_of, part_title, parts, versions_of
from leads.models import Claim, MeasuredRate, Promotion, Replay, ReplayEffect, RuleStop
from leads.models.book import decided_words, would
from leads.replaying import APPEARS, CHANGES, VANISHES, GroupLine, Tally, group_lines

EFFECTS_SHOWN = 100


def chosen_versions() -> dict[str, int]:
    """The version of each part that two people put in force last; parts that nobody ever promoted are absent."""
    newest = Promotion.objects.filter(approved_at__isnull=False).order_by("part", "-approved_at", "-pk").distinct("part")
    return dict(newest.values_list("part", "version"))


def book_now() -> Book:
    """The book that judges now. Three queries."""
    stops = dict(RuleStop.objects.filter(lifted_at=None).values_list("rule_id", "closings"))
    keep_open = frozenset(rule_id for rule_id, closings in stops.items() if closings)
    rates = MeasuredRate.objects.values_list("kind", "band", "hits", "sample")
    measured = {(kind, band): Measured(hits, sample) for kind, band, hits, sample in rates}
    return compose(chosen_versions(), frozenset(stops), measured, keep_open=keep_open)


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a part as the page prints it."""

    part: str
    title: str
    version: int
    description: str
    in_force: bool
    was_in_force: bool
    proposal: Promotion | None


def version_lines(user: User) -> list[VersionLine]:  # the database knows who asks
    """The versions of every part that has more than one."""
    book = book_now()
    open_ones = {(each.part, each.version): each for each in Promotion.objects.filter(approved_at=None).select_related("proposed_by")}
    before = set(Promotion.objects.filter(approved_at__isnull=False).values_list("part", "replaces"))
    before |= set(Promotion.objects.filter(approved_at__isnull=False).values_list("part", "version"))
    return [
        VersionLine(
            part,
            part_title(part),
            version,
            description_of(part, version),
            book.version_of(part) == version,
            (part, version) in before,
            open_ones.get((part, version)),
        )
        for part in parts()
        if len(versions_of(part)) > 1
        for version in versions_of(part)
    ]


def replays_for(user: User) -> list[Replay]:  # as above
    """The newest replays."""
    return list(Replay.objects.select_related("asked_by").order_by("-pk")[:20])


def replay_for(user: User, replay_uuid: UUID) -> Replay:  # as above
    """One replay. Raises `NotFound`."""
    found = Replay.objects.select_related("asked_by").filter(uuid=replay_uuid).first()
    if found is None:
        raise NotFound
    return found


def effects_for(user: User, replay: Replay) -> Sequence[ReplayEffect]:  # as above
    """The first effects of a replay on people in sight: leads that would appear, those that would vanish, then what would change."""
    rows = ReplayEffect.objects.filter(replay=replay).select_related("subject", "subject__access_class", "lead")
    order = Case(When(change=APPEARS, then=0), When(change=VANISHES, then=1), default=2)
    return list(rows.order_by(order, "pk")[:EFFECTS_SHOWN])


def promotions_of(user: User, replay: Replay) -> list[Promotion]:  # as above
    """What was proposed on the strength of a replay."""
    return list(Promotion.objects.filter(replay=replay).select_related("proposed_by", "approved_by").order_by("-pk"))


def stops_now(user: User) -> dict[str, RuleStop]:  # as above
    """The rules that are stopped, by id."""
    return {stop.rule_id: stop for stop in RuleStop.objects.filter(lifted_at=None).select_related("stopped_by")}


def promotion_for(user: User, promotion_uuid: UUID) -> Promotion:  # as above
    """One promotion. Raises `NotFound`."""
    found = Promotion.objects.select_related("proposed_by", "approved_by", "replay").filter(uuid=promotion_uuid).first()
    if found is None:
        raise NotFound
    return found


def open_stop_for(user: User, rule_id: str) -> RuleStop:  # as above
    """The stop in force of a rule. Raises `NotFound`."""
    found = RuleStop.objects.filter(rule_id=rule_id, lifted_at=None).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class DecidedLine:
    """How people had decided the leads that a version would make appear, vanish or change, what they settled set aside."""

    would: str
    decided: str
    people: int


@dataclass(frozen=True, slots=True)
class ReplayView:
    """A replay in the words of its page."""

    replay: Replay
    title: str
    judged: int
    appears: int
    vanishes: int
    changes: int
    decided: tuple[DecidedLine, ...]
    groups: tuple[GroupLine, ...]
    hours: str
    rate: str


def replay_view(replay: Replay) -> ReplayView:
    """The figures of a replay as they stand."""
    tally = Tally.of(replay.figures)
    decided = (DecidedLine(would(change), decided_words(how), count) for (change, how), count in sorted(tally.decided.items()))
    return ReplayView(
        replay,
        part_title(replay.part),
        sum(tally.changes.values()),
        tally.changes[APPEARS],
        tally.changes[VANISHES],
        tally.changes[CHANGES],
        tuple(decided),
        group_lines(tally),
        _hours(tally.changes[APPEARS] - tally.changes[VANISHES]),
        _rate(replay),
    )


def _rate(replay: Replay) -> str:
    if replay.started_at is None or not replay.done:
        return ""
    seconds = ((replay.finished_at or timezone.now()) - replay.started_at).total_seconds()
    return f"{round(replay.done / seconds):,} people a second" if seconds >= 1 else ""


def _hours(more: int) -> str:
    """The work that more leads mean, by the mean length of the claims that people have ended; measured, never assumed."""
    length = ExpressionWrapper(F("released_at") - F("claimed_at"), output_field=DurationField())
    mean = Claim.objects.filter(released_at__isnull=False).aggregate(mean=Avg(length))["mean"]
    if mean is None:
        return "not yet measured"
    return f"{more * mean.total_seconds() / 3600:+,.0f} hours"
