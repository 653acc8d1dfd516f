"""How many records a batch takes: as many as go in a given time, so that nobody waits long for a lock. Pure.

A batch is one transaction that holds the locks of its records. How long a record takes depends on what hangs on it, on the
machine, on the other work: so the time is aimed at, and the count follows.
"""

from __future__ import annotations

from dataclasses import dataclass

FIRST = 25  # records, before anything is known
FEWEST = 25  # kept while they take no longer than `PATIENCE` goals: what a batch costs by itself would eat a busy machine
PATIENCE = 2.5
SHARE_OF_NEW = 0.5  # how much the newest batch counts beside those before it
MOST_GROWTH = 2  # from one batch to the next


@dataclass(slots=True)
class Pace:
    """The size of the next batch: `goal_seconds` is aimed at, `most` is never exceeded."""

    goal_seconds: float
    most: int
    records: int = 0
    longest_seconds: float = 0.0
    per_record: float = 0.0

    def __post_init__(self) -> None:
        """Begin small."""
        self.records = min(FIRST, self.most)

    def took(self, records: int, seconds: float) -> None:
        """A batch of so many records took so long, from its first lock to its commit."""
        if records <= 0:
            return
        self.longest_seconds = max(self.longest_seconds, seconds)
        now = seconds / records
        self.per_record = now if not self.per_record else self.per_record * (1 - SHARE_OF_NEW) + now * SHARE_OF_NEW
        fits = int(self.goal_seconds / max(self.per_record, now))  # the slower of the two: a slow spell is heeded at once
        if records >= FEWEST and seconds <= self.goal_seconds * PATIENCE:
            fits = max(fits, FEWEST)
        self.records = max(1, min(fits, self.records * MOST_GROWTH, self.most))
