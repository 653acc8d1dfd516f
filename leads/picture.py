"""The picture that a lead page shows and a decision freezes: the same typed object, so that a decision can be shown again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from ingest.facts import Fact, StatusEvent
from leads.assessment.base import Assessment
from leads.judging import Judged, sign_key
from leads.organizations.signals import signal_words
from leads.rules import authorities
from leads.rules.base import Rebuttal, Step, Verdict
from leads.rules.freshness import WORDS, age_in_days, checked_on, is_stale
from leads.rules.registry import UnknownRule, rule
from leads.rules.snapshot import Known, Snapshot
from leads.rules.stop_signs import NOTHING_STANDS, StopSign
from leads.rules.words import day
from subjects.words import SEX, port, sevis_reason_words

OUTCOME_WORDS = {
    "stands": "stands",
    "held": "waits",
    "review": "a person decides",
    "rebutted": "answered by evidence",
    "clear": "nothing alleged",
}
# blind indexes and raw codes: they say nothing to a reader, and a number that a person carries is shown elsewhere, masked
# the desk's words where the name of a fact's field says too little
FIELD_WORDS = {
    "citizenship_iso3": "citizenship",
    "country_of_birth": "country of birth",
    "full_name_source_script": "name in its own script",
    "date_of_birth_text": "date of birth as written",
    "admit_until": "admitted until",
    "admit_until_text": "admitted until, as written",
    "duration_of_status": "admitted for the duration of status",
    "arrived_on": "arrived",
    "departed_on": "departed",
    "effective_on": "in effect from",
    "failure_on": "status ended",
    "reason_code": "reason",
    "decided_on": "decided",
    "received_on": "received",
    "occurred_on": "on",
    "us_address_state": "state of the address given",
    "us_person": "citizen or permanent resident",
    "amount_usd": "amount in dollars",
    "denial_frivolous_or_unauthorized_work": "denied as frivolous or for unauthorized work",
    "evus": "enrolled in EVUS",
    "line": "street",
    "organization_name": "organization",
    "practical_training_end": "practical training until",
    "program_start": "program from",
    "program_end": "program until",
    "started_on": "from",
    "ended_on": "until",
    "registered_on": "registered",
    "final_order_on": "final order",
    "reinstatement_on": "reinstated",
    "withdrawn_on": "withdrawn",
    "expires_on": "expires",
}
_HIDDEN = frozenset(
    {
        "admission_number",
        "passport_number",
        "passport_country",
        "visa_foil",
        "sevis_id",
        "receipt_number",
        "transfer_to_sevis_id",
        "principal_sevis_id",
        "value",
        "event_number",
    }
)


@dataclass(frozen=True, slots=True)
class RebuttalView:
    """Evidence in the person's favor."""

    code: str
    sentence: str
    effect: str
    strength: str
    source: str
    closes: bool
    fact_ids: tuple[str, ...]
    authority: str


@dataclass(frozen=True, slots=True)
class VerdictView:
    """What one rule says about one matter."""

    rule_id: str
    rule_title: str
    rule_version: str
    matter_key: str
    outcome: str
    outcome_words: str
    sentence: str
    as_of: date
    holds_from: date | None
    evidence: tuple[str, ...]
    evidence_digest: str
    rebuttals: tuple[RebuttalView, ...]
    next_change_on: date | None
    reasoning: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignView:
    """A stop sign, and who took responsibility for passing it."""

    key: str
    code: str
    sentence: str
    blocking: bool
    source: str
    source_words: str
    checked_on: date | None
    age_days: int | None
    fact_ids: tuple[str, ...]
    overridden_by: str = ""
    overridden_on: date | None = None

    @property
    def stops(self) -> bool:
        """Whether the sign still stops a referral."""
        return self.blocking and not self.overridden_by


@dataclass(frozen=True, slots=True)
class LineView:
    """One named reason of a judgement."""

    code: str
    sentence: str
    points: int
    fact_ids: tuple[str, ...]

    @property
    def fact_count(self) -> int:
        """How many facts stand behind it."""
        return len(self.fact_ids)


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """Presence or risk: band, lines, what would change it."""

    band: str
    points: int
    lines: tuple[LineView, ...]
    would_change: tuple[str, ...]
    measured: str
    weights_version: int


