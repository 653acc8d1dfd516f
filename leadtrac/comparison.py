"""What the application found in a simulated world, compared with the hidden truth about it.

1. Read which subject holds which record, and which rules stand on it.
2. Ask the naive rule about the same subjects.
3. Read the truth file, which no other part of the application ever opens, one person at a time: twice, so that the memory
   does not grow with the world beyond one entry a record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db.models import QuerySet

from ingest.services.source_rows import record_key
from ingest.simulator.scoring import Answers, Count, IdentityScore, LeadScore, read_truth, score_identities, score_leads
from leads.models import Finding, Lead
from leads.rules.naive import RULES, naive
from leads.snapshots import snapshots, sources_now
from leads.states import OPEN_STATES, LeadState
from subjects.models import IdentityLink, Subject

SUBJECTS_AT_ONCE = 2000
NEEDS_FOR_NAIVE = ("adis", "sevis")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Identities and leads against the truth; `closed` by rule (see `closed_by_themselves`)."""

    identities: IdentityScore
    leads: LeadScore
    closed: Mapping[str, Count]


def compared(truth: Path) -> Comparison | None:
    """Compare with the truth file; None when none of its people is a record here. Needs the sight of the judging service."""
    held = holders()
    identities = score_identities(read_truth(truth), lambda source, key: held.get((source, record_key(source, key))))
    if not identities.subjects:
        return None
    answers = Answers(open=open_rules(), waiting=waiting_rules(), naive=naive_rules(), naive_rules=RULES)
    leads = score_leads(read_truth(truth), lambda source, key: held.get((source, record_key(source, key))), answers)
    return Comparison(identities, leads, closed_by_themselves())


def holders() -> dict[tuple[str, int], int]:
    """Which subject holds a record now: (source, keyed record key) to subject id."""
    links = IdentityLink.objects.filter(closed_at=None).values_list("source", "record_key", "subject_id")
    return {(source, key): subject for source, key, subject in links.iterator()}


_ALLEGED = (Finding.Outcome.STANDS, Finding.Outcome.HELD, Finding.Outcome.REVIEW)


def _newest() -> QuerySet[Finding]:
    """The newest answer of each rule on each matter."""
    rows = Finding.objects.filter(subject__isnull=False).order_by("subject", "rule_id", "matter_key", "-id")
    return rows.distinct("subject", "rule_id", "matter_key")


def _answers() -> Iterator[tuple[int, str, str]]:
    """Subject, rule and outcome of each newest answer."""
    for subject, rule, outcome in _newest().values_list("subject_id", "rule_id", "outcome").iterator():
        if subject is not None:
            yield subject, rule, outcome


def _worked_on() -> dict[int, int]:
    """The lead that is open and not on hold, by subject."""
    states = [state for state in OPEN_STATES if state != LeadState.ON_HOLD]
    found = Lead.objects.filter(state__in=states, subject__isnull=False).values_list("subject_id", "pk")
    return {subject: pk for subject, pk in found.iterator() if subject is not None}


def open_rules() -> dict[int, frozenset[str]]:
    """Rules with a finding that stands today on a lead that somebody may work on, by subject."""
    worked_on = _worked_on()
    return _by_subject(
        (subject, rule) for subject, rule, outcome in _answers() if subject in worked_on and outcome == Finding.Outcome.STANDS
    )


def waiting_rules() -> dict[int, frozenset[str]]:
    """Rules that allege something today without a lead that somebody may work on: it waits for evidence or for a decision."""
    worked_on = _worked_on()
    return _by_subject(
        (subject, rule)
        for subject, rule, outcome in _answers()
        if outcome in _ALLEGED and not (subject in worked_on and outcome == Finding.Outcome.STANDS)
    )


def closed_by_themselves() -> dict[str, Count]:
    """By rule: suspicions of which nothing is open or waiting any more (said), and those that are left; "" over all rules."""
    suspected: dict[str, set[int]] = defaultdict(set)
    alleged: dict[str, set[int]] = defaultdict(set)
    for subject, rule, outcome in _answers():
        for key in (rule, ""):
            suspected[key].add(subject)
            if outcome in _ALLEGED:
                alleged[key].add(subject)
    return {rule: Count(right_yes=len(people - alleged[rule]), wrong_no=len(people & alleged[rule])) for rule, people in suspected.items()}


def _by_subject(pairs: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for subject, rule in pairs:
        found[subject].add(rule)
    interned: dict[frozenset[str], frozenset[str]] = {}
    return {subject: interned.setdefault(key, key) for subject, rules in found.items() if (key := frozenset(rules))}


def naive_rules() -> dict[int, frozenset[str]]:
    """What the naive rule says, by subject, as of the older of the two sources that it reads; subjects without an answer are left out."""
    newest = sources_now()
    as_of = min((newest[source] for source in NEEDS_FOR_NAIVE if source in newest), default=date.min)
    found: dict[int, frozenset[str]] = {}
    last = 0
    while subjects := list(Subject.objects.filter(pk__gt=last).order_by("pk")[:SUBJECTS_AT_ONCE]):
        last = subjects[-1].pk
        for subject, snapshot in snapshots(subjects, newest).items():
            if said := naive(snapshot, as_of):
                found[subject] = said
    return found
