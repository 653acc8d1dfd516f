"""What a password must not be: guessable. No rule of composition, no rotation (NIST SP 800-63B 5.1.1.2; checks 7 to 10)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

if TYPE_CHECKING:
    from access.models import User

LEAST_SCORE = 4  # the highest: more than 10^10 guesses
LOOKED_AT = 64  # characters; what follows makes a password only longer
OF_THIS_PLACE = (
    "leadtrac",
    "homeland",
    "security",
    "immigration",
    "customs",
    "enforcement",
    "ctceu",
    "oau",
    "hsi",
    "ero",
    "ice",
    "dhs",
    "overstay",
)


class GuessableValidator:
    """Refuses what a guesser tries first: much used and breached passwords, words of this place and of the person, runs and
    repetitions of them (`zxcvbn`, whose lists come from published breaches)."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise `ValidationError` with what is wrong."""
        own = [user.username, *re.split(r"\W+", f"{user.username} {user.display_name} {user.email}")] if user else []
        found = zxcvbn(password[:LOOKED_AT], user_inputs=[word for word in (*OF_THIS_PLACE, *own) if len(word) > 1])
        if found["score"] < LEAST_SCORE:
            said = found["feedback"]["warning"] or "It is built from words or patterns that are tried first."
            raise ValidationError(f"This password is guessed too easily. {said}", code="password_guessable")

    def get_help_text(self) -> str:
        """What the page says before anything is typed."""
        return "Four or more words that do not belong together make a good passphrase. Any characters will do."
