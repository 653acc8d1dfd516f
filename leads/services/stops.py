"""Stopping a rule with which second looks disagree too often, and lifting the stop."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.changes import changed
from audit.services import record
from foundation.errors import Conflict, InvalidInput
from leads.book import UnknownVersion
from leads.models import QualitySample, RuleStop
from leads.selectors.book import book_now
from leads.selectors.quality import disagreement_by_rule
from leads.services.rejudging import judge_everybody_again

_CLOSINGS = {False: "go on", True: "stopped"}  # of its leads, by the system


@transaction.atomic
def stop_rule(*, actor: User, rule_id: str, because: str, now: datetime, closings: bool = False) -> RuleStop:
    """Stop a rule: it opens nothing, and its open leads carry a stop sign. Raises `InvalidInput`, `Conflict` (stopped already).

    `closings`: none of its leads closes by itself either.
    """
    require(actor, Permission.PROMOTE_RULE)
    return _stop(actor, rule_id, because, now, closings=closings)


def _stop(actor: User, rule_id: str, because: str, now: datetime, *, closings: bool) -> RuleStop:
    if not because.strip():
        message = "Say why: a reason is needed."
        raise InvalidInput(message, field="reason")
    try:
        version = book_now().version_of(rule_id)
    except UnknownVersion as error:
        message = "There is no such rule."
        raise InvalidInput(message, field="rule") from error
    try:
        with transaction.atomic():
            stop = RuleStop.objects.create(
                rule_id=rule_id, version=version, because=because.strip()[:300], closings=closings, stopped_by=actor, stopped_at=now
            )
    except IntegrityError as error:
        message = "This rule is stopped already."
        raise Conflict(message) from error
    judge_everybody_again(now=now)
    payload = {"stopped": f"{rule_id} {version}", "because": stop.because, "closings": _CLOSINGS[closings]}
    record(Act.RULE_PROMOTED, object_kind="rule", object_uuid=stop.uuid, payload=payload, occurred_at=now)
    return stop


def _stop_closings(rule_id: str, because: str, now: datetime) -> None:
    """From now on none of the leads of a rule that is stopped already closes by itself either."""
    stop = RuleStop.objects.select_for_update().get(rule_id=rule_id, lifted_at=None)
    stop.closings = True
    stop.save(update_fields=["closings"])
    judge_everybody_again(now=now)
    payload = {**changed({"closings": _CLOSINGS[False]}, {"closings": _CLOSINGS[True]}), "because": because}
    record(Act.RULE_PROMOTED, object_kind="rule", object_uuid=stop.uuid, payload=payload, occurred_at=now)


@transaction.atomic
def lift_stop(*, actor: User, stop: RuleStop, reason: str, now: datetime) -> RuleStop:
    """Let a stopped rule open leads again, with a reason that stays on record. Raises `InvalidInput`, `Conflict`."""
    require(actor, Permission.PROMOTE_RULE)
    if not reason.strip():
        message = "Say why: a reason is needed."
        raise InvalidInput(message, field="reason")
    locked = RuleStop.objects.select_for_update().get(pk=stop.pk)
    if locked.lifted_at is not None:
        message = "The stop is lifted already."
        raise Conflict(message)
    locked.lifted_by, locked.lifted_at, locked.lifted_because = actor, now, reason.strip()[:500]
    locked.save(update_fields=["lifted_by", "lifted_at", "lifted_because"])
    judge_everybody_again(now=now)
    payload = {"lifted": f"{locked.rule_id} {locked.version}", "because": locked.lifted_because}
    record(Act.RULE_PROMOTED, object_kind="rule", object_uuid=locked.uuid, payload=payload, occurred_at=now)
    return locked


@transaction.atomic
def stop_disputed_rules(*, actor: User, now: datetime) -> list[RuleStop]:
    """Stop each rule version with which second looks surely disagree too often: the lower end of the 95 percent interval counts.

    With closings: then its leads do not close by themselves either; of a rule that is stopped already this follows.

    A version whose stop was lifted is not stopped again by the same reviews: only disagreements since the lifting count.
    """
    require(actor, Permission.SERVICE)
    book, stopped = book_now(), []
    standing = {rule.id: str(rule.version) for rule in book.rules}
    lifted = dict(RuleStop.objects.filter(lifted_at__isnull=False).order_by("lifted_at").values_list("rule_id", "lifted_at"))
    for rule_id, version in standing.items():
        rates = disagreement_by_rule(actor, rule_id=rule_id, version=version, since=lifted.get(rule_id))
        disputed = [rate for rate in rates if rate.low > settings.DISAGREEMENT_STOP_PERCENT]
        because = "; ".join(f"{each.disagreed} of {each.reviewed} {each.what} (at least {each.low} percent, surely)" for each in disputed)
        closings = any(rate.kind == QualitySample.Kind.CLOSING for rate in disputed)
        if rule_id in book.stopped:
            if closings and rule_id not in book.keep_open:
                _stop_closings(rule_id, f"Second looks disagreed with {because}.", now)
        elif disputed:
            stopped.append(_stop(actor, rule_id, f"Second looks disagreed with {because}.", now, closings=closings))
    return stopped
