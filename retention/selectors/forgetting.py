"""What became of people without a lead, night by night, in counts: of those compartments for which the reader is cleared."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from foundation.registries import keepers
from retention.models import ForgettingNight, TableRewrite
from retention.removal import people

if TYPE_CHECKING:
    from access.models import User

NIGHTS = 30
WORDS = {
    people.EMPTIED: "every fact was taken back, not long ago",
    people.ANSWERED: "nothing is alleged any more, and something was heard within the time stated below",
    people.WAITING: "waits for evidence, for a person’s word, or for a day that may change the verdict",
    people.HELD: "a hold would take a lead on the person, or stands on a sealed record with the same number",
    people.NEEDED: "was judged beside somebody who has a lead, is named as their associate, or is the principal of a dependent who is here",
    people.REFUSED: "the database did not let the person go; ask whoever keeps the system",
}

WENT = {
    people.EMPTIED: "every fact was taken back",
    people.ANSWERED: "nothing was alleged any more",
    people.WAITING: "waited until the longest time was over",
}


@dataclass(slots=True)
class Night:
    """One night of everybody in sight."""

    on: date
    gone: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    oldest_on: date | None = None
    finished: bool = True

    @property
    def went(self) -> int:
        """How many went."""
        return self.gone.total()

    @property
    def stayed(self) -> int:
        """How many are kept."""
        return self.kept.total()

    @property
    def gone_lines(self) -> list[tuple[str, int]]:
        """Why people went, in words, most first."""
        return [(WENT.get(why, why), count) for why, count in self.gone.most_common()]

    @property
    def kept_lines(self) -> list[tuple[str, int]]:
        """Why people are kept, in words, most first."""
        return [(words_of(why), count) for why, count in self.kept.most_common()]


def nights_for(user: User) -> list[Night]:  # the database knows who asks
    """The last nights, newest first (permission of the view: VIEW_RETENTION)."""
    found: defaultdict[date, list[ForgettingNight]] = defaultdict(list)
    days = ForgettingNight.objects.order_by("-on").values_list("on", flat=True).distinct()[:NIGHTS]
    for row in ForgettingNight.objects.filter(on__in=list(days)).order_by("-on"):
        found[row.on].append(row)
    return [
        Night(
            on,
            sum((Counter(row.gone) for row in rows), Counter()),
            sum((Counter(row.kept) for row in rows), Counter()),
            min((row.oldest_on for row in rows if row.oldest_on), default=None),
            all(row.finished_at for row in rows),
        )
        for on, rows in found.items()
    ]


def last_rewritten() -> date | None:
    """When the table of people was last written anew, so that no deleted row lies in its file."""
    newest = TableRewrite.objects.filter(table="subjects_subject", left_behind=0).order_by("-started_at").first()
    return newest.started_at.date() if newest else None


def words_of(why: str) -> str:
    """Why people are kept, in words."""
    kept = {name: keeper.words for name, keeper in zip(keepers.keys(), keepers, strict=True)}
    return WORDS.get(why) or kept.get(why, why)
