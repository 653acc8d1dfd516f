"""How urgent is the lead? Only the inputs that can be defended (domain.md 6), each a named line; unmeasured at first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from foundation.calendar import add_years
from ingest.facts import EncounterKind
from leads.assessment.base import Assessment, Hypothesis, Line, Measured, Weights, assess
from leads.rules.evaluation import Evaluation
from leads.rules.programs import programs
from leads.rules.sevis_codes import reason
from leads.rules.snapshot import Snapshot
from leads.rules.visa_revoked import revocations_in_force
from leads.rules.words import count

HIGH, MEDIUM, LOW = "high", "medium", "low"

WEIGHTS = Weights(
    version=1,
    points={
        "watchlist": 6,
        "lookout": 3,
        "criminal": 4,
        "revocation_basis": 3,
        "unauthorized_work": 2,
        "false_identity": 3,
        "several_violations": 1,
        "recent": 1,
        "certain": 1,
        "sensitive_study": 1,
        "address_confirmed": -1,
        "minor": -4,
        "protected": -4,
    },
    bands=((HIGH, 6), (MEDIUM, 3)),
    lowest=LOW,
)
VERSIONS = (WEIGHTS,)
RECENT_DAYS = 180
SENSITIVE_STUDY = frozenset({"14.02", "14.23", "26.05", "40.08"})  # aerospace, nuclear, microbiology, physics: never alone [own]


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that speaks for or against urgency, with the facts behind it."""

    code: str
    number: int = 1
    fact_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskInput:
    """All that the judgement may look at. `pieces` come from facts; the rest from the evaluation."""

    pieces: tuple[Piece, ...]
    days_over: int | None
    certain: bool
    violations: int
    minor: bool


_SENTENCES = {
    "watchlist": "On a watchlist",
    "lookout": "A lookout is in force",
    "criminal": "Criminal arrest or conviction",
    "revocation_basis": "A visa was revoked for a stated reason",
    "unauthorized_work": "Unauthorized work",
    "false_identity": "Several names under one fingerprint number",
    "sensitive_study": "Studies a sensitive field, beside other reasons",
    "address_confirmed": "Address confirmed",
    "protected": "Handled in a compartment",
}


def risk_input(snapshot: Snapshot, evaluation: Evaluation) -> RiskInput:
    """Return the input for a subject. Names, countries, sex and language are not read; a birth date only says minor or not."""
    findings = evaluation.findings
    as_of = max(snapshot.sources.values(), default=date.min)
    since = min((finding.holds_from for finding in findings), default=None)
    standing = [verdict for verdict in evaluation.verdicts if verdict.finding is not None]
    return RiskInput(
        pieces=tuple(sorted(_pieces(snapshot), key=lambda piece: piece.code)),
        days_over=None if since is None else (as_of - since).days + 1,
        certain=bool(findings) and not any(verdict.rebuttals for verdict in standing),
        violations=len({finding.matter_key for finding in findings}),
        minor=_is_minor(snapshot, as_of),
    )


def judge_risk(given: RiskInput, weights: Weights = WEIGHTS, measured: Measured | None = None) -> Assessment:
    """Return how urgent the lead is: high, medium or low, with reasons."""
    return assess(given, _read, weights, _HYPOTHESES, measured)


def _is_minor(snapshot: Snapshot, as_of: date) -> bool:
    births = [known.fact.date_of_birth for known in snapshot.names if known.fact.date_of_birth is not None]
    return bool(births) and all(add_years(birth, 18) > as_of for birth in births)


def _pieces(snapshot: Snapshot) -> Iterator[Piece]:
    groups = {
        "watchlist": [met.fact_id for met in snapshot.encounters if met.fact.watchlist],
        "lookout": [met.fact_id for met in snapshot.encounters if met.fact.kind is EncounterKind.LOOKOUT and not met.fact.watchlist],
        "criminal": [met.fact_id for met in snapshot.encounters if met.fact.criminal],
        "revocation_basis": [event.fact_id for event in revocations_in_force(snapshot) if event.fact.basis],
        "unauthorized_work": _unauthorized_work(snapshot),
        "address_confirmed": [known.fact_id for known in snapshot.addresses if known.fact.confirmed],
        "sensitive_study": [event.fact_id for event in snapshot.standing_events() if event.fact.field_of_study[:5] in SENSITIVE_STUDY],
    }
    for code, ids in groups.items():
        if ids:
            yield Piece(code, len(ids), tuple(sorted(ids)))
    if "many_names_one_fin" in snapshot.link_flags:
        yield Piece("false_identity")
    if snapshot.protected:
        yield Piece("protected")


def _unauthorized_work(snapshot: Snapshot) -> list[str]:
    found = [job.fact_id for job in snapshot.employments if job.fact.authorized is False]
    for program in programs(snapshot):
        codes = "J" if program.class_of_admission.startswith("J") else "F"
        if program.state.reason_code and reason(codes, program.state.reason_code).code in {"03", "ENGEMP"}:
            found.append(program.newest.fact_id)
    return found


def _read(given: RiskInput, weights: Weights) -> Iterator[Line]:
    points = weights.points
    codes = {piece.code for piece in given.pieces}
    alone = codes <= {"sensitive_study", "address_confirmed", "protected"}
    for piece in given.pieces:
        if piece.code == "sensitive_study" and alone:
            continue
        facts = f" ({count(piece.number, 'fact')})" if piece.fact_ids else ""
        yield Line(piece.code, f"{_SENTENCES[piece.code]}{facts}.", points[piece.code], piece.fact_ids)
    if given.days_over is not None and given.days_over <= RECENT_DAYS:
        yield Line("recent", f"Recent: {count(given.days_over, 'day')}.", points["recent"])
    if given.certain:
        yield Line("certain", "Nothing speaks against the violation.", points["certain"])
    if given.violations > 1:
        yield Line("several_violations", f"{given.violations} separate violations.", points["several_violations"])
    if given.minor:
        yield Line("minor", "Under 18.", points["minor"])


def _with_piece(code: str, sentence: str) -> Hypothesis[RiskInput]:
    def apply(given: RiskInput) -> RiskInput:
        if any(piece.code == code for piece in given.pieces):
            return given
        return replace(given, pieces=(*given.pieces, Piece(code)))

    return Hypothesis(code, sentence, apply)


def _without(code: str, sentence: str) -> Hypothesis[RiskInput]:
    def apply(given: RiskInput) -> RiskInput:
        return replace(given, pieces=tuple(piece for piece in given.pieces if piece.code != code))

    return Hypothesis(f"no_{code}", sentence, apply)


_HYPOTHESES: tuple[Hypothesis[RiskInput], ...] = (
    _with_piece("watchlist", "A watchlist entry"),
    _with_piece("criminal", "A criminal arrest or conviction"),
    _with_piece("unauthorized_work", "Evidence of unauthorized work"),
    _without("watchlist", "Removal from the watchlist"),
    _without("criminal", "A criminal record that proves to be another person's"),
    _without("false_identity", "Names that prove to be those of several people"),
)
