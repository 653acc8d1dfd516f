"""What a rule is, and what it may say. Every rule obeys this contract:

- it is one pure function of a snapshot and an `as_of` day: the same facts, version and day give the same answer, always;
- it says one `Opinion` for each matter that it looked at: a matter is the admission or program relied on;
- evidence in the person's favor is a `Rebuttal`, named, with its strength; more of it never makes a verdict worse;
- every sentence is in the desk's words and names no protected filing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ingest.facts import FilingStatus
from leads.rules.matters import names_of
from leads.rules.overtaken import UNDONE_BY_MEETING, met_since, overtaken
from leads.rules.snapshot import Snapshot
from leads.rules.words import day


class Violation(StrEnum):
    """The kinds of suspected violation (domain.md 3.2)."""

    OVERSTAY = "overstay"
    OVERSTAY_VWP = "overstay_vwp"
    OVERSTAY_GUAM_CNMI = "overstay_guam_cnmi"
    OVERSTAY_DURATION_OF_STATUS = "overstay_duration_of_status"
    STATUS_VIOLATION = "status_violation"
    NO_SHOW = "no_show"
    NO_SHOW_TRANSFER = "no_show_transfer"
    VISA_REVOKED = "visa_revoked"
    PAROLE_EXPIRED = "parole_expired"
    DERIVED = "derived"
    OUT_OF_SCOPE = "out_of_scope"

    @property
    def words(self) -> str:
        """Return the desk's words for it."""
        return _VIOLATION_WORDS[self]

    @property
    def rests_on_absence(self) -> bool:
        """Return whether all that is alleged is that nobody saw the person leave; the others name something that was done or not done."""
        return self in _ABSENCE


_VIOLATION_WORDS = {
    Violation.OVERSTAY: "overstay",
    Violation.OVERSTAY_VWP: "visa waiver overstay",
    Violation.OVERSTAY_GUAM_CNMI: "Guam-CNMI visa waiver overstay",
    Violation.OVERSTAY_DURATION_OF_STATUS: "stayed after the program",
    Violation.STATUS_VIOLATION: "status violation",
    Violation.NO_SHOW: "no-show",
    Violation.NO_SHOW_TRANSFER: "transfer no-show",
    Violation.VISA_REVOKED: "visa revoked",
    Violation.PAROLE_EXPIRED: "parole expired",
    Violation.DERIVED: "status of the principal ended",
    Violation.OUT_OF_SCOPE: "class out of scope",
}


_ABSENCE = frozenset(
    {
        Violation.OVERSTAY,
        Violation.OVERSTAY_VWP,
        Violation.OVERSTAY_GUAM_CNMI,
        Violation.OVERSTAY_DURATION_OF_STATUS,
        Violation.PAROLE_EXPIRED,
        Violation.DERIVED,
    }
)


class Strength(StrEnum):
    """How far a piece of evidence carries."""

    WEAK = "weak"
    FAIR = "fair"
    STRONG = "strong"

    @property
    def rank(self) -> int:
        """Return 0, 1, 2 from weak to strong."""
        return (Strength.WEAK, Strength.FAIR, Strength.STRONG).index(self)


class Effect(StrEnum):
    """What a rebuttal does to the finding."""

    CLOSES = "closes"  # the finding falls: a lead is closed with this evidence
    HOLDS = "holds"  # the finding rests: no referral, the lead is on hold until something changes
    BLOCKS = "blocks"  # too weak to close, too strong to ignore: the finding stands, referral waits for a person


class Outcome(StrEnum):
    """What a rule says about one matter, from best to worst for the person."""

    CLEAR = "clear"  # nothing is alleged (yet)
    REBUTTED = "rebutted"  # the condition is met, evidence answers it
    HELD = "held"  # the condition is met, something is pending that may answer it
    REVIEW = "review"  # only a person may decide; makes no lead by itself
    STANDS = "stands"  # the condition is met and nothing answers it

    @property
    def severity(self) -> int:
        """Return 0 (clear, rebutted) to 3 (stands)."""
        return {"clear": 0, "rebutted": 0, "held": 1, "review": 2, "stands": 3}[self.value]


@dataclass(frozen=True, slots=True)
class Unverified:
    """A statement that no authority confirms yet: what it says, and where it comes from. The rule book prints it."""

    statement: str


