"""The one sentence at the top of a lead, which a person could read aloud (principle: answer first)."""

from __future__ import annotations

from datetime import date

from leads.assessment.base import Assessment
from leads.rules.base import Effect, Finding, Outcome, Verdict
from leads.rules.evaluation import Evaluation
from leads.rules.overtaken import NOT_PURSUED
from leads.rules.words import count, day, day_of_year

_PRESENCE = {"likely": "Probably still here", "possible": "Possibly still here", "unlikely": "Probably not here any more"}
_PENDING = frozenset(
    {
        "filing_pending",
        "filing_pending_doubtful",
        "filing_pending_late",
        "adjustment_pending",
        "protection_pending",
        "parole_pending",
        "reinstatement_pending",
        "adjustment_basis_unknown",
        "filing_approved_unexpectedly",
        "filing_state_unknown",
        "adjustment_state_unknown",
        "granted_from_later",
    }
)
_MAY_AUTHORIZE = {
    "filing_pending_doubtful": "a filing is pending that may authorize the stay",
    "adjustment_basis_unknown": "a filing is pending that may authorize the stay",
    "filing_state_unknown": "where a filing stands is not known, and it may authorize the stay",
    "adjustment_state_unknown": "where a filing stands is not known, and it may authorize the stay",
    "filing_approved_unexpectedly": "a filing was granted although the class does not allow it",
    "granted_from_later": "a filing was granted from a later day on",
}


def headline(evaluation: Evaluation, presence: Assessment, *, overridden: int = 0) -> str:
    """Return `Probably still here (...); overstay since 10 Jul 2026, 136 days to 22 Nov; no pending benefit known; nothing
    blocks referral.`

    Days are counted to the finding's `as_of`, the first day of the violation being day 1 (key I94-CBP). `overridden` is how
    many of the blocking stop signs somebody passed by name.
    """
    finding = _leading(evaluation)
    if finding is None:
        return _nothing_stands(evaluation)
    here = _PRESENCE[presence.band]
    parts = (f"{here} ({presence.measured_words('were')})", violation_words(finding), _benefit(evaluation), _blocks(evaluation, overridden))
    return f"{'; '.join(parts)}."


def violation_words(finding: Finding) -> str:
    """Return `overstay since 10 Jul 2026, 136 days to 22 Nov`."""
    days = (finding.as_of - finding.holds_from).days + 1
    return f"{finding.violation.words} since {day(finding.holds_from)}, {count(days, 'day')} to {_to(finding.as_of, finding.holds_from)}"


def _to(as_of: date, since: date) -> str:
    return day_of_year(as_of) if as_of.year == since.year else day(as_of)


def _leading(evaluation: Evaluation) -> Finding | None:
    """The finding that the sentence is about: the first that stands, else the first that waits or needs a person."""
    if evaluation.findings:
        return evaluation.findings[0]
    waiting = [verdict.finding for verdict in (*evaluation.held, *evaluation.reviews) if verdict.finding is not None]
    return min(waiting, key=lambda each: (each.holds_from, each.rule_id), default=None)


def _nothing_stands(evaluation: Evaluation) -> str:
    answered = [verdict for verdict in evaluation.rebutted if verdict.claim is not None and verdict.closing]
    if answered:
        last = max(answered, key=_how_late)  # what answered an earlier stay says nothing of this one
        best = max(last.closing, key=lambda each: (each.strength.rank, each.code, each.sentence))
        if best.code.removeprefix("settled_") in NOT_PURSUED:
            return f"Not pursued: {best.sentence[0].lower()}{best.sentence[1:]}"
        return f"No violation stands: {best.sentence[0].lower()}{best.sentence[1:]}"
    return "No violation stands on what is known."


def _how_late(verdict: Verdict) -> tuple[date, str, str]:
    return verdict.claim.holds_from if verdict.claim else date.min, verdict.rule_id, verdict.matter_key


def _benefit(evaluation: Evaluation) -> str:
    pending = [each for verdict in _alleged(evaluation) for each in verdict.rebuttals if each.code in _PENDING]
    if not pending:
        return "no pending benefit known"
    strongest = max(pending, key=lambda each: (each.effect is Effect.HOLDS, each.strength.rank, each.code))
    if strongest.code in _MAY_AUTHORIZE:
        return _MAY_AUTHORIZE[strongest.code]
    return "a filing is pending that authorizes the stay" if strongest.effect is Effect.HOLDS else "a late filing is pending"


def _alleged(evaluation: Evaluation) -> tuple[Verdict, ...]:
    return tuple(each for each in evaluation.verdicts if each.outcome in {Outcome.STANDS, Outcome.HELD, Outcome.REVIEW})


def _blocks(evaluation: Evaluation, overridden: int) -> str:
    left = sum(sign.blocking for sign in evaluation.stop_signs) - overridden
    passed = f"{count(overridden, 'stop sign')} overridden by name"
    if left == 0:
        return f"{passed}, none left that blocks referral" if overridden else "nothing blocks referral"
    blocks = f"{count(left, 'stop sign')} {'blocks' if left == 1 else 'block'} referral"
    return f"{blocks}, {passed}" if overridden else blocks