@dataclass(frozen=True, slots=True)
class SourceView:
    """How old a source's word is."""

    source: str
    words: str
    as_of: date | None
    age_days: int | None
    stale: bool


@dataclass(frozen=True, slots=True)
class FactView:
    """One fact as it stood: opaque id, source, day, and what it says in words."""

    id: str
    kind: str
    source: str
    as_of: date
    text: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked a supervisor to approve: office (code), why another than the proposed one, ids of the files to go along."""

    office: str
    other_reason: str
    files: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All that the desk sees of the judgement on one subject at one moment."""

    on: date
    as_of: date | None
    headline: str
    verdicts: tuple[VerdictView, ...]
    stop_signs: tuple[SignView, ...]
    presence: AssessmentView
    risk: AssessmentView
    sources: tuple[SourceView, ...]
    facts: tuple[FactView, ...]
    identity_strength: str
    us_person: bool | None
    protected: bool
    evaluation_digest: str
    rule_versions: tuple[tuple[str, str], ...]
    wish: Wish | None = None

    @property
    def blocked(self) -> bool:
        """Whether a stop sign still stops a referral."""
        return any(sign.stops for sign in self.stop_signs)

    @property
    def standing(self) -> tuple[VerdictView, ...]:
        """The verdicts that stand."""
        return tuple(verdict for verdict in self.verdicts if verdict.outcome == "stands")

    @property
    def tip(self) -> bool:
        """Whether no rule alleges anything and evidence has answered nothing: a person may sign for a referral by name."""
        return any(sign.code == NOTHING_STANDS for sign in self.stop_signs)

    @property
    def undecided(self) -> tuple[VerdictView, ...]:
        """The verdicts that wait for something, or for a person."""
        return tuple(verdict for verdict in self.verdicts if verdict.outcome in {"held", "review"})

    @property
    def fallen(self) -> bool:
        """Whether nothing is left that a person could be referred for: evidence answers all that was alleged."""
        return not (self.standing or self.undecided or self.tip)

    @property
    def carries(self) -> bool:
        """Whether a referral may rest on this: a finding stands, or people signed by name for what waits, what a person decides, or
        a tip; the age of a source aside."""
        stopped = any(sign.stops and sign.code != "source_stale" for sign in self.stop_signs)
        return bool(self.standing) or not (self.fallen or stopped)


@dataclass(frozen=True, slots=True)
class Passed:
    """Who passed a stop sign, and when."""

    by: str
    at: datetime


_ADAPTER = TypeAdapter(Picture)


def picture_of(judged: Judged, on: date, passed: Mapping[str, Passed] | None = None) -> Picture:
    """The picture of a judgement on the day `on`; `passed` are the overrides that hold for it, by key of the sign."""
    snapshot, evaluation = judged.snapshot, judged.evaluation
    signs = tuple(_sign(each, passed or {}) for each in evaluation.stop_signs)
    return Picture(
        on=on,
        as_of=evaluation.as_of,
        headline=judged.headline(overridden=sum(sign.blocking and not sign.stops for sign in signs)),
        verdicts=tuple(_verdict(each) for each in evaluation.verdicts if each.claim is not None or each.rebuttals),
        stop_signs=signs,
        presence=_assessment(judged.presence, "were still here"),
        risk=_assessment(judged.risk, "proved urgent"),
        sources=tuple(_source(snapshot, source, on) for source in sorted(snapshot.sources) if source in WORDS),
        facts=tuple(sorted((_fact(known) for known in snapshot.standing()), key=lambda each: (each.kind, each.as_of, each.id))),
        identity_strength=snapshot.identity_strength,
        us_person=snapshot.us_person,
        protected=snapshot.protected,
        evaluation_digest=judged.digest,
        rule_versions=tuple((rule_id, str(version)) for rule_id, version in evaluation.rule_versions),
    )


def dump(picture: Picture) -> dict[str, Any]:
    """The picture as plain JSON values."""
    plain: dict[str, Any] = _ADAPTER.dump_python(picture, mode="json")
    return plain


