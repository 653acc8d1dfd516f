"""The figures of the desks beside the queue: each number beside the list that holds what it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.http import urlencode

from access.models import User
from access.permissions import Permission
from access.policy import can
from access.selectors import accounts_for
from audit.acts import Act
from foundation.headquarters import desk_day
from ingest.selectors.figures import extract_states_for
from ingest.states import ExtractState
from leads.selectors.office_figures import office_figures_for
from leads.selectors.under_judgement import not_judged_for
from leads.states import OutcomeCode, ReturnReason
from leads.views.inbox import TABS
from leadtrac.dashboard.tables import Cell, Table
from oversight.selectors.figures import acts_for, glass_counts_for
from retention.selectors.compare import compare_years
from retention.selectors.due import due_counts, schedules_in_force
from retention.selectors.runs import holds_by_release, runs_by_state
from retention.states import RunState

Section = tuple[str, list[Table]]
ACTS_SHOWN = 20


def sections_for(user: User, now: datetime) -> list[Section]:
    """A section for each desk that the user's role opens, in the order of the navigation."""
    desks: tuple[tuple[Permission, Callable[[User, datetime], Section]], ...] = (
        (Permission.ANSWER_REFERRAL, _office),
        (Permission.HANDLE_EXTRACT, _extracts),
        (Permission.VIEW_RETENTION, _records),
        (Permission.VIEW_AUDIT, _audit),
        (Permission.REVIEW_BREAK_GLASS, _glass),
        (Permission.MANAGE_USER, _accounts),
    )
    return [make(user, now) for permission, make in desks if can(user, permission)]


def _office(user: User, now: datetime) -> Section:
    found = office_figures_for(user, now.date())
    here = reverse("office_inbox")
    tabs = [(TABS[name], number, f"{here}?tab={name}") for name, number in found.tabs.items()]
    late = [("answer overdue", found.answer_late, f"{here}?tab=sent"), ("outcome overdue", found.outcome_late, f"{here}?tab=accepted")]
    people = [(name or "nobody yet", number, "") for name, number in found.people.items()]
    outcomes = [(str(OutcomeCode(code).label), number, "") for code, number in found.outcomes.items()]
    returned = [(str(ReturnReason(code).label), number, "") for code, number in found.returned.items()]
    return "Your office", [
        _table("office-tabs", "Referrals by part of the inbox", "Part", tabs, unit="referrals"),
        _table("office-late", "What is late", "What", late, unit="referrals", chart=False),
        _table("office-people", "Open referrals by officer", "Officer", people, unit="referrals"),
        _table("office-outcomes", "What was found", "Outcome", outcomes, unit="referrals"),
        _table("office-returned", "Why referrals went back", "Reason", returned, unit="referrals"),
    ]


def _extracts(user: User, now: datetime) -> Section:
    states = extract_states_for(user)
    here = reverse("extract_list")
    rows = [
        (str(state.label), states.get(state, 0), f"{here}?{urlencode({'state': state})}") for state in ExtractState if states.get(state)
    ]
    broken = [("could not be judged", not_judged_for(user).people, "")]
    return "Extracts", [
        _table("extract-states", "Extracts by state", "State", rows, unit="extracts"),
        _table("not-judged", "People over whom judging broke off", "What", broken, unit="people", chart=False),
    ]


def _records(user: User, now: datetime) -> Section:
    schedules = schedules_in_force()
    archive, destroy = due_counts(desk_day(now))
    due = [
        ("archive", archive, reverse("retention_due", args=["archive"])),
        ("destroy", destroy, reverse("retention_due", args=["destroy"])),
    ]
    heads = ("Year", "Archive", "Destroy")
    years = tuple(
        tuple(Cell(head, value) for head, value in zip(heads, (each.label, each.in_force.archive, each.in_force.destroy), strict=True))
        for each in compare_years(schedules, None)
    )
    note = f"Under {', '.join(f'{each.title}, version {each.version}' for each in schedules)}."
    if len(schedules) > 1:
        note = f"{note} The longest that applies dates a record."
    runs = Counter({str(RunState(state).label): number for state, number in runs_by_state(user).items()})
    holds = Counter({"released" if released else "in force": number for released, number in holds_by_release(user).items()})
    return "Records", [
        _table("due-now", "Due today", "What", due, unit="records", chart=False),
        Table("due-by-year", "Due by year", note, heads, years, "2,3", "records"),
        _table("runs", "Runs by state", "State", _leading(runs, reverse("retention_runs")), unit="runs"),
        _table("holds", "Holds", "State", _leading(holds, reverse("retention_holds")), unit="holds", chart=False),
    ]


def _audit(user: User, now: datetime) -> Section:
    found = acts_for(user, now.date())
    labels = dict(Act.choices)
    heads = ("Act", "Times", "Refused")
    span = {"first": found.first.isoformat(), "last": found.last.isoformat()}
    rows = tuple(
        (
            Cell(heads[0], str(labels.get(act, act))),
            Cell(heads[1], number, f"{reverse('audit_desk')}?{urlencode({'act': act, **span})}"),
            Cell(heads[2], refused),
        )
        for act, number, refused in found.by_act[:ACTS_SHOWN]
    )
    note = f"The last seven days, today included, UTC; {sum(number for _, number, _ in found.by_act):,} acts in all."
    if len(found.by_act) > ACTS_SHOWN:
        note = f"{note} The {ACTS_SHOWN} most frequent."
    return "Acts on record", [Table("acts", "Acts", note, heads, rows, "2", "times")]


def _glass(user: User, now: datetime) -> Section:
    rows = [(words, number, reverse("break_glass_list")) for words, number in glass_counts_for(user, now=now).items()]
    return "Break-glass", [_table("glass", "Openings by break-glass", "Review", rows, unit="openings", chart=False)]


def _accounts(user: User, now: datetime) -> Section:
    lines = accounts_for(user)
    here = reverse("user_list")
    states = Counter("open" if line.user.is_active else "closed" for line in lines)
    states["open without a role"] = sum(line.user.is_active and not line.roles for line in lines)
    states["open, never signed in"] = sum(line.user.is_active and line.user.last_login is None for line in lines)
    roles = Counter(role for line in lines if line.user.is_active and line.roles for role in line.roles.split(", "))
    return "Accounts", [
        _table("account-states", "Accounts", "State", _leading(states, here), unit="accounts", chart=False),
        _table("account-roles", "Open accounts by role", "Role", sorted(_leading(roles, here)), unit="accounts"),
    ]


def _leading(counted: Counter[str], url: str) -> list[tuple[str, int, str]]:
    """Each count with the one list that holds them all."""
    return [(words, number, url) for words, number in counted.items()]


def _table(name: str, heading: str, head: str, rows: Iterable[tuple[str, int, str]], *, unit: str, chart: bool = True) -> Table:
    """Two columns: words, and a number that leads to what it counts."""
    count = unit.capitalize()
    cells = tuple((Cell(head, words), Cell(count, number, url)) for words, number, url in rows)
    return Table(name, heading, "", (head, count), cells, "2" if chart else "", unit)
