"""The figures of the desk: counts of what the reader may see, a few set-based statements whatever the number of leads.

Row-level security decides what is counted: two readers may rightly get two numbers. Weeks begin on Monday, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from access.models import User
from access.permissions import Permission
from access.policy import require
from leads.states import CLEARED_REASONS, CLOSED_STATES, OPEN_STATES, OutcomeCode, ReferralState

WEEKS = 12
AGES: dict[str, int | None] = {"up to 7 days": 7, "8 to 30 days": 30, "31 to 90 days": 90, "91 to 365 days": 365, "over a year": None}

_OPEN = """
SELECT CASE WHEN grouping(state) = 0 THEN 'state' WHEN grouping(risk) = 0 THEN 'risk'
            WHEN grouping(office) = 0 THEN 'office' WHEN grouping(age) = 0 THEN 'age' WHEN grouping(clock) = 0 THEN 'clock'
            ELSE 'all' END,
       coalesce(state, risk, office, age, clock, ''), count(*)
FROM (
    SELECT lead.state, lead.risk, coalesce(office.code, '') AS office,
        CASE WHEN lead.record_created_on >= %(today)s - 7 THEN 'up to 7 days'
             WHEN lead.record_created_on >= %(today)s - 30 THEN '8 to 30 days'
             WHEN lead.record_created_on >= %(today)s - 90 THEN '31 to 90 days'
             WHEN lead.record_created_on >= %(today)s - 365 THEN '91 to 365 days' ELSE 'over a year' END AS age,
        CASE WHEN lead.clock_due_on < %(today)s THEN 'overdue' WHEN lead.clock_due_on <= %(today)s + 7 THEN 'week'
             WHEN lead.clock_due_on IS NULL THEN 'none' ELSE 'later' END AS clock
    FROM leads_lead lead LEFT JOIN access_office office ON office.id = lead.office_id
    WHERE lead.state = ANY (%(open)s)
) open_leads
GROUP BY GROUPING SETS ((), (state), (risk), (office), (age), (clock))
UNION ALL
SELECT 'rule', rule, count(*)
FROM leads_lead lead, unnest(CASE WHEN lead.rules = '{}' THEN ARRAY[lead.rule_id] ELSE lead.rules END) rule
WHERE lead.state = ANY (%(open)s) GROUP BY rule
"""

_FLOW = """
SELECT week, kind, sum(number)::int FROM (
    SELECT date_trunc('week', occurred_at AT TIME ZONE 'UTC')::date AS week,
        CASE WHEN action = 'auto_close' THEN 'closed_by_evidence' WHEN to_state = 'closed' THEN 'closed_by_person'
             WHEN action = 'refer' THEN 'referred' WHEN to_state = 'returned' THEN 'returned'
             WHEN action = 'reopen_by_hand' AND from_state = 'auto_closed' THEN 'disagreed'
             WHEN to_state = 'reopened' THEN 'reopened' END AS kind,
        count(*) AS number
    FROM leads_transition WHERE occurred_at >= %(since)s AND occurred_at < %(until)s GROUP BY 1, 2
    UNION ALL
    SELECT date_trunc('week', record_created_on)::date, 'opened', count(*)
    FROM leads_lead WHERE record_created_on >= %(since)s::date AND record_created_on < %(until)s::date GROUP BY 1
) moves WHERE kind IS NOT NULL GROUP BY 1, 2
"""

_SPEED = """
WITH decided AS (
    SELECT lead_id, (array_agg(to_state ORDER BY occurred_at))[1] AS decision, min(occurred_at) AS at
    FROM leads_transition WHERE action IN ('close', 'refer') GROUP BY lead_id
    HAVING min(occurred_at) >= %(since)s AND min(occurred_at) < %(until)s
), opened AS (
    SELECT move.lead_id, min(move.occurred_at) AS at
    FROM leads_transition move JOIN decided USING (lead_id) GROUP BY move.lead_id
)
SELECT decision, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM decided.at - opened.at) / 3600),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM decided.at - opened.at) / 3600)
FROM decided JOIN opened USING (lead_id) GROUP BY decision
"""

_CLOSED = "SELECT close_reason, state, count(*) FROM leads_lead WHERE state = ANY (%(closed)s) GROUP BY 1, 2"

_REFERRALS = """
SELECT office.code, office.name, referral.state, coalesce(outcome.code, ''), count(*)
FROM leads_referral referral JOIN access_office office ON office.id = referral.office_id
    LEFT JOIN leads_outcome outcome ON outcome.referral_id = referral.id
GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class OpenLeads:
    """Open leads by one property each; every dictionary but `rule` adds up to `total`: a lead counts under each rule that stands.

    `office` is empty where no office has the lead.
    """

    total: int
    state: dict[str, int]
    rule: dict[str, int]
    risk: dict[str, int]
    office: dict[str, int]
    age: dict[str, int]
    clock: dict[str, int]  # overdue, week (today and the seven days after it), later, none


