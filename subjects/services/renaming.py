"""As whom the two of a pair are shown: written into the pairs by each merge and split, so that no reader follows redirects."""

from __future__ import annotations

from django.db import connection

from subjects.selectors.one_person import one_person


def show_as(subject: int, shown: int) -> None:
    """Pairs that name the subject, or somebody merged into it, show that side as `shown` from now on.

    The subject itself is merged into nobody now; `shown` is itself, or the one into whom it is about to be merged. The caller
    holds `one_writer`.
    """
    who = one_person([subject])
    with connection.cursor() as cursor:
        for side in ("left", "right"):
            cursor.execute(
                f"UPDATE subjects_judgement SET {side}_now_id = nullif(%(shown)s, {side}_id) WHERE {side}_id = ANY (%(who)s)",  # noqa: S608  # our own words
                {"who": who, "shown": shown},
            )
