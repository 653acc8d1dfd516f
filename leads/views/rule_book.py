"""The rule book: every rule in plain words, with the authority it rests on and how well that was read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from leads.models import RuleStop
from leads.rules.authorities import Reading, UnknownAuthority, source
from leads.rules.base import Authority, Rule, Unverified
from leads.rules.freshness import WORDS
from leads.rules.registry import ALL
from leads.rules.words import listed
from leads.selectors.book import book_now, stops_now
from leads.selectors.quality import Disagreement, disagreement_by_rule
from leads.selectors.rule_counts import open_leads_by_rule
from leads.selectors.under_judgement import not_judged_for
from leads.services.under_judgement import try_again
from leads.views.people import who

_TONES = {Reading.CONFIRMED: "good", Reading.SUMMARY: "caution", Reading.NOT_FOUND: "bad"}


@dataclass(frozen=True, slots=True)
class AuthorityLine:
    """One authority of a rule as the page prints it."""

    citation: str
    says: str
    effect: str
    status: str
    tone: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule as the page prints it."""

    id: str
    title: str
    description: str
    version: int
    violation: str
    from_day: date | None
    until_day: date | None
    dormant: bool
    needs: str
    checks: str
    authorities: tuple[AuthorityLine, ...]
    open_leads: int
    disagreements: tuple[Disagreement, ...] = ()
    stop: RuleStop | None = None

    @property
    def unverified(self) -> int:
        """How many of its authorities nobody could confirm."""
        return sum(line.tone == "bad" for line in self.authorities)


@require_safe
@requires(Permission.VIEW_RULE_BOOK)
def rule_book(request: HttpRequest) -> HttpResponse:
    """Every rule, dormant ones too, with the number of open leads that rest on it."""
    user = who(request)
    counts, stops = open_leads_by_rule(user), stops_now(user)
    rates: dict[str, list[Disagreement]] = defaultdict(list)
    for rate in disagreement_by_rule(user):
        rates[rate.rule_id].append(rate)
    in_force = {rule.id: rule for rule in book_now().rules}
    record(Act.PAGE, object_kind="rule_book")
    lines = [rule_line(in_force.get(rule.id, rule), counts.get(rule.id, 0), tuple(rates[rule.id]), stops.get(rule.id)) for rule in ALL]
    return render(request, "leads/rule_book.html", {"rules": lines, "not_judged": not_judged_for(user)})


@require_POST
@requires(Permission.PROMOTE_RULE)
def judge_again(request: HttpRequest) -> HttpResponse:
    """Let the people over whom judging broke off be tried at once."""
    number = try_again(actor=who(request), now=timezone.now())
    messages.success(request, f"{number} {'person is' if number == 1 else 'people are'} tried again within a minute.")
    return HttpResponseRedirect(reverse("rule_book"))


def rule_line(rule: Rule, open_leads: int, disagreements: tuple[Disagreement, ...] = (), stop: RuleStop | None = None) -> RuleLine:
    """A rule in the words of the page."""
    return RuleLine(
        id=rule.id,
        title=rule.title,
        description=rule.description,
        version=rule.version,
        violation=rule.violation.words,
        from_day=rule.effective_from,
        until_day=rule.effective_until,
        dormant=rule.dormant,
        needs=_names(rule.sources),
        checks=_names(rule.checks),
        authorities=tuple(authority_line(authority) for authority in rule.authorities),
        open_leads=open_leads,
        disagreements=disagreements,
        stop=stop,
    )


def authority_line(authority: Authority) -> AuthorityLine:
    """An authority with how well it was read; a statement without one, and a key that the table lacks, are unverified."""
    if isinstance(authority, Unverified):
        return AuthorityLine("No authority found yet", authority.statement, "", "Unverified", "bad")
    try:
        found = source(authority)
    except UnknownAuthority:
        return AuthorityLine(authority, "", "", "Unverified", "bad")
    status = "Unverified" if found.status is Reading.NOT_FOUND else found.status.words
    return AuthorityLine(found.citation, found.says, found.effect_on_dates, status, _TONES[found.status])


def _names(codes: tuple[str, ...]) -> str:
    return listed(tuple(WORDS.get(code, code) for code in codes))
