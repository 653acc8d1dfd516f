"""The numbers of a person as a lead shows them: kind and last four; the rest is a request of its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from access.models import User
from access.permissions import Permission
from access.policy import can
from subjects import words
from subjects.models import Subject
from subjects.selectors.page import shown_identifiers

SHOWN = 6


@dataclass(frozen=True, slots=True)
class MaskedIdentifier:
    """An identifier without its value."""

    kind: str
    last4: str
    reveal_url: str


def masked_identifiers(user: User, subject: Subject | None) -> list[MaskedIdentifier]:
    """The numbers that the desk asks for first, each once; with the address that reveals one, for whom that is open."""
    if subject is None:
        return []
    may = bool(can(user, Permission.REVEAL_IDENTIFIER))
    return [
        MaskedIdentifier(
            kind=words.identifier_words(fact.kind),
            last4=fact.last_four,
            reveal_url=reverse("identifier_reveal", args=[fact.uuid]) if may else "",
        )
        for fact in shown_identifiers(subject, SHOWN)
    ]
