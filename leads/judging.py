"""All that is judged about one subject at one moment: verdicts, presence, risk, and the sentence on top. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from leads.assessment.base import Assessment
from leads.assessment.presence import judge_presence, presence_input
from leads.assessment.risk import judge_risk, risk_input
from leads.book import IN_FORCE, PRESENCE, RISK, Book
from leads.reliance import relied_on
from leads.rules.base import Finding, Outcome, Verdict
from leads.rules.evaluation import Evaluation, evaluate
from leads.rules.headline import headline
from leads.rules.snapshot import Snapshot, whole_digest
from leads.rules.stop_signs import StopSign, signs_of_a_tip
from leads.threshold import UNSEEN, Waiting, ripe_findings, ripens_on, why_waiting

_ALLEGED = frozenset({Outcome.STANDS, Outcome.HELD, Outcome.REVIEW})
_EXITS = frozenset({"departure_weak", "departure_contradicted"})


@dataclass(frozen=True)
class Judged:
    """A snapshot and what was made of it."""

    snapshot: Snapshot
    evaluation: Evaluation
    book: Book = IN_FORCE

    @cached_property
    def presence(self) -> Assessment:
        """Whether the person is still here."""
        judged = judge_presence(presence_input(self.snapshot, self.evaluation), self.book.presence)
        return replace(judged, measured=self.book.measured.get((PRESENCE, judged.band)))

    @cached_property
    def risk(self) -> Assessment:
        """How urgent it is."""
        judged = judge_risk(risk_input(self.snapshot, self.evaluation), self.book.risk)
        return replace(judged, measured=self.book.measured.get((RISK, judged.band)))

    def headline(self, *, overridden: int = 0) -> str:
        """The one sentence on top; `overridden` is how many of the blocking stop signs somebody passed by name."""
        return headline(self.evaluation, self.presence, overridden=overridden)

    @cached_property
    def ripe(self) -> tuple[Finding, ...]:
        """The findings that are enough to open a lead, or to keep one on the desk."""
        return ripe_findings(self.evaluation, self.presence, self.book.stopped)

    @cached_property
    def waiting(self) -> Waiting | None:
        """Why what stands opens no lead yet; None when something is enough or nothing stands."""
        return why_waiting(self.evaluation, self.presence, self.book.stopped)

    @cached_property
    def next_change_on(self) -> date | None:
        """The first day on which time alone may change the answer, or whether it is enough for a lead."""
        as_of = max(self.snapshot.sources.values(), default=date.min)
        days = (self.evaluation.next_change_on, ripens_on(self.evaluation, as_of))
        return min((day for day in days if day is not None), default=None)

    @cached_property
    def leading(self) -> Finding | None:
        """The finding that the queue names: the first that stands, else the first that waits or needs a person."""
        if self.evaluation.findings:
            return self.evaluation.findings[0]
        waiting = [each.finding for each in self.evaluation.verdicts if each.outcome in _ALLEGED and each.finding is not None]
        return min(waiting, key=lambda each: (each.holds_from, each.rule_id), default=None)

    @cached_property
    def reliance(self) -> str:
        """SHA-256 (hex) of the places, names and numbers that a packet would rely on; a verdict may stand while they change."""
        return relied_on(self.snapshot)

    @property
    def blocking(self) -> tuple[StopSign, ...]:
        """The signs that stop a referral."""
        return tuple(sign for sign in self.evaluation.stop_signs if sign.blocking)

    @property
    def alleges(self) -> bool:
        """Whether a rule alleges anything: a finding stands, waits, or is for a person to decide."""
        return any(verdict.outcome in _ALLEGED for verdict in self.evaluation.verdicts)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of what was judged: it changes with verdicts and evidence, not with the mere age of a source.

        The same whether or not the person has a lead: the signs of a tip have `seen`.
        """
        verdicts = sorted(_gist(verdict) for verdict in self.evaluation.verdicts if verdict.claim is not None)
        counted = [sign for sign in self.blocking if self.alleges and sign.code != "source_stale"]
        signs = sorted(f"{_kind(sign)} {' '.join(sign.fact_ids)}" for sign in counted)
        met = sorted(known.fact_id for known in self.snapshot.encounters)
        enough = sorted(f"{finding.rule_id} {finding.matter_key}" for finding in self.ripe)
        text = json.dumps([verdicts, signs, met, self.snapshot.identity_strength, enough])
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def seen(self) -> str:
        """SHA-256 (hex) of what a person who passes a stop sign has seen: where no rule alleges anything, all that any fact says."""
        if self.alleges:
            return self.digest
        return hashlib.sha256(f"{self.digest} {whole_digest(self.snapshot.all_known())}".encode()).hexdigest()


