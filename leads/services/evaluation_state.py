"""What the database knows of a batch of subjects before they are judged; rows are locked until the batch commits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from access.models import User
from foundation.arrays import one_of
from leads.models import Finding, Lead, Referral, Transition
from leads.planning import Before, Known, LeadBefore, Matter
from leads.services.compartments import follow_compartments
from leads.states import JOINED_AND_PARTED, REFERRED_STATES, LeadState, ReferralState
from subjects.models import Subject

_MOVABLE = frozenset({LeadState.ON_HOLD, LeadState.QUEUED, LeadState.REOPENED})


@dataclass(slots=True)
class BatchState:
    """Subjects, their leads by id, and what was known of each."""

    subjects: list[Subject]
    leads: dict[int, Lead] = field(default_factory=dict)
    known: dict[int, Known] = field(default_factory=dict)


def lock_batch(subject_ids: Sequence[int], *, actor: User, now: datetime) -> BatchState:
    """Lock subjects, then their leads (`leads.services.in_order`), and read the newest findings."""
    subjects = list(Subject.objects.filter(pk__in=one_of(subject_ids)).order_by("pk").select_for_update(no_key=True))
    ids = [subject.pk for subject in subjects]
    follow_compartments(ids, actor=actor, now=now)
    state = BatchState(subjects)
    by_subject: dict[int, list[Lead]] = defaultdict(list)
    for lead in Lead.objects.filter(subject_id__in=one_of(ids)).order_by("pk").select_for_update(no_key=True):
        state.leads[lead.pk] = lead
        by_subject[lead.subject_id or 0].append(lead)
    findings = _newest_findings(ids)
    machine = _moved_by_machine([lead.pk for lead in state.leads.values() if lead.state in _MOVABLE])
    relied = _relied_on([lead.pk for lead in state.leads.values() if lead.state in REFERRED_STATES])
    for pk in ids:
        leads = sorted(by_subject[pk], key=lambda lead: (lead.state_since, lead.pk), reverse=True)
        state.known[pk] = Known(findings[pk], tuple(_before(lead, machine, relied) for lead in leads))
    return state


def _before(lead: Lead, machine: frozenset[int], relied: Mapping[int, str]) -> LeadBefore:
    return LeadBefore(
        lead.pk,
        lead.state,
        lead.close_reason,
        lead.evaluation_digest,
        moved_by_machine=lead.pk in machine,
        relied=relied.get(lead.pk, ""),
    )


def _relied_on(lead_ids: Sequence[int]) -> dict[int, str]:
    """What the packets at offices rely on, by lead; not of those whose office was told already."""
    if not lead_ids:
        return {}
    held = (ReferralState.SENT, ReferralState.ACCEPTED)
    rows = Referral.objects.filter(lead_id__in=one_of(lead_ids), state__in=held, out_of_date_since=None)
    return dict(rows.values_list("lead_id", "reliance_digest"))


def _newest_findings(ids: Sequence[int]) -> dict[int, dict[Matter, Before]]:
    found: dict[int, dict[Matter, Before]] = {pk: {} for pk in ids}
    rows = (
        Finding.objects.filter(subject_id__in=one_of(ids))
        .order_by("subject_id", "rule_id", "matter_key", "-pk")
        .distinct("subject_id", "rule_id", "matter_key")
        .values_list("subject_id", "rule_id", "matter_key", "pk", "lead_id", "outcome", "rule_version", "evidence_digest", "closing")
    )
    for subject_id, rule_id, matter_key, pk, lead_id, outcome, version, digest, closing in rows:
        found[subject_id or 0][(rule_id, matter_key)] = Before(pk, lead_id, outcome, version, digest, closing)
    return found


def _moved_by_machine(lead_ids: Sequence[int]) -> frozenset[int]:
    """The leads whose last move was an evaluation's: only these go on hold, and leave it, by themselves.

    A join that a split took back left the lead where it was: whoever moved it before still counts.
    """
    if not lead_ids:
        return frozenset()
    moves = Transition.objects.filter(lead_id__in=one_of(lead_ids)).exclude(action__in=JOINED_AND_PARTED)
    newest = moves.order_by("lead_id", "-pk").distinct("lead_id")
    rows = newest.values_list("lead_id", "actor__kind")
    return frozenset(lead_id for lead_id, kind in rows if kind == User.Kind.SERVICE)
