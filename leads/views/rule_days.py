"""The tables behind the rule book: the days that rules count, and what each SEVIS code makes of a lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from leads.rules.periods import TITLES, all_periods
from leads.rules.sevis_codes import reasons
from leads.rules.words import count
from leads.views.rule_book import authority_line


@require_safe
@requires(Permission.VIEW_RULE_BOOK)
def rule_days(request: HttpRequest) -> HttpResponse:
    """Every period with its history, and every SEVIS code."""
    record(Act.PAGE, object_kind="rule_book")
    return render(request, "leads/rule_days.html", {"periods": period_lines(), "codes": code_lines()})


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """A number of days that rules count, as the page prints it. `from_day` None: ever since the rules begin."""

    title: str
    length: str
    from_day: date | None
    citation: str
    choice: str


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A SEVIS code and what it makes of a lead."""

    group: str
    code: str
    words: str
    meaning: str


_CODE_GROUPS = {"F": "F and M termination", "J": "J termination", "J-end": "J end", "cancel": "cancellation", "dependent": "dependent"}


def period_lines() -> list[PeriodLine]:
    """Every period with its history, in the order in which rules are written down."""
    return [
        PeriodLine(
            TITLES[name],
            count(each.days, each.unit),
            None if each is min(history, key=lambda one: one.effective_from) else each.effective_from,
            authority_line(each.authority).citation,
            each.choice,
        )
        for name, history in all_periods().items()
        for each in history
    ]


def code_lines() -> list[CodeLine]:
    """Every SEVIS code that a table knows; any other one is for a person."""
    return [CodeLine(_CODE_GROUPS[each.group], each.code, each.words, each.meaning.words) for each in reasons().values()]
