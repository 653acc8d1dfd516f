"""Replay before promotion: a version is judged over what was known at a moment, beside the version in force.

Asked for by a person, worked by any worker in transactions of some hundred people; nothing but the replay itself is written.
"""

from __future__ import annotations

from datetime import datetime

from celery import current_app
from django.db import transaction
from django.db.models import QuerySet

from access.context import acting_as
from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from foundation.errors import InvalidInput
from leads.book import UnknownVersion, compose, versions_of
from leads.models import Lead, Replay, ReplayEffect, Transition
from leads.models.book import DECISIONS
from leads.replaying import SAME, Tally, compared, groups_of, unsettled
from leads.selectors.book import book_now, chosen_versions
from leads.snapshots import snapshots
from leads.states import LeadState
from subjects.models import Subject

AT_ONCE = 250
TASK = "leads.tasks.work_replays"


@transaction.atomic
def ask_replay(*, actor: User, part: str, version: int, known_at: datetime, permille: int, now: datetime) -> Replay:
    """Ask for a replay of a version of a part; a worker takes it up.

    `known_at` (aware) must not lie ahead; `permille` is the share of people, 1 to 1000. Raises `InvalidInput`.
    """
    require(actor, Permission.PROMOTE_RULE)
    try:
        known = version in versions_of(part)
    except UnknownVersion:
        known = False
    if not known:
        message = "Choose a version that is written."
        raise InvalidInput(message, field="version")
    if known_at > now:
        message = "The day lies ahead."
        raise InvalidInput(message, field="known_on")
    if not 1 <= permille <= 1000:
        message = "Choose a share of the people."
        raise InvalidInput(message, field="share")
    total = _outside_compartments().count()
    against = book_now().version_of(part)
    replay = Replay.objects.create(
        part=part,
        version=version,
        against_version=against,
        known_at=known_at,
        permille=permille,
        total=total,
        asked_by=actor,
        asked_at=now,
    )
    record(Act.BULK, object_kind="replay", object_uuid=replay.uuid, payload={"part": part, "version": version}, occurred_at=now)
    transaction.on_commit(lambda: current_app.send_task(TASK, kwargs={"actor": "svc-leads"}), robust=True)
    return replay


def work_replays(*, actor: User, now: datetime) -> int:
    """Work on whatever replays wait until none does; returns how many people were judged. Safe to kill, safe to run twice."""
    require(actor, Permission.SERVICE)
    judged = 0
    while True:
        with acting_as(actor):
            replay = Replay.objects.select_for_update(skip_locked=True).exclude(state=Replay.State.DONE).order_by("pk").first()
            if replay is None:
                return judged
            judged += _work(replay, now)


def _work(replay: Replay, now: datetime) -> int:
    """One step: the next people by id; the replay remembers where it stands in the same transaction."""
    waiting = _outside_compartments().filter(pk__gt=replay.last_subject).select_related("access_class")
    subjects = list(waiting.order_by("pk")[:AT_ONCE])
    if not subjects:
        replay.state, replay.finished_at = Replay.State.DONE, now
        replay.save(update_fields=["state", "finished_at"])
        return 0
    drawn = [subject for subject in subjects if _is_drawn(subject, replay.permille)]
    tally = Tally.of(replay.figures)
    ReplayEffect.objects.bulk_create(_effects(replay, drawn, tally))
    replay.state = Replay.State.RUNNING
    replay.started_at = replay.started_at or now
    replay.last_subject, replay.done = subjects[-1].pk, replay.done + len(subjects)
    replay.figures = tally.figures()
    replay.save(update_fields=["state", "started_at", "last_subject", "done", "figures"])
    return len(drawn)


def _outside_compartments() -> QuerySet[Subject]:
    """Whom a replay counts: its figures are read by people who are not cleared, and a compartment tells nothing, not even by a count."""
    return Subject.objects.filter(access_class__compartments=[])


def _effects(replay: Replay, subjects: list[Subject], tally: Tally) -> list[ReplayEffect]:
    mine = compose({**chosen_versions(), replay.part: replay.against_version})
    other = compose({**chosen_versions(), replay.part: replay.version})
    leads = {lead.subject_id: lead for lead in Lead.objects.filter(subject__in=subjects).order_by("pk")}  # the newest one stays
    people, decisions = {subject.pk: subject for subject in subjects}, _decisions([lead.pk for lead in leads.values()])
    effects = []
    for pk, snapshot in snapshots(subjects, known_at=replay.known_at).items():
        subject = people[pk]
        effect, lead = compared(snapshot, mine, other), leads.get(pk)
        decided = _decided(lead, decisions)
        tally.add(effect.change, groups_of(snapshot, subject.citizenship), decided, unsettled(snapshot, effect, mine, other))
        if effect.change != SAME:
            said = {"change": effect.change, "before": effect.before, "after": effect.after, "decided": decided}
            effects.append(ReplayEffect(replay=replay, subject=subject, lead=lead, **said))
    return effects


def _decisions(lead_ids: list[int]) -> dict[int, str]:
    """The last decision of a person on each of the leads, by id: closed, referred, or what an office answered."""
    moves = Transition.objects.filter(lead_id__in=lead_ids, action__in=DECISIONS).exclude(actor__kind=User.Kind.SERVICE)
    return dict(moves.order_by("lead_id", "-pk").distinct("lead_id").values_list("lead_id", "action"))


def _decided(lead: Lead | None, decisions: dict[int, str]) -> str:
    """How a person decided the lead last: the reason of a closing that holds, else the act; empty where no person has."""
    if lead is None:
        return ""
    return lead.close_reason if lead.state == LeadState.CLOSED else decisions.get(lead.pk, "")


def _is_drawn(subject: Subject, permille: int) -> bool:
    """Whether the person is in the share: the same answer whenever it is asked."""
    return permille >= 1000 or (subject.pk * 2654435761) % 4294967296 % 1000 < permille
