"""What may be asked of the queue: status, rule, risk, presence, clock, office, owner. Never a name or a number of a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from leads.models import Lead
from leads.routing.areas import offices
from leads.rules.registry import ACTIVE
from leads.states import CLEARED_REASONS, CLOSED_STATES, OPEN_STATES, LeadState


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the queue: its column (always of the alias `lead`), whether it rises, its type in SQL, whether it may be empty."""

    column: str
    ascending: bool
    kind: str
    label: str
    nullable: bool = False

    def text(self, value: Any) -> str:
        """The column's value as a cursor carries it."""
        return value.isoformat() if hasattr(value, "isoformat") else str(value)


ORDERS: dict[str, Order] = {
    "clock": Order("lead.clock_due_on", ascending=True, kind="date", label="clock, the next due first", nullable=True),
    "risk": Order("lead.risk_points", ascending=False, kind="int", label="risk, the highest first"),
    "age": Order("lead.over_since", ascending=True, kind="date", label="age, the oldest first", nullable=True),
    "recent": Order("lead.state_since", ascending=False, kind="timestamptz", label="the latest change first"),
}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CLOCKS = {"overdue": "overdue", "today": "due today", "week": "due within a week"}
SIGNS = {"none": "nothing blocks referral", "some": "a stop sign blocks"}
UNROUTABLE = "none"  # among the offices: no address leads to one, so a referral could go nowhere
CLEARED = "cleared"  # closed as no violation: out of the default list, asked for by name
CLOSED = "closed"
UNCLAIMED_STATES = (LeadState.QUEUED, LeadState.RETURNED, LeadState.REOPENED)
_RISKS, _PRESENCES = frozenset(Lead.Band.values), frozenset(Lead.Presence.values)


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """One question to the queue; the empty one asks for every open lead."""

    state: str = ""
    rule: str = ""
    risk: str = ""
    presence: str = ""
    clock: str = ""
    office: str = ""
    replay: str = ""
    signs: str = ""
    mine: bool = False
    unclaimed: bool = False
    sort: str = "clock"
    user_id: int = field(default=0, compare=False)  # whose `mine` it is; filled in by the selectors

    @classmethod
    def from_query(cls, given: Mapping[str, Any]) -> QueueFilter:
        """The filter that an address names; unknown values are as good as none."""
        listed = {name: {value for value, _ in pairs} for name, pairs in queue_choices().items()}

        def one(name: str, values: set[str]) -> str:
            value = str(given.get(name, ""))
            return value if value in values else ""

        return cls(
            state=one("state", listed["states"]),
            rule=one("rule", listed["rules"]),
            risk=one("risk", listed["risks"]),
            presence=one("presence", listed["presences"]),
            clock=one("clock", listed["clocks"]),
            office=one("office", listed["offices"]),
            signs=one("signs", listed["signs"]),
            replay=str(given.get("replay", "")) if _UUID.fullmatch(str(given.get("replay", ""))) else "",
            mine=str(given.get("mine", "")) == "1",
            unclaimed=str(given.get("unclaimed", "")) == "1",
            sort=one("sort", listed["sorts"]) or "clock",
        )

    def of(self, user_id: int) -> QueueFilter:
        """The same question asked by a user."""
        return replace(self, user_id=user_id)

    @property
    def states(self) -> tuple[str, ...]:
        """The states that the filter asks for."""
        if self.state in (CLEARED, CLOSED):
            return CLOSED_STATES
        if self.state:
            return (self.state,)
        return UNCLAIMED_STATES if self.unclaimed else OPEN_STATES

    @property
    def order(self) -> Order:
        """The order: a closed lead has no clock, so closed ones come by their last change."""
        if self.sort == "clock" and self.states == CLOSED_STATES:
            return ORDERS["recent"]
        return ORDERS.get(self.sort, ORDERS["clock"])

    def query(self) -> dict[str, str]:
        """What an address must carry to ask the same again."""
        named = {name: getattr(self, name) for name in ("state", "rule", "risk", "presence", "clock", "office", "signs", "replay")}
        flags = {name: "1" for name in ("mine", "unclaimed") if getattr(self, name)}
        sort = {"sort": self.sort} if self.sort != "clock" else {}
        return {**{name: value for name, value in named.items() if value}, **flags, **sort}

    def chips(self) -> list[tuple[str, str]]:
        """The filters in force: field and words."""
        listed = {name: dict(pairs) for name, pairs in queue_choices().items()}
        plural = {
            "state": "states",
            "rule": "rules",
            "risk": "risks",
            "presence": "presences",
            "clock": "clocks",
            "office": "offices",
            "signs": "signs",
        }
        spoken = {"risk": "risk ", "presence": "presence "}
        found = [
            (name, f"{spoken.get(name, '')}{listed[plural[name]][value].lower()}")
            for name in plural
            if (value := getattr(self, name)) and value in listed[plural[name]]
        ]
        return [*found, *[(name, name) for name in ("mine", "unclaimed") if getattr(self, name)]]


