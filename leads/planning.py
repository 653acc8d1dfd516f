"""What an evaluation changes: a plan made from what was known before and what is judged now. Pure; nothing is read or written.

The same judgement planned twice changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from leads.judging import Judged
from leads.rules.base import Outcome, Rebuttal, Strength, Verdict
from leads.rules.overtaken import NOT_PURSUED
from leads.rules.words import day
from leads.states import CLOSED_STATES, LEAD_MOVES, REFERRED_STATES, CloseReason, LeadState

Matter = tuple[str, str]  # rule id, matter key
HOLDING = frozenset({Outcome.STANDS, Outcome.HELD, Outcome.REVIEW})
OUT_OF_DATE = "What is known has changed since this packet was made. Ask “safe to act now?” before you rely on it."
NOT_BY_ITSELF = "Evidence answers it, but the rule is stopped because it closes wrongly: a person looks, and closes it."
WITHDRAWN = "Headquarters closed the lead that this packet rests on. Do not act on it."

_UNTOUCHED = frozenset({LeadState.QUEUED, LeadState.REOPENED})

_CLOSING: dict[str, CloseReason] = {
    "departed": CloseReason.DEPARTED,
    "departed_late": CloseReason.DEPARTED,
    "entered_again": CloseReason.DEPARTED,
    "seen_abroad": CloseReason.DEPARTED,
    "admitted_otherwise": CloseReason.DEPARTED,
    "deceased": CloseReason.DECEASED,
    "citizen": CloseReason.US_PERSON,
    "permanent_resident": CloseReason.US_PERSON,
    "us_person": CloseReason.US_PERSON,
    "wrong_person": CloseReason.WRONG_PERSON,
    "filing_granted": CloseReason.IN_STATUS,
    "paroled": CloseReason.IN_STATUS,
    "satisfactory_departure": CloseReason.IN_STATUS,
    "stay_extended": CloseReason.IN_STATUS,
    "stay_changed": CloseReason.IN_STATUS,
    "temporary_protection": CloseReason.IN_STATUS,
    "cap_gap": CloseReason.IN_STATUS,
    "other_employment": CloseReason.IN_STATUS,
    "other_record_active": CloseReason.IN_STATUS,
    "reinstated": CloseReason.IN_STATUS,
}


@dataclass(frozen=True, slots=True)
class Before:
    """The newest finding row of one matter."""

    pk: int
    lead_id: int | None
    outcome: str
    rule_version: str
    evidence_digest: str
    closing: str

    def says(self, verdict: Verdict) -> bool:
        """Return whether the row already says what the verdict says."""
        return (self.outcome, self.rule_version, self.closing) == (
            verdict.outcome.value,
            str(verdict.rule_version),
            closing_code(verdict),
        ) and self.evidence_digest == (verdict.claim.evidence_digest if verdict.claim else "")


@dataclass(frozen=True, slots=True)
class LeadBefore:
    """A lead of the subject as it stands."""

    pk: int
    state: str
    close_reason: str
    evaluation_digest: str
    moved_by_machine: bool = False  # nobody at the desk has touched it since
    relied: str = ""  # what the packet at an office relies on; empty without one, or once the office was told

    @property
    def is_open(self) -> bool:
        """Return whether anybody still works on it."""
        return self.state not in CLOSED_STATES


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knew of one subject before."""

    findings: Mapping[Matter, Before]
    leads: tuple[LeadBefore, ...] = ()  # newest first

    @property
    def led(self) -> bool:
        """Whether one of the leads is open."""
        return any(lead.is_open for lead in self.leads)


@dataclass(frozen=True, slots=True)
class Row:
    """A finding row to write. `verdict` None: no rule sees the matter any more."""

    rule_id: str
    matter_key: str
    verdict: Verdict | None


@dataclass(slots=True)
class Plan:
    """What to write for one subject."""

    judged: Judged
    rows: list[Row] = field(default_factory=list)
    lead_id: int | None = None  # the lead that the findings belong to; None with `opens`: a new one
    opens: bool = False
    action: str = ""  # a move of the lead: auto_close, reopen, hold, unhold
    close_reason: str = ""
    reason: str = ""
    tell: str = ""  # content-free words for an office that holds a packet
    refresh: bool = False  # the columns that the queue shows


def closing_code(verdict: Verdict) -> str:
    """Return the code of the strongest evidence that answers the claim, or an empty text."""
    return verdict.closing[0].code[:40] if verdict.outcome is Outcome.REBUTTED else ""


def plan(judged: Judged, known: Known) -> Plan:
    """Return what must change so that the record says what is judged now."""
    made = Plan(judged, rows=_rows(judged, known))
    open_lead = next((lead for lead in known.leads if lead.is_open), None)
    if open_lead is not None:
        made.lead_id = open_lead.pk
        _on_open_lead(made, open_lead, known)
    elif judged.ripe:
        _without_open_lead(made, known)
    return made


def _rows(judged: Judged, known: Known) -> list[Row]:
    rows = []
    seen = set()
    for verdict in judged.evaluation.verdicts:
        matter = (verdict.rule_id, verdict.matter_key)
        seen.add(matter)
        before = known.findings.get(matter)
        if before is None and verdict.claim is None:
            continue  # nothing was ever alleged
        if before is None or not before.says(verdict):
            rows.append(Row(*matter, verdict))
    gone = (matter for matter, before in known.findings.items() if matter not in seen and before.outcome != Outcome.CLEAR)
    rows += [Row(*matter, None) for matter in sorted(gone)]
    return rows


