"""Putting a version in force takes two people and a replay; rolling back takes two people. Everybody is judged again after."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, Forbidden, InvalidInput
from leads.book import UnknownVersion, versions_of
from leads.models import Promotion, Replay
from leads.selectors.book import book_now
from leads.services.rejudging import judge_everybody_again


@transaction.atomic
def propose_promotion(*, actor: User, replay: Replay, now: datetime) -> Promotion:
    """Propose the version that a finished replay judged. Raises `Conflict` (not finished, in force already, proposed already)."""
    require(actor, Permission.PROMOTE_RULE)
    if replay.state != Replay.State.DONE:
        message = "The replay is not finished."
        raise Conflict(message)
    if replay.against_version != book_now().version_of(replay.part):
        message = "Another version is in force by now: replay against that one first."
        raise Conflict(message)
    return _propose(actor, replay.part, replay.version, replay, now)


@transaction.atomic
def propose_roll_back(*, actor: User, part: str, version: int, now: datetime) -> Promotion:
    """Propose to go back to a version that was in force before: its verdicts are known, no replay is needed."""
    require(actor, Permission.PROMOTE_RULE)
    was = Promotion.objects.filter(part=part, replaces=version, approved_at__isnull=False)
    if not was.exists():
        message = "This version was never in force: replay it first."
        raise Conflict(message)
    return _propose(actor, part, version, None, now)


def _propose(actor: User, part: str, version: int, replay: Replay | None, now: datetime) -> Promotion:
    try:
        known = version in versions_of(part)
    except UnknownVersion:
        known = False
    if not known:
        message = "The code holds no such version."
        raise InvalidInput(message, field="version")
    in_force = book_now().version_of(part)
    if version == in_force:
        message = "This version is in force already."
        raise Conflict(message)
    try:
        with transaction.atomic():
            promotion = Promotion.objects.create(
                part=part,
                version=version,
                replaces=in_force,
                replay=replay,
                rolls_back=replay is None,
                proposed_by=actor,
                proposed_at=now,
            )
    except IntegrityError as error:
        message = "A version of this part is proposed already: it waits for a second person."
        raise Conflict(message) from error
    _record(promotion, "proposed", now)
    return promotion


@transaction.atomic
def approve_promotion(*, actor: User, promotion: Promotion, now: datetime) -> Promotion:
    """Put a proposed version in force; every person is judged again by it.

    Raises `Forbidden` for whoever proposed it, `Conflict` when it no longer waits or another version is in force by now.
    """
    require(actor, Permission.PROMOTE_RULE)
    locked = Promotion.objects.select_for_update().get(pk=promotion.pk)
    if locked.approved_at is not None:
        message = "Somebody else has approved it already."
        raise Conflict(message)
    if locked.proposed_by_id == actor.pk:
        message = "You proposed it: another supervisor must approve it."
        raise Forbidden(message)
    if locked.replaces != book_now().version_of(locked.part):
        message = "Another version is in force by now: replay against that one first."
        raise Conflict(message)
    locked.approved_by, locked.approved_at = actor, now
    locked.save(update_fields=["approved_by", "approved_at"])
    judge_everybody_again(now=now)
    _record(locked, "approved", now)
    return locked


def _record(promotion: Promotion, what: str, now: datetime) -> None:
    payload = {what: f"{promotion.part} {promotion.version}", "instead of": promotion.replaces}
    record(Act.RULE_PROMOTED, object_kind="rule", object_uuid=promotion.uuid, payload=payload, occurred_at=now)