def queue_choices() -> dict[str, list[tuple[str, str]]]:
    """The closed lists of the filter form: value and label."""
    closed = [(CLOSED, "Closed, all"), (CLEARED, "Closed as no violation")]
    return {
        "states": [*[(state.value, str(state.label)) for state in OPEN_STATES], *closed],
        "rules": [(rule.id, rule.title) for rule in ACTIVE],
        "risks": [(value, str(label)) for value, label in Lead.Band.choices],
        "presences": [(value, str(label)) for value, label in Lead.Presence.choices],
        "clocks": list(CLOCKS.items()),
        "offices": [(UNROUTABLE, "Unroutable: no office"), *_offices()],
        "signs": list(SIGNS.items()),
        "sorts": [(name, order.label) for name, order in ORDERS.items()],
    }


def under_rule(lead: str, rule: str) -> str:
    """In SQL, of an alias and a parameter: the rule is one of the lead's that stand; where none does, it stood last."""
    return f"({lead}.rules @> ARRAY[{rule}]::varchar[] OR ({lead}.rules = '{{}}' AND {lead}.rule_id = {rule}))"


_OF_THE_LEAD = {
    "rule": f"AND {under_rule('lead', '%(rule)s')}",
    "risk": "AND lead.risk = %(risk)s",
    "presence": "AND lead.presence = %(presence)s",
}
_AT_OFFICE = "AND lead.office_id = (SELECT id FROM access_office WHERE code = %(office)s)"


def _offices() -> list[tuple[str, str]]:
    return [(office.code, office.name) for office in sorted(offices().values(), key=lambda each: each.name)]


def conditions(wanted: QueueFilter, today: date) -> tuple[str, dict[str, Any]]:
    """The filter as SQL conditions on the alias `lead`, with their parameters; every fragment is a constant."""
    parts: list[str] = []
    params: dict[str, Any] = {}
    for name, condition in _OF_THE_LEAD.items():
        if getattr(wanted, name):
            parts.append(condition)
            params[name] = getattr(wanted, name)
    if wanted.office:
        parts.append(_AT_OFFICE if wanted.office != UNROUTABLE else "AND lead.routable IS FALSE")
        params["office"] = wanted.office
    if wanted.replay:
        parts.append(
            "AND lead.id IN (SELECT effect.lead_id FROM leads_replayeffect effect JOIN leads_replay replay ON replay.id = effect.replay_id "
            "WHERE replay.uuid = %(replay)s::uuid)"
        )
        params["replay"] = wanted.replay
    if wanted.state == CLEARED:
        parts.append("AND lead.close_reason = ANY (%(cleared)s)")
        params["cleared"] = [reason.value for reason in CLEARED_REASONS]
    if wanted.signs in SIGNS:
        parts.append({"none": "AND lead.blocking_signs = 0", "some": "AND lead.blocking_signs > 0"}[wanted.signs])
    if wanted.clock in CLOCKS:
        parts.append(
            {
                "overdue": "AND lead.clock_due_on < %(today)s",
                "today": "AND lead.clock_due_on = %(today)s",
                "week": "AND lead.clock_due_on BETWEEN %(today)s AND %(week)s",
            }[wanted.clock]
        )
        params |= {"today": today, "week": today + timedelta(days=7)}
    if wanted.mine:
        parts.append("AND lead.id IN (SELECT lead_id FROM leads_claim WHERE user_id = %(user)s AND released_at IS NULL)")
        params["user"] = wanted.user_id
    if wanted.unclaimed:
        parts.append("AND NOT EXISTS (SELECT 1 FROM leads_claim claim WHERE claim.lead_id = lead.id AND claim.released_at IS NULL)")
    return " ".join(parts), params
