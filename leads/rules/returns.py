"""Out and in again on one day: the departure of that day is the one before the entry, unless somebody left before already.

Day trips over a land border look like this. Nobody enters twice without leaving between, and a row has no time of day.
"""

from __future__ import annotations

from datetime import date

from leads.rules.snapshot import Snapshot
from leads.rules.stays import Stay


def before_the_entry(snapshot: Snapshot, stay: Stay, left: date, admission_number: str = "") -> bool:
    """Return whether a departure on `left` was made before the last entry of `stay`, which is of the same day.

    `admission_number` is the I-94 to which the source matched it: matched to that of a new entry, it was made after it.
    """
    if left != stay.returned_on:
        return False
    if admission_number in stay.numbers and stay.returned_on == stay.arrived_on:
        return False
    earlier = max((known.fact.arrived_on for known in snapshot.admissions if known.fact.arrived_on < left), default=None)
    return earlier is not None and not any(earlier <= on < left for on in _departures(snapshot))


def _departures(snapshot: Snapshot) -> list[date]:
    left = [known.fact.departed_on for known in snapshot.departures]
    return left + [known.fact.departed_on for known in snapshot.encounters if known.fact.departed_on is not None]