def _on_open_lead(made: Plan, lead: LeadBefore, known: Known) -> None:
    evaluation = made.judged.evaluation
    mine = _matters_of(lead, known)
    alleged = {(verdict.rule_id, verdict.matter_key): verdict for verdict in evaluation.verdicts if verdict.outcome in HOLDING}
    made.refresh = bool(mine or alleged)
    if made.judged.ripe:
        if lead.state == LeadState.ON_HOLD and lead.moved_by_machine:
            made.action, made.reason = "unhold", f"What it waited for is over: {made.judged.ripe[0].sentence}"
    elif evaluation.findings:
        _wait_for_evidence(made, lead)
    elif any(matter in mine for matter in alleged) or (alleged and not mine):
        _wait(made, lead)
    elif mine:
        _close(made, mine, lead)
    if not made.tell and lead.state in REFERRED_STATES and _says_otherwise(lead, made.judged):
        made.tell = OUT_OF_DATE


def _says_otherwise(lead: LeadBefore, judged: Judged) -> bool:
    """Whether the verdict, or the address, the names and the numbers that the packet names, are no longer what is known."""
    return lead.evaluation_digest != judged.digest or bool(lead.relied and lead.relied != judged.reliance)


def _wait(made: Plan, lead: LeadBefore) -> None:
    """A pending filing holds the lead; what only a person may decide leaves it where it is."""
    held = made.judged.evaluation.held
    if held and _may_hold(lead) and not made.judged.evaluation.reviews:
        holds = held[0].holds
        made.action, made.reason = "hold", holds[0].sentence if holds else held[0].sentence


def _may_hold(lead: LeadBefore) -> bool:
    return any(move.action == "hold" for move in LEAD_MOVES.actions_from(lead.state))


def _wait_for_evidence(made: Plan, lead: LeadBefore) -> None:
    """What stands is not enough: a lead that nobody at the desk has touched waits; theirs stays where they put it."""
    waiting = made.judged.waiting
    untouched = lead.moved_by_machine and lead.state in _UNTOUCHED and lead.evaluation_digest != made.judged.digest
    if waiting is not None and untouched:
        made.action, made.reason = "hold", waiting.sentence


def _close(made: Plan, mine: frozenset[Matter], lead: LeadBefore) -> None:
    waits = lead.state == LeadState.ON_HOLD and lead.moved_by_machine
    if lead.evaluation_digest == made.judged.digest and not waits:
        return  # a person saw exactly this and keeps the lead open
    evidence = [rebuttal for verdict in made.judged.evaluation.rebutted for rebuttal in verdict.closing[:1] if _is_of(verdict, mine)]
    if any(each.strength is Strength.WEAK for each in evidence):
        return  # weak evidence alone neither closes nor refers
    if any(rule_id in made.judged.book.keep_open for rule_id, _ in mine):
        if _may_hold(lead):
            made.action, made.reason = "hold", NOT_BY_ITSELF
        return
    made.action = "auto_close"
    made.close_reason, made.reason = _why_closed(made.judged, mine, evidence)
    if lead.state in REFERRED_STATES:
        made.tell = WITHDRAWN


def _is_of(verdict: Verdict, mine: frozenset[Matter]) -> bool:
    return (verdict.rule_id, verdict.matter_key) in mine


def _why_closed(judged: Judged, mine: frozenset[Matter], evidence: list[Rebuttal]) -> tuple[str, str]:
    if evidence:
        best = max(evidence, key=lambda each: (each.strength.rank, each.code))
        return close_reason_for(best.code), best.sentence
    clear = [verdict for verdict in judged.evaluation.verdicts if _is_of(verdict, mine)]
    if clear:
        reason = CloseReason.CORRECTED_RECORD if clear[0].matter_key.startswith("program:") else CloseReason.NO_VIOLATION
        return reason.value, clear[0].sentence
    return CloseReason.DATA_ERROR.value, "The source's record on which the lead rested is no longer there."


def close_reason_for(code: str) -> str:
    """Return the closing reason that a rebuttal's code stands for."""
    if code.startswith("settled_") and code.removeprefix("settled_") in CloseReason.values:
        return code.removeprefix("settled_")
    if code.startswith("stay_"):
        return CloseReason.IN_STATUS.value
    return _CLOSING.get(code, CloseReason.NO_VIOLATION).value


def _without_open_lead(made: Plan, known: Known) -> None:
    """A finding is enough and nobody works on it: the lead that knew the matter opens again, else a new one begins."""
    standing = {(finding.rule_id, finding.matter_key): finding for finding in made.judged.ripe}
    made.refresh = True
    for lead in known.leads:
        again = sorted(_matters_of(lead, known) & set(standing))
        if again and lead.close_reason != CloseReason.JOINED:
            made.lead_id, made.action = lead.pk, "reopen"
            made.reason = f"Closed as {CloseReason(lead.close_reason).label.lower()}, but: {standing[again[0]].sentence}"
            return
    made.opens = True


def _matters_of(lead: LeadBefore, known: Known) -> frozenset[Matter]:
    return frozenset(matter for matter, before in known.findings.items() if before.lead_id == lead.pk)


def settled_sentence(reason: CloseReason, decided_on: date) -> str:
    """Return the sentence of a correction; who settled it stands in the history, not here."""
    if reason in NOT_PURSUED:
        return f"Closed by a person on {day(decided_on)}: {reason.label.lower()}. Nobody found that the suspicion is wrong."
    return f"Settled by a person on {day(decided_on)}: {reason.label.lower()}."
