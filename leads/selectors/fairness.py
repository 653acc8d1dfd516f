"""Whether the rules fall harder on one group than on another: shares with their 95 percent intervals, side by side.

No group is an input of any rule; kind of stay, port, carrier, school and state of address may stand for citizenship, and are named
as such.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from access.models import User
from ingest.codes import ports
from leads.models import MeasuredRate
from leads.organizations.signals import Share, interval
from leads.rules.signs_of_life import LIVED_IN
from leads.states import CLEARED_REASONS, CLOSED_STATES
from subjects.words import SEX, country

SMALL_GROUP = 10
MOST = 15  # lines of a kind; the rest is put together
REST = "all others"

# by kind of group and value: people, those with an open lead, leads that a person decided, those of them closed as no violation
_COUNTS = """
SELECT kind, coalesce(nullif(value, ''), 'not stated'), count(*), count(*) FILTER (WHERE opened.subject_id IS NOT NULL),
    coalesce(sum(decided.decided), 0)::int, coalesce(sum(decided.cleared), 0)::int
FROM subjects_subject subject
LEFT JOIN LATERAL (
    SELECT class_of_admission, port, carrier FROM subjects_admissionfact
    WHERE subject_id = subject.id AND retracted_at IS NULL AND superseded_at IS NULL ORDER BY arrived_on DESC, id DESC LIMIT 1
) stay ON true
LEFT JOIN LATERAL (
    SELECT state FROM subjects_addressfact
    WHERE subject_id = subject.id AND retracted_at IS NULL AND superseded_at IS NULL AND kind = ANY (%(lived_in)s)
    ORDER BY last_seen DESC NULLS LAST, id DESC LIMIT 1
) home ON true
LEFT JOIN LATERAL (
    SELECT coalesce(school.name, status.school_code) AS name
    FROM subjects_statusfact status LEFT JOIN organizations_organization school ON school.id = status.organization_id
    WHERE status.subject_id = subject.id AND status.retracted_at IS NULL AND status.superseded_at IS NULL
    ORDER BY status.as_of DESC, status.id DESC LIMIT 1
) studies ON true
LEFT JOIN (SELECT DISTINCT subject_id FROM leads_lead WHERE state <> ALL (%(closed)s)) opened ON opened.subject_id = subject.id
LEFT JOIN (
    SELECT subject_id, count(*) AS decided, count(*) FILTER (WHERE close_reason = ANY (%(cleared)s)) AS cleared
    FROM leads_lead WHERE state = 'closed' GROUP BY subject_id
) decided ON decided.subject_id = subject.id
CROSS JOIN LATERAL (
    VALUES ('sex', subject.sex), ('citizenship', subject.citizenship), ('class', stay.class_of_admission), ('port', stay.port),
        ('carrier', stay.carrier), ('state', home.state), ('school', studies.name)
) AS grouped (kind, value)
GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2
"""
_KINDS: tuple[tuple[str, str, bool, Callable[[str], str]], ...] = (
    ("Sex", "sex", False, lambda code: SEX.get(code, code)),
    ("Citizenship", "citizenship", False, country),
    ("Class of admission", "class", True, str),
    ("Port of arrival", "port", True, ports.label),
    ("Carrier", "carrier", True, str),
    ("State of the newest home", "state", True, str),
    ("School or program", "school", True, str),
)


@dataclass(frozen=True, slots=True)
class FairnessLine:
    """One group: people on record, the share with an open lead, and of decided leads the share closed as no violation."""

    value: str
    people: int
    open: int
    decided: int
    cleared: int

    @property
    def open_words(self) -> str:
        """`12 % (9 to 16)`."""
        return _share_words(self.open, self.people)

    @property
    def cleared_words(self) -> str:
        """The same for leads that proved wrong."""
        return _share_words(self.cleared, self.decided)


@dataclass(frozen=True, slots=True)
class FairnessTable:
    """The groups of one kind. `proxy`: it is an input, or near one, and may stand for citizenship."""

    title: str
    proxy: bool
    lines: tuple[FairnessLine, ...]

    @property
    def apart(self) -> tuple[str, ...]:
        """The groups whose share of open leads surely differs from that of all others together: the intervals do not meet."""
        total, opened = sum(line.people for line in self.lines), sum(line.open for line in self.lines)
        found = []
        for line in self.lines:
            low, high = interval(Share(line.open, line.people))
            rest_low, rest_high = interval(Share(opened - line.open, total - line.people))
            if total > line.people and (low > rest_high or high < rest_low):
                found.append(line.value)
        return tuple(found)


def fairness_for(user: User) -> list[FairnessTable]:  # the database knows who asks
    """The groups of each kind, the largest first; small ones are put together. One statement."""
    bound: dict[str, Any] = {
        "closed": list(CLOSED_STATES),
        "cleared": [reason.value for reason in CLEARED_REASONS],
        "lived_in": [kind.value for kind in LIVED_IN],
    }
    lines: dict[str, list[FairnessLine]] = {kind: [] for _, kind, _, _ in _KINDS}
    words = {kind: said for _, kind, _, said in _KINDS}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, bound)
        for kind, value, *figures in cursor.fetchall():
            lines[kind].append(FairnessLine(words[kind](value), *figures))
    return [FairnessTable(title, proxy, _merged(lines[kind])) for title, kind, proxy, _ in _KINDS]


def rates_for(user: User) -> list[MeasuredRate]:  # as above
    """The measured rates of the bands."""
    return list(MeasuredRate.objects.order_by("kind", "-sample"))


def _merged(lines: list[FairnessLine]) -> tuple[FairnessLine, ...]:
    shown = [line for line in lines if line.people >= SMALL_GROUP][:MOST]
    rest = [line for line in lines if line not in shown]
    if not rest:
        return tuple(shown)
    sums = (sum(getattr(line, name) for line in rest) for name in ("people", "open", "decided", "cleared"))
    return (*shown, FairnessLine(REST, *sums))


def _share_words(part: int, whole: int) -> str:
    if not whole:
        return "nothing to count"
    low, high = interval(Share(part, whole))
    return f"{100 * part / whole:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
