"""The accounts of the demonstration, read for its sign-in page: who is there, and which code is current."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt

from access.models import User
from access.roles import ROLES


def demo_accounts() -> list[dict[str, Any]]:
    """The people of the demonstration with their roles and offices, in the order of the roles."""
    order = {code: position for position, code in enumerate(ROLES)}
    people = User.objects.filter(demonstration=True, is_active=True).prefetch_related("rolegrants", "memberships__office")
    found = []
    for person in people:
        codes = sorted(
            (grant.role_id for grant in person.rolegrants.all() if grant.revoked_at is None), key=lambda code: order.get(code, 99)
        )
        offices = [membership.office.name for membership in person.memberships.all() if membership.revoked_at is None]
        found.append(
            {
                "username": person.username,
                "name": person.label,
                "role": codes[0] if codes else "",
                "role_label": ROLES[codes[0]].label if codes else "No role",
                "office": ", ".join(offices),
                "team": person.team,
            }
        )
    return sorted(found, key=lambda entry: (order.get(entry["role"], 99), entry["username"]))


def demo_person(username: str) -> User | None:
    """The open demonstration account of that name, if there is one."""
    return User.objects.filter(username=username, demonstration=True, is_active=True).first()


def one_time_code(user_pk: Any) -> str:
    """The code that a demonstration account may enter now; an empty string for any other account."""
    authenticator = Authenticator.objects.filter(user__pk=user_pk, user__demonstration=True, type=Authenticator.Type.TOTP).first()
    if authenticator is None:
        return ""
    counters = list(yield_hotp_counters_from_time())
    counter = counters[len(counters) // 2]  # of now: those before and after it are tolerated
    code: str = format_hotp_value(hotp_value(decrypt(authenticator.data["secret"]), counter))
    return code
