"""What stands above the tabs of a lead's page, and the tabs themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.http import urlencode

from access.permissions import Permission
from access.policy import can
from leads.filters import QueueQuery, with_query
from leads.states import CLOSED_STATES, REFERRED_STATES
from leads.views.people import lead_url

if TYPE_CHECKING:
    from access.models import User
    from leads.selectors.lead import LeadDetail

TABS = (
    ("facts", "Facts by source"),
    ("timeline", "Timeline"),
    ("findings", "Findings and rebuttals"),
    ("notes", "Notes"),
    ("referrals", "Referrals"),
    ("history", "History"),
    ("looked", "Who looked"),
)
PRESENCE_TONES = {"likely": "bad", "possible": "caution", "unlikely": "good"}
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
        "verdict": _verdict(len(stopping), len(picture.stop_signs)),
        "verdict_tone": "bad" if stopping else "good",
        "presence_tone": PRESENCE_TONES.get(picture.presence.band, "quiet") if picture.presence else "quiet",
        "risk_tone": RISK_TONES.get(picture.risk.band, "quiet") if picture.risk else "quiet",
        "closed": detail.lead.state in CLOSED_STATES,
        "sources": [{"name": source.words, "date": source.as_of, "state": _freshness(source)} for source in picture.sources],
    }


def _verdict(stopping: int, signs: int) -> str:
    if stopping:
        return f"{stopping} block{'s' if stopping == 1 else ''} referral"
    return "none blocking" if signs else "none"


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
    "reopen_by_hand": ("Reopen", "lead_reopen", "r", False),
    "assign": ("Assign", "lead_assign", "", False),
}


def buttons_of(user: User, detail: LeadDetail, query: QueueQuery) -> dict[str, Any]:
    """The primary act and the others, in the desk's order; the reason stands beside a primary act that is disabled."""
    known = {each.action: each for each in detail.actions}
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
    url = reverse(name, args=[detail.lead.number])
    if not posts and query.encoded:
        url = with_query(url, urlencode({"from": query.encoded}))
    return Button(label, url, key, view.allowed, view.reason, posts)