@dataclass(frozen=True, slots=True)
class Week:
    """What happened to leads in the week that begins on `monday`. `disagreed`: a person reopened what evidence had closed."""

    monday: date
    opened: int = 0
    closed_by_person: int = 0
    closed_by_evidence: int = 0
    referred: int = 0
    returned: int = 0
    reopened: int = 0
    disagreed: int = 0


@dataclass(frozen=True, slots=True)
class Speed:
    """From the first move of a lead to the first decision of a person (`closed` or `referred`), in hours."""

    decision: str
    leads: int
    median_hours: float
    ninth_decile_hours: float


@dataclass(frozen=True, slots=True)
class Closed:
    """Closed leads by reason: those that a person closed, those that evidence closed."""

    by_person: dict[str, int]
    by_evidence: dict[str, int]

    @property
    def total(self) -> int:
        """Every closed lead."""
        return sum(self.by_person.values()) + sum(self.by_evidence.values())

    @property
    def automatic(self) -> int:
        """Those that evidence closed."""
        return sum(self.by_evidence.values())

    @property
    def cleared(self) -> int:
        """Those closed as no violation."""
        return sum(each.get(reason, 0) for reason in CLEARED_REASONS for each in (self.by_person, self.by_evidence))


@dataclass(frozen=True, slots=True)
class OfficeReferrals:
    """The referrals to one office by state, and the outcomes that it reported."""

    code: str
    name: str
    states: dict[str, int]
    outcomes: dict[str, int]

    @property
    def total(self) -> int:
        """Every referral to the office."""
        return sum(self.states.values())

    @property
    def reported(self) -> int:
        """Referrals with an outcome."""
        return sum(self.outcomes.values())

    @property
    def wrong(self) -> int:
        """Outcomes that found the wrong person, or a citizen or permanent resident."""
        return self.outcomes.get(OutcomeCode.WRONG_PERSON, 0) + self.outcomes.get(OutcomeCode.US_PERSON, 0)

    @property
    def waits(self) -> int:
        """Referrals without an answer yet."""
        return self.states.get(ReferralState.SENT, 0) + self.states.get(ReferralState.ACCEPTED, 0)


def open_leads_for(user: User, today: date) -> OpenLeads:
    """Open leads by status, rule, risk, office, age of the record and clock; one statement. Raises `Forbidden`."""
    require(user, Permission.VIEW_QUEUE)
    found: dict[str, dict[str, int]] = {name: {} for name in ("all", "state", "rule", "risk", "office", "age", "clock")}
    for kind, value, number in _rows(_OPEN, {"today": today, "open": list(OPEN_STATES)}):
        found[kind][value] = number
    ages = {age: found["age"].get(age, 0) for age in AGES}
    return OpenLeads(sum(found.pop("all").values()), **{**found, "age": ages})


def flow_for(user: User, today: date) -> list[Week]:
    """The last 12 weeks, the running one included, the oldest first; one statement. Raises `Forbidden`."""
    require(user, Permission.VIEW_QUEUE)
    since, until = _span(today)
    weeks: dict[date, dict[str, int]] = {since.date() + timedelta(weeks=number): {} for number in range(WEEKS)}
    for monday, kind, number in _rows(_FLOW, {"since": since, "until": until}):
        weeks[monday][kind] = number
    return [Week(monday, **numbers) for monday, numbers in weeks.items()]


def speed_for(user: User, today: date) -> list[Speed]:
    """How long leads first decided in the last 12 weeks had waited, by decision; one statement. Raises `Forbidden`."""
    require(user, Permission.VIEW_QUEUE)
    since, until = _span(today)
    found = [
        Speed(decision, leads, float(median), float(ninth))
        for decision, leads, median, ninth in _rows(_SPEED, {"since": since, "until": until})
    ]
    return sorted(found, key=lambda each: each.decision)


def closed_for(user: User) -> Closed:
    """Closed leads by reason; one statement. Raises `Forbidden`."""
    require(user, Permission.VIEW_QUEUE)
    closed = Closed({}, {})
    for reason, state, number in _rows(_CLOSED, {"closed": list(CLOSED_STATES)}):
        (closed.by_evidence if state == "auto_closed" else closed.by_person)[reason] = number
    return closed


def referrals_by_office_for(user: User) -> list[OfficeReferrals]:
    """Referrals by office, state and outcome, offices by name; one statement. Raises `Forbidden`."""
    require(user, Permission.VIEW_QUEUE)
    offices: dict[str, OfficeReferrals] = {}
    for code, name, state, outcome, number in _rows(_REFERRALS, {}):
        office = offices.setdefault(code, OfficeReferrals(code, name, {}, {}))
        office.states[state] = office.states.get(state, 0) + number
        if outcome:
            office.outcomes[outcome] = office.outcomes.get(outcome, 0) + number
    return sorted(offices.values(), key=lambda office: office.name)


def _span(today: date) -> tuple[datetime, datetime]:
    monday = today - timedelta(days=today.weekday())
    return _midnight(monday - timedelta(weeks=WEEKS - 1)), _midnight(monday + timedelta(weeks=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _rows(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