Authority = str | Unverified  # a key of `leads.rules.authorities`, or a statement that still needs one


@dataclass(frozen=True, slots=True)
class Step:
    """One line of reasoning, in words, with the facts behind it and the authority that it applies."""

    sentence: str
    fact_ids: tuple[str, ...] = ()
    authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuttal:
    """Evidence against a finding. `holds_until` is its last day (inclusive); None means no known end."""

    code: str
    sentence: str
    effect: Effect
    strength: Strength = Strength.STRONG
    fact_ids: tuple[str, ...] = ()
    authority: str = ""
    holds_until: date | None = None
    source: str = ""

    @property
    def closes(self) -> bool:
        """Return whether this alone makes the finding fall."""
        return self.effect is Effect.CLOSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reason why a lead may exist: the rule, the matter, the first day of the violation, and the evidence."""

    rule_id: str
    rule_version: int
    matter_key: str
    violation: Violation
    holds_from: date
    sentence: str
    evidence: tuple[str, ...]
    evidence_digest: str
    as_of: date
    review_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a rule's function says about one matter, before the rule signs it.

    `holds_from` None: the condition is not met, and `sentence` says why. `next_change_on`: the first day on which the
    answer may differ although no new fact arrives.
    """

    matter_key: str
    sentence: str
    holds_from: date | None = None
    evidence: tuple[str, ...] = ()
    evidence_digest: str = ""
    rebuttals: tuple[Rebuttal, ...] = ()
    next_change_on: date | None = None
    review_only: bool = False
    violation: Violation | None = None  # where it differs from the rule's own
    trace: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A signed opinion. `claim` is what the condition alleges, kept although rebutted, so that closing can be explained.

    `finding` is the same thing when it counts (outcome stands, review or held) and None otherwise.
    """

    rule_id: str
    rule_version: int
    matter_key: str
    outcome: Outcome
    as_of: date
    sentence: str
    claim: Finding | None = None
    rebuttals: tuple[Rebuttal, ...] = ()
    next_change_on: date | None = None
    trace: tuple[Step, ...] = ()

    @property
    def finding(self) -> Finding | None:
        """Return the claim unless evidence rebuts it."""
        return None if self.outcome is Outcome.REBUTTED else self.claim

    @property
    def holds(self) -> tuple[Rebuttal, ...]:
        """Return what the finding is waiting for."""
        return tuple(each for each in self.rebuttals if each.effect is Effect.HOLDS)

    @property
    def closing(self) -> tuple[Rebuttal, ...]:
        """Return the evidence that makes the finding fall, strongest first."""
        found = (each for each in self.rebuttals if each.closes)
        return tuple(sorted(found, key=lambda each: (-each.strength.rank, each.code)))


Judge = Callable[[Snapshot, date], tuple[Opinion, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule in force between two days. `sources` are those that its *condition* needs; `checks` those that may rebut it.

    `as_of` is the oldest date of `sources`: a slow rebutting source never delays a verdict, it raises the stale sign.
    A rule without `effective_from` is dormant: it is written, tested and never applied.
    """

    id: str
    version: int
    title: str
    description: str
    violation: Violation
    authorities: tuple[Authority, ...]
    sources: tuple[str, ...]
    judge: Judge
    checks: tuple[str, ...] = ("adis", "claims3", "eid")
    effective_from: date | None = field(default=date(2003, 3, 1))
    effective_until: date | None = None

    @property
    def dormant(self) -> bool:
        """Return whether the rule waits for an effective date."""
        return self.effective_from is None

    def as_of(self, snapshot: Snapshot) -> date | None:
        """Return the day up to which the condition can be judged; None while a needed source was never loaded."""
        dates = [snapshot.sources[source] for source in self.sources if source in snapshot.sources]
        return min(dates) if len(dates) == len(self.sources) else None

    def in_force(self, on: date) -> bool:
        """Return whether the rule applies on `on` (both ends inclusive)."""
        if self.effective_from is None or on < self.effective_from:
            return False
        return self.effective_until is None or on <= self.effective_until

    def decide(self, snapshot: Snapshot) -> tuple[Verdict, ...]:
        """Return one verdict for each matter that the rule looked at, ordered by matter; empty when it cannot judge."""
        as_of = self.as_of(snapshot)
        if as_of is None or not self.in_force(as_of):
            return ()
        opinions = sorted(self.judge(snapshot, as_of), key=lambda each: each.matter_key)
        return tuple(self._sign(opinion, snapshot, as_of) for opinion in opinions)

    def _sign(self, opinion: Opinion, snapshot: Snapshot, as_of: date) -> Verdict:
        claim = self._claim(opinion, as_of)
        rebuttals = (*opinion.rebuttals, *_settled(opinion, snapshot))
        ordered = tuple(sorted(rebuttals, key=lambda each: (each.effect, -each.strength.rank, each.code, each.fact_ids)))
        return Verdict(
            rule_id=self.id,
            rule_version=self.version,
            matter_key=opinion.matter_key,
            outcome=_outcome(claim, ordered),
            as_of=as_of,
            sentence=opinion.sentence,
            claim=claim,
            rebuttals=ordered,
            next_change_on=_next_change(opinion, ordered, snapshot, as_of),
            trace=opinion.trace,
        )

    def _claim(self, opinion: Opinion, as_of: date) -> Finding | None:
        if opinion.holds_from is None or opinion.holds_from > as_of:
            return None
        return Finding(
            rule_id=self.id,
            rule_version=self.version,
            matter_key=opinion.matter_key,
            violation=opinion.violation or self.violation,
            holds_from=opinion.holds_from,
            sentence=opinion.sentence,
            evidence=opinion.evidence,
            evidence_digest=opinion.evidence_digest,
            as_of=as_of,
            review_only=opinion.review_only,
        )


