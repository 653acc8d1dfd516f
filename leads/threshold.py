"""When a finding that stands is enough to open a lead. Pure.

A rule says what the law makes of the facts. Whether somebody should be looked for is another question: three in four unmatched
arrivals are no overstays (domain.md 0.2). So a finding opens a lead only when the person is shown to be here:

- a finding that rests on a missing departure alone needs presence "likely": something seen of the person after the last day;
- a finding that names an act (a record ended for a failure, a visa revoked, a no-show) needs that no departure is on record
  that might be true; weak evidence alone neither closes nor refers.

What is not enough waits: it stays recorded, is judged at each extract, and opens a lead on the day when something shows the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from leads.assessment.base import Assessment
from leads.assessment.presence import LIKELY, SETTLING_DAYS
from leads.rules.base import Finding
from leads.rules.evaluation import Evaluation
from leads.rules.words import day

_EXIT_LINES = frozenset({"left_weak", "left_fair", "left_strong"})
UNSEEN, DOUBTFUL_EXIT, RULE_STOPPED = "unseen", "doubtful_exit", "rule_stopped"
_STOPPED = "The rule that says so is stopped, because second looks disagreed with it too often."
_UNSEEN = "Nothing shows the person in the country since {since}. A missing departure alone opens no lead: departures are missed too."
_DOUBTFUL = "A departure that may be true is on record, and nothing shows the person in the country after it."


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why the findings that stand open no lead yet."""

    code: str
    sentence: str


def ripe_findings(evaluation: Evaluation, presence: Assessment, stopped: frozenset[str] = frozenset()) -> tuple[Finding, ...]:
    """Return the findings that are enough for a lead, earliest first; those of a stopped rule (by id) open none."""
    return tuple(finding for finding in evaluation.findings if finding.rule_id not in stopped and _is_ripe(finding, presence))


def why_waiting(evaluation: Evaluation, presence: Assessment, stopped: frozenset[str] = frozenset()) -> Waiting | None:
    """Return why nothing that stands is enough; None when something is, or when nothing stands."""
    if not evaluation.findings or ripe_findings(evaluation, presence, stopped):
        return None
    if all(finding.rule_id in stopped for finding in evaluation.findings):
        return Waiting(RULE_STOPPED, _STOPPED)
    if _may_have_left(presence):
        return Waiting(DOUBTFUL_EXIT, _DOUBTFUL)
    return Waiting(UNSEEN, _UNSEEN.format(since=day(evaluation.findings[0].holds_from)))


def ripens_on(evaluation: Evaluation, as_of: date) -> date | None:
    """Return the next day after `as_of` on which time alone may make a finding enough: presence counts the settling time."""
    days = (finding.holds_from + timedelta(days=SETTLING_DAYS) for finding in evaluation.findings)
    return min((day for day in days if day > as_of), default=None)


def _is_ripe(finding: Finding, presence: Assessment) -> bool:
    if presence.band == LIKELY:
        return True
    return not finding.violation.rests_on_absence and not _may_have_left(presence)


def _may_have_left(presence: Assessment) -> bool:
    return any(line.code in _EXIT_LINES for line in presence.lines)
