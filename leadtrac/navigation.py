"""The navigation: one list, filtered by what the user may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse

from access.permissions import Permission
from access.policy import can, roles_of

if TYPE_CHECKING:
    from access.models import User


@dataclass(frozen=True, slots=True)
class Place:
    """An entry: label, address, whether we are there."""

    label: str
    url: str
    current: bool
    count: int | None = None


ENTRIES: tuple[tuple[str, str, Permission], ...] = (
    ("Queue", "queue", Permission.VIEW_QUEUE),
    ("Search", "person_search", Permission.SEARCH_PERSON),
    ("Judging", "judging_list", Permission.JUDGE_IDENTITY),
    ("Inbox", "office_inbox", Permission.ANSWER_REFERRAL),
    ("Referrals", "referral_list", Permission.RECALL_REFERRAL),
    ("Figures", "figures", Permission.SIGNED_IN),
    ("Team", "team", Permission.ASSIGN_LEAD),
    ("Quality", "quality_list", Permission.REVIEW_SAMPLE),
    ("Organizations", "organization_list", Permission.VIEW_ORGANIZATION),
    ("Extracts", "extract_list", Permission.VIEW_EXTRACT),
    ("Records", "retention_desk", Permission.VIEW_RETENTION),
    ("Audit", "audit_desk", Permission.VIEW_AUDIT),
    ("Break-glass", "break_glass_list", Permission.REVIEW_BREAK_GLASS),
    ("Disclosures", "disclosure_list", Permission.VIEW_DISCLOSURE),
    ("Compartments", "compartment_moves", Permission.PROTECT_PERSON),
    ("Rule book", "rule_book", Permission.VIEW_RULE_BOOK),
    ("Accounts", "user_list", Permission.MANAGE_USER),
)

# pages that stand under a place without standing under its address
BENEATH: dict[str, tuple[str, ...]] = {
    "queue": ("/leads/", "/bulk/", "/waiting/", "/approvals/"),
    "person_search": ("/subjects/", "/facts/"),
    "office_inbox": ("/referrals/", "/packets/"),
    "referral_list": ("/packets/",),
}


def navigation_for(user: User, path: str) -> list[Place]:
    """The places that the user's roles open, in the order of the desk."""
    places = []
    for label, name, permission in ENTRIES:
        if not can(user, permission):
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        places.append(Place(label=label, url=url, current=path.startswith((url, *BENEATH.get(name, ())))))
    return places


def home_of(user: User) -> str:
    """Where a person begins: the first place of the navigation where work is done, or the account page."""
    work = [place for place in navigation_for(user, "") if place.label != "Figures"]
    return work[0].url if work else reverse("mfa_index")


def role_labels(user: User) -> str:
    """The user's roles as shown beside the name."""
    return ", ".join(role.label for role in roles_of(user))
