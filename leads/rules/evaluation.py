"""Ask every rule about one subject and put the answers side by side. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from leads.rules.base import Finding, Outcome, Rebuttal, Rule, Verdict
from leads.rules.registry import ACTIVE
from leads.rules.snapshot import Snapshot
from leads.rules.stop_signs import StopSign, stop_signs


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All verdicts on one subject. `as_of`: the oldest day that any of the rules could judge (None: no rule could)."""

    subject_ref: str
    verdicts: tuple[Verdict, ...]
    stop_signs: tuple[StopSign, ...]
    as_of: date | None
    next_change_on: date | None
    rule_versions: tuple[tuple[str, int], ...]
    snapshot: Snapshot = field(compare=False, repr=False)

    def _with(self, outcome: Outcome) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if verdict.outcome is outcome)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings that stand, earliest violation first: these make or keep a lead."""
        found = (verdict.claim for verdict in self._with(Outcome.STANDS))
        return tuple(sorted((each for each in found if each), key=lambda each: (each.holds_from, each.rule_id, each.matter_key)))

    @property
    def held(self) -> tuple[Verdict, ...]:
        """Return the verdicts that wait for something pending: an existing lead goes on hold, none is made."""
        return self._with(Outcome.HELD)

    @property
    def reviews(self) -> tuple[Verdict, ...]:
        """Return the verdicts that only a person may decide: shown on the subject, they make no lead."""
        return self._with(Outcome.REVIEW)

    @property
    def rebutted(self) -> tuple[Verdict, ...]:
        """Return the verdicts whose claim fell to evidence: a lead that rests on nothing else closes with it."""
        return self._with(Outcome.REBUTTED)

    @property
    def rebuttals(self) -> tuple[Rebuttal, ...]:
        """Return all evidence in the person's favor, each piece once."""
        seen: dict[tuple[str, tuple[str, ...], str], Rebuttal] = {}
        for verdict in self.verdicts:
            for each in verdict.rebuttals:
                seen.setdefault((each.code, each.fact_ids, each.sentence), each)
        return tuple(seen.values())

    def verdict_on(self, rule_id: str, matter_key: str) -> Verdict | None:
        """Return what a rule says now about a matter; None when it no longer sees the matter at all."""
        return next((each for each in self.verdicts if each.rule_id == rule_id and each.matter_key == matter_key), None)

    @property
    def blocked(self) -> bool:
        """Return whether any stop sign blocks referral."""
        return any(sign.blocking for sign in self.stop_signs)


def evaluate(snapshot: Snapshot, rules: Sequence[Rule] = ACTIVE, *, on: date | None = None) -> Evaluation:
    """Return the verdicts of `rules` on `snapshot`, with the stop signs as they stand on the day `on`.

    `on` only ages the sources for the stop signs (default: the newest source date); no verdict depends on it.
    """
    verdicts = tuple(verdict for rule in rules for verdict in rule.decide(snapshot))
    changes = [verdict.next_change_on for verdict in verdicts if verdict.next_change_on is not None]
    dates = [day for day in (rule.as_of(snapshot) for rule in rules) if day is not None]
    return Evaluation(
        subject_ref=snapshot.subject_ref,
        verdicts=verdicts,
        stop_signs=stop_signs(snapshot, verdicts, rules, on=on),
        as_of=min(dates, default=None),
        next_change_on=min(changes, default=None),
        rule_versions=tuple((rule.id, rule.version) for rule in rules),
        snapshot=snapshot,
    )
