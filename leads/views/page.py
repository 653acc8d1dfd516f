"""What stands above the tabs of a lead's page, and the tabs themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.http import urlencode

from access.permissions import Permission
from access.policy import can
from leads.checks_needed import checks_of, first_due
from leads.filters import QueueQuery, with_query
from leads.rules.freshness import WORDS
from leads.rules.words import count
from leads.states import CLOSED_STATES, REFERRED_STATES, LeadState
from leads.templatetags.lead_words import sign_name
from leads.views.people import lead_url

if TYPE_CHECKING:
    from access.models import User
    from leads.picture import Picture
    from leads.selectors.lead import LeadDetail

TABS = (
    ("facts", "Facts by source"),
    ("timeline", "Timeline"),
    ("findings", "Findings and rebuttals"),
    ("notes", "Notes"),
    ("files", "Files"),
    ("referrals", "Referrals"),
    ("history", "History"),
    ("looked", "Who looked"),
)
TAB_KEYS = {"facts": "f", "timeline": "t", "findings": "e", "notes": "w", "history": "h"}  # leads.keyboard
PRESENCE_TONES = {"likely": "active", "possible": "caution", "unlikely": "quiet"}
RISK_TONES = {"high": "bad", "medium": "caution", "low": "quiet"}


@dataclass(frozen=True, slots=True)
class Button:
    """One thing that can be done, or the reason why not."""

    label: str
    url: str
    key: str
    allowed: bool
    reason: str
    posts: bool = False


def header_of(user: User, detail: LeadDetail) -> dict[str, Any]:
    """The first screen: sentence, signs, judgements, freshness, what can be done."""
    picture = detail.picture
    stopping = [sign for sign in picture.stop_signs if sign.stops]
    return {
        "detail": detail,
        "lead": detail.lead,
        "picture": picture,
        "clear_checks": clear_checks(picture),
        "checks": (needed := checks_of(picture)),
        "check_first": first_due(needed),
        "may_check": bool(can(user, Permission.ENTER_CHECK)) and detail.lead.subject_id is not None,
        "verdict": _verdict(len(stopping), len(picture.stop_signs)),
        "verdict_tone": "bad" if stopping else "good",
        "presence_tone": PRESENCE_TONES.get(picture.presence.band, "quiet") if picture.presence else "quiet",
        "risk_tone": RISK_TONES.get(picture.risk.band, "quiet") if picture.risk else "quiet",
        "closed": detail.lead.state in CLOSED_STATES,
        "sources": [{"name": source.words, "date": source.as_of, "state": _freshness(source)} for source in picture.sources],
    }


@dataclass(frozen=True, slots=True)
class Check:
    """Something that is looked at on every lead and raised no sign: it says from which source and how old."""

    name: str
    state: str
    words: str


CHECKS = (
    ("Departure check", "adis", "no departure found"),
    ("Benefit pending", "claims3", "no filing known that authorizes the stay"),
    ("Custody", "eid", "not in custody or proceedings"),
)


def clear_checks(picture: Picture) -> list[Check]:
    """The standing checks that raised no sign, so that their silence can be told from their absence."""
    raised = {sign_name(sign.code) for sign in picture.stop_signs}
    known = {source.source: source for source in picture.sources}
    found = []
    for name, code, words in CHECKS:
        if name in raised or any(sign.source == code for sign in picture.stop_signs):
            continue
        source = known.get(code)
        if source is None or source.age_days is None:
            found.append(Check(name, "unknown", f"{WORDS[code]} was never loaded"))
        else:
            found.append(Check(name, "clear", f"{words}; {source.words}, {count(source.age_days, 'day')} old"))
    if "US person" not in raised:
        found.append(Check("US person", "caution" if picture.us_person else "clear", _us_person(picture.us_person)))
    if "Identity match" not in raised:
        found.append(Check("Identity match", "clear", picture.identity_strength))
    return found


def _us_person(marked: bool | None) -> str:  # noqa: FBT001  # the mark itself is the subject
    if marked:
        return "a source marks the person as a citizen or permanent resident"
    return "no source says citizen or permanent resident"


def _verdict(stopping: int, signs: int) -> str:
    if stopping:
        return f"{stopping} block{'s' if stopping == 1 else ''} referral"
    return "none blocking" if signs else "none raised"


def _freshness(source: Any) -> str:
    if source.as_of is None:
        return "never loaded"
    return "stale" if source.stale else "ok"


def lead_tabs(user: User, detail: LeadDetail, current: str, query: QueueQuery) -> list[dict[str, Any]]:
    """Each tab is a page of its own."""
    counts = {"referrals": len(detail.referrals) or None}
    may_look = bool(can(user, Permission.WHO_LOOKED))
    return [
        {
            "label": label,
            "url": lead_url(detail.lead.number, query, page=f"lead_{tab}"),
            "current": tab == current,
            "count": counts.get(tab),
            "key": TAB_KEYS.get(tab, ""),
        }
        for tab, label in TABS
        if tab != "looked" or may_look
    ]


ACTS: dict[str, tuple[str, str, str, bool]] = {
    # action: label, url name, key, posts at once
    "claim": ("Claim", "lead_claim", "a", True),
    "release": ("Release", "lead_release", "a", True),
    "refer": ("Refer", "lead_refer", "r", False),
    "ask_review": ("Refer", "lead_refer", "r", False),
    "close": ("Close", "lead_close", "c", False),
    "hold": ("Hold", "lead_hold", "s", False),
    "unhold": ("Take off hold", "lead_unhold", "s", True),
    "decline_review": ("Send back", "lead_decline", "", False),
    "reopen_by_hand": ("Reopen", "lead_reopen", "r", False),
    "assign": ("Assign", "lead_assign", "", False),
}


def buttons_of(user: User, detail: LeadDetail, query: QueueQuery) -> dict[str, Any]:
    """The primary act and the others, in the desk's order; the reason stands beside a primary act that is disabled."""
    known = {each.action: each for each in detail.actions}
    if detail.mine:
        known.pop("claim", None)
    if "refer" in known:
        known.pop("ask_review", None)  # one button: the review page asks a supervisor where a rule wants one
    made = {action: _button(action, known[action], detail, query) for action in ACTS if action in known}
    order = _order(detail)
    primary = next((made[action] for action in order if action in made), None)
    others = [button for button in made.values() if button is not primary and button.allowed]
    return {"primary": primary, "others": others}


def _order(detail: LeadDetail) -> tuple[str, ...]:
    if detail.lead.state in CLOSED_STATES:
        return ("reopen_by_hand",)
    if detail.lead.state in REFERRED_STATES:
        return ()
    return ("refer", "claim") if detail.mine else ("claim", "refer")


def _button(action: str, view: Any, detail: LeadDetail, query: QueueQuery) -> Button:
    label, name, key, posts = ACTS[action]
    if name == "lead_refer" and detail.proposed_office:
        approves = detail.lead.state == LeadState.IN_REVIEW and view.allowed
        label = f"{'Approve: refer' if approves else 'Refer'} to {detail.proposed_office}"
    url = reverse(name, args=[detail.lead.number])
    if not posts and query.encoded:
        url = with_query(url, urlencode({"from": query.encoded}))
    return Button(label, url, key, view.allowed, view.reason, posts)
