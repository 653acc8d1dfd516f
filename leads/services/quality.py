"""Quality control: a share of what closes by itself, and of what one person would refer, is drawn for a second person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput
from leads.models import Finding, Lead, QualitySample, Transition
from leads.models.quality import SAID
from leads.sealing import seal_words
from leads.services.deciding import reopen_lead
from leads.states import CLOSED_STATES

LOOK_BACK = timedelta(days=7)  # a night that was missed is made up for
THOUSAND = 1_000


def is_drawn(transition: Transition, permille: int) -> bool:
    """Whether the closing is in the sample: the same answer whenever it is asked, and by nobody's choice."""
    return _falls_in(f"{transition.lead_id}:{transition.pk}", permille)


def is_referral_drawn(lead: Lead) -> bool:
    """Whether the lead's next referral goes to a second person before it is sent: decided by what is known of it, not by who asks.

    The same evidence gives the same answer, so that nobody tries again until it is another one.
    """
    return _falls_in(f"{lead.uuid}:{lead.evaluation_digest}", settings.REFERRAL_SAMPLE_PERMILLE)


def _falls_in(text: str, permille: int) -> bool:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % THOUSAND < permille


def sample_referral(*, lead: Lead, rule_id: str, rule_version: str, now: datetime) -> QualitySample:
    """Note that the referral which a person has just asked for is a sample; runs in the asking transaction."""
    asked = lead.transitions.filter(action="ask_review").latest("pk")
    return QualitySample.objects.create(
        kind=QualitySample.Kind.REFERRAL,
        lead=lead,
        transition=asked,
        rule_id=rule_id,
        rule_version=rule_version,
        decided_by_id=asked.actor_id,
        drawn_at=now,
    )


def settle_referral_sample(*, actor: User, lead: Lead, verdict: str, now: datetime) -> int:
    """The second person looked at the finding of the sampled referral; runs in the transaction that sends it, or sends it back."""
    waiting = QualitySample.objects.filter(lead=lead, kind=QualitySample.Kind.REFERRAL, verdict="").exclude(decided_by=actor)
    return waiting.update(verdict=verdict, reviewed_by=actor, reviewed_at=now)


@transaction.atomic
def draw_samples(*, actor: User, now: datetime) -> int:
    """Draw the share `QUALITY_SAMPLE_PERMILLE` of the closings by the system in the last days; returns how many are new."""
    require(actor, Permission.SERVICE)
    closings = Transition.objects.filter(action="auto_close", occurred_at__gt=now - LOOK_BACK, occurred_at__lte=now)
    known = set(QualitySample.objects.filter(transition__in=closings).values_list("transition_id", flat=True))
    drawn = [each for each in closings.select_related("lead") if each.pk not in known and is_drawn(each, settings.QUALITY_SAMPLE_PERMILLE)]
    return _keep(drawn, now, _rules_of(drawn))


@transaction.atomic
def sample_closings(*, actor: User, lead_ids: Sequence[int], salt: str, count: int, decided_by: User, now: datetime) -> int:
    """Draw `count` of the leads that a person closed together, by a hash under `salt` (a random id); returns how many are new."""
    require(actor, Permission.SERVICE)
    order = sorted(lead_ids, key=lambda pk: hashlib.sha256(f"{salt}:{pk}".encode()).digest())[: max(0, count)]
    newest = Transition.objects.filter(lead_id__in=order, action="close", actor=decided_by).order_by("lead_id", "-pk").distinct("lead_id")
    known = set(QualitySample.objects.filter(lead_id__in=order).values_list("transition_id", flat=True))
    # no rule closed these: a person's mistake says nothing against one
    return _keep([each for each in newest.select_related("lead") if each.pk not in known], now, {})


def _rules_of(drawn: Sequence[Transition]) -> dict[int, Finding]:
    """The finding that fell last, by lead: its rule is the one that closed."""
    answers = Finding.objects.filter(lead_id__in=[each.lead_id for each in drawn], holds=False).order_by("lead_id", "-pk")
    return {each.lead_id: each for each in answers.distinct("lead_id") if each.lead_id is not None}


def _keep(drawn: Sequence[Transition], now: datetime, rules: Mapping[int, Finding]) -> int:
    rows = []
    for each in drawn:
        answer = rules.get(each.lead_id)
        rule, version = (answer.rule_id, answer.rule_version) if answer else ("", "")
        rows.append(
            QualitySample(lead=each.lead, transition=each, rule_id=rule, rule_version=version, decided_by_id=each.actor_id, drawn_at=now)
        )
    QualitySample.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        record(Act.BULK, object_kind="lead", results=[each.lead.uuid for each in drawn], payload={"sample": len(rows)}, occurred_at=now)
    return len(rows)


@transaction.atomic
def review_sample(*, actor: User, sample: QualitySample, verdict: str, words: str, now: datetime) -> QualitySample:
    """Agree with a closing, or disagree: then the lead opens again under the reviewer's name and words.

    Raises `InvalidInput` (verdict, or no words for a disagreement) and `Conflict` (reviewed meanwhile, or decided by the actor).
    """
    require(actor, Permission.REVIEW_SAMPLE)
    if verdict not in SAID:
        message = "Agree or disagree."
        raise InvalidInput(message, field="verdict")
    if verdict == QualitySample.Verdict.DISAGREE and not words.strip():
        message = "Say what the closing missed: the lead opens again with these words."
        raise InvalidInput(message, field="words")
    locked = QualitySample.objects.select_for_update().get(pk=sample.pk)
    if locked.kind == QualitySample.Kind.REFERRAL:
        message = "A referral is reviewed where it is approved: send it, or send it back."
        raise Conflict(message)
    if locked.verdict:
        message = "Somebody else has just reviewed this closing."
        raise Conflict(message)
    if locked.decided_by_id == actor.pk:
        message = "Whoever decided cannot review it."
        raise Conflict(message)
    lead = sample.lead
    if verdict == QualitySample.Verdict.DISAGREE and lead.state in CLOSED_STATES:
        reopen_lead(actor=actor, lead=lead, reason=words.strip(), now=now)
    locked.verdict, locked.reviewed_by, locked.reviewed_at = verdict, actor, now
    locked.words_sealed = seal_words(lead.uuid, words.strip()) if words.strip() else None
    locked.save(update_fields=["verdict", "reviewed_by", "reviewed_at", "words_sealed"])
    payload = {"verdict": verdict, "words": words.strip()}
    record(Act.SAMPLE_REVIEWED, object_kind="lead", object_uuid=lead.uuid, payload=payload, scope=lead.uuid, occurred_at=now)
    return locked