def _settled(opinion: Opinion, snapshot: Snapshot) -> tuple[Rebuttal, ...]:
    """Return what people settled about the matter; it answers the same evidence, while what it rested on still holds."""
    found: list[Rebuttal] = []
    if not snapshot.corrections:
        return ()
    codes = frozenset(each.code for each in opinion.rebuttals)
    names = names_of(snapshot, opinion.matter_key)
    for correction in snapshot.corrections:
        if correction.matter_key not in names or correction.evidence_digest not in {
            "",
            opinion.evidence_digest,
        }:
            continue
        if overtaken(correction, codes, snapshot):
            continue
        met = met_since(snapshot, correction.decided_on)
        undone = any(known.fact.kind in UNDONE_BY_MEETING.get(correction.code, ()) for known in met)
        sentence = correction.sentence or "A person settled this matter before."
        if undone:
            sentence = f"{sentence} Since then the person was met again: look once more."
        elif met:
            last = max(known.fact.occurred_on for known in met)
            sentence = f"{sentence} Since then the person was met on {day(last)}, which does not speak against it."
        effect = Effect.BLOCKS if undone else Effect.CLOSES
        found.append(
            Rebuttal(
                code=f"settled_{correction.code}",
                sentence=sentence,
                effect=effect,
                strength=Strength.STRONG,
                fact_ids=tuple(sorted(known.fact_id for known in met)),
                source="manual",
            )
        )
    return tuple(found)


def _outcome(claim: Finding | None, rebuttals: tuple[Rebuttal, ...]) -> Outcome:
    if claim is None:
        return Outcome.CLEAR
    effects = {each.effect for each in rebuttals}
    if Effect.CLOSES in effects:
        return Outcome.REBUTTED
    if Effect.HOLDS in effects:
        return Outcome.HELD
    return Outcome.REVIEW if claim.review_only else Outcome.STANDS


def _next_change(opinion: Opinion, rebuttals: tuple[Rebuttal, ...], snapshot: Snapshot, as_of: date) -> date | None:
    """Return the first day after `as_of` on which time alone may change the answer.

    A day too many only costs one more look: what a filing granted from a later day on is therefore always counted.
    """
    days = [opinion.next_change_on, opinion.holds_from]
    if opinion.holds_from is not None:
        days += [known.fact.valid_from or known.fact.decided_on for known in snapshot.filings if known.fact.status is FilingStatus.APPROVED]
    days += [date.fromordinal(each.holds_until.toordinal() + 1) for each in rebuttals if each.holds_until is not None]
    return min((each for each in days if each is not None and each > as_of), default=None)