def load(plain: bytes) -> Picture:
    """Reverse `dump`, from JSON text."""
    return _ADAPTER.validate_json(plain)


def rule_title(rule_id: str) -> str:
    """The rule's title, or a signal's words; its id for one that is no longer in the book."""
    try:
        return rule(rule_id).title
    except UnknownRule:
        return signal_words(rule_id)


def _verdict(verdict: Verdict) -> VerdictView:
    claim = verdict.claim
    return VerdictView(
        rule_id=verdict.rule_id,
        rule_title=rule_title(verdict.rule_id),
        rule_version=str(verdict.rule_version),
        matter_key=verdict.matter_key,
        outcome=verdict.outcome.value,
        outcome_words=OUTCOME_WORDS[verdict.outcome.value],
        sentence=verdict.sentence,
        as_of=verdict.as_of,
        holds_from=claim.holds_from if claim else None,
        evidence=claim.evidence if claim else (),
        evidence_digest=claim.evidence_digest if claim else "",
        rebuttals=tuple(_rebuttal(each) for each in verdict.rebuttals),
        next_change_on=verdict.next_change_on,
        reasoning=tuple(_step(step) for step in verdict.trace),
    )


def _step(step: Step) -> str:
    """A line of reasoning with the text that it applies. Steps never rest on a protected filing; rebuttals may, so theirs stay unnamed."""
    return f"{step.sentence} {authorities.source(step.authority).citation}." if step.authority else step.sentence


def _rebuttal(each: Rebuttal) -> RebuttalView:
    return RebuttalView(
        each.code, each.sentence, each.effect.value, each.strength.value, each.source, each.closes, each.fact_ids, each.authority
    )


def _sign(sign: StopSign, passed: Mapping[str, Passed]) -> SignView:
    key = sign_key(sign)
    by = passed.get(key) if sign.blocking else None
    return SignView(
        key=key,
        code=sign.code,
        sentence=sign.sentence,
        blocking=sign.blocking,
        source=sign.source,
        source_words=WORDS.get(sign.source, sign.source),
        checked_on=sign.checked_on,
        age_days=sign.age_days,
        fact_ids=sign.fact_ids,
        overridden_by=by.by if by else "",
        overridden_on=by.at.date() if by else None,
    )


def _source(snapshot: Snapshot, source: str, on: date) -> SourceView:
    return SourceView(
        source=source,
        words=WORDS[source],
        as_of=checked_on(snapshot, source),
        age_days=age_in_days(snapshot, source, on),
        stale=is_stale(snapshot, source, on),
    )


def _assessment(assessment: Assessment, what: str) -> AssessmentView:
    return AssessmentView(
        band=assessment.band,
        points=assessment.points,
        lines=tuple(LineView(line.code, line.sentence, line.points, line.fact_ids) for line in assessment.lines),
        would_change=tuple(change.sentence for change in assessment.would_change),
        measured=assessment.measured_words(what),
        weights_version=assessment.weights_version,
    )


def _fact(known: Known[Fact]) -> FactView:
    fact = known.fact
    said = (
        f"{FIELD_WORDS.get(each.name, each.name.replace('_', ' '))}: {_in_words(fact, each.name, value)}"
        for each in fields(fact)
        if each.name not in _HIDDEN and (value := getattr(fact, each.name)) not in (None, "", False)
    )
    return FactView(known.fact_id, type(fact).__name__, known.source, known.extract_as_of, "; ".join(said))


def _in_words(fact: Fact, name: str, value: object) -> str:
    """A code with what it stands for, as the page of the person words it."""
    if name == "reason_code" and isinstance(fact, StatusEvent):
        return sevis_reason_words(fact.class_of_admission, fact.status.value, fact.reason_code, fact.effective_on)
    if name == "port":
        return port(str(value), getattr(fact, "arrived_on", None) or getattr(fact, "departed_on", None))
    return SEX.get(str(value), str(value)) if name == "sex" else _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value).replace("_", " ")
    if isinstance(value, date):
        return day(value)
    return "yes" if value is True else str(value)