def judge(snapshot: Snapshot, on: date | None = None, book: Book = IN_FORCE, *, led: bool = False) -> Judged:
    """Judge a snapshot by a book; `on` only ages the sources for the stop signs (default: the newest source date).

    `led`: the person has an open lead, which has its stop signs also when no rule alleges anything.
    """
    judged = Judged(snapshot, evaluate(snapshot, book.rules, on=on), book)
    signs = (*_stopped(judged), *_unseen(judged))
    if led:
        signs = (*signs, *signs_of_a_tip(snapshot, judged.evaluation.verdicts, book.rules, on=on))
    if not signs:
        return judged
    return Judged(snapshot, replace(judged.evaluation, stop_signs=(*signs, *judged.evaluation.stop_signs)), book)


def _unseen(judged: Judged) -> tuple[StopSign, ...]:
    """The sign that nothing shows the person here; a doubtful departure is a stop sign already."""
    waiting = judged.waiting
    if waiting is None or waiting.code != UNSEEN:
        return ()
    return (StopSign(code=f"presence_{waiting.code}", sentence=waiting.sentence, blocking=True),)


def _stopped(judged: Judged) -> tuple[StopSign, ...]:
    """A sign for each rule that stands and that people stopped."""
    stopped = {each.rule_id for each in judged.evaluation.findings} & judged.book.stopped
    titles = {rule.id: rule.title for rule in judged.book.rules if rule.id in stopped}
    words = "The rule “{}” is stopped: second looks disagreed with it too often. A supervisor lifts the stop."
    return tuple(StopSign(code=f"rule_stopped_{each}", sentence=words.format(titles[each]), blocking=True) for each in sorted(stopped))


def sign_key(sign: StopSign) -> str:
    """The name under which a sign is overridden: code, source, and a hash of what it says and of the facts it rests on.

    Two signs of one code are two: whoever passes one has not looked at the other. The sentence of an old source counts its
    days; there is one a source, and its override has the age of the word (`leads.looking.override_digest`).
    """
    if sign.code == "source_stale":
        return _kind(sign)
    said = json.dumps([sign.sentence, sorted(sign.fact_ids)])
    return f"{sign.code}:{sign.source}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _kind(sign: StopSign) -> str:
    return f"{sign.code}:{sign.source}" if sign.source else sign.code


def why_words(judged: Judged) -> str:
    """What the queue says: `B2 overstay; no exit`; the days are added when it is shown, for they go on counting.

    No name, number or country; 200 characters at most.
    """
    leading = judged.leading
    if leading is None:
        return ""
    known = _class_of(judged.snapshot, leading)
    what = f"{known} {leading.violation.words}".strip()
    codes = {each.code for verdict in judged.evaluation.verdicts if verdict.outcome in _ALLEGED for each in verdict.rebuttals}
    exit_words = "doubtful exit" if codes & _EXITS else "no exit"
    waiting = "; waits for a decision on a filing" if judged.evaluation.held and not judged.evaluation.findings else ""
    more = f"; {len(judged.evaluation.findings)} findings" if len(judged.evaluation.findings) > 1 else ""
    return f"{what}; {exit_words}{waiting}{more}"[:200]


def _class_of(snapshot: Snapshot, finding: Finding) -> str:
    """The class of admission of the record that the finding rests on."""
    wanted = set(finding.evidence)
    classes = [known.fact.class_of_admission for known in snapshot.admissions if known.fact_id in wanted]
    classes += [known.fact.class_of_admission for known in snapshot.status_events if known.fact_id in wanted]
    return classes[-1] if classes else ""


def _gist(verdict: Verdict) -> str:
    claim = verdict.claim
    evidence = claim.evidence_digest if claim else ""
    since = claim.holds_from.isoformat() if claim else ""
    rebuttals = sorted(f"{each.code}/{each.effect}/{','.join(sorted(each.fact_ids))}" for each in verdict.rebuttals)
    return f"{verdict.rule_id} {verdict.matter_key} {verdict.outcome} {since} {evidence} {rebuttals}"
