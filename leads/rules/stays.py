"""One stay = one entry into the country and the days that it allows, whatever number of rows tell about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from ingest.facts import Admission
from leads.rules.classes import Group, group_of, normalize
from leads.rules.snapshot import Known, Snapshot, matter_key

_LAND_RETURN_DAYS = 90  # a return on the same I-94 later than this cannot be seen as one stay without a date


@dataclass(frozen=True, slots=True)
class Stay:
    """Rows about one entry, oldest arrival first. A return on the same I-94 belongs to the stay that it continues."""

    key: str
    admissions: tuple[Known[Admission], ...]
    next_arrival: Known[Admission] | None = None  # the entry that came after, if there is one
    assumed_arrival: date | None = None  # for a stay without any row, see `stay_around`

    @property
    def arrived_on(self) -> date:
        """Return the day of the first arrival."""
        return min((known.fact.arrived_on for known in self.admissions), default=self.assumed_arrival or date.min)

    @property
    def returned_on(self) -> date:
        """Return the day of the last return on the same I-94 (the arrival itself when there was none)."""
        return max((known.fact.arrived_on for known in self.admissions), default=self.assumed_arrival or date.min)

    @property
    def newest(self) -> Known[Admission]:
        """Return the row that was stated last."""
        return max(self.admissions, key=lambda known: (known.extract_as_of, known.known_at, known.fact_id))

    @property
    def class_of_admission(self) -> str:
        """Return the class as the newest row gives it."""
        return normalize(self.newest.fact.class_of_admission)

    @property
    def group(self) -> Group:
        """Return the kind of stay."""
        return group_of(self.class_of_admission)

    @property
    def duration_of_status(self) -> bool:
        """Return whether any row says D/S: where rows disagree the one without a date is kinder."""
        return any(known.fact.duration_of_status for known in self.admissions)

    @property
    def admit_until(self) -> date | None:
        """Return the last lawful day; where rows disagree the latest date. None for D/S and unreadable dates."""
        if self.duration_of_status:
            return None
        return max((day for day in (known.fact.admit_until for known in self.admissions) if day), default=None)

    @property
    def numbers(self) -> frozenset[str]:
        """Return the I-94 numbers of the stay; never printed."""
        return frozenset(known.fact.admission_number for known in self.admissions if known.fact.admission_number)

    @property
    def passports(self) -> frozenset[str]:
        """Return the passport numbers shown at the port; never printed."""
        return frozenset(known.fact.passport_number for known in self.admissions if known.fact.passport_number)

    @property
    def fact_ids(self) -> tuple[str, ...]:
        """Return the rows behind the stay, in a fixed order."""
        return tuple(sorted(known.fact_id for known in self.admissions))

    def flags(self) -> frozenset[str]:
        """Return what the source itself flags: departed, adjusted, deceased, ..."""
        return frozenset(known.fact.source_says for known in self.admissions if known.fact.source_says)


@lru_cache(maxsize=4)
def stays(snapshot: Snapshot) -> tuple[Stay, ...]:
    """Return the stays of a subject in order of arrival."""
    groups: list[list[Known[Admission]]] = []
    ordered = sorted(snapshot.admissions, key=lambda known: (known.fact.arrived_on, known.known_at, known.fact_id))
    for known in ordered:
        home = next((group for group in reversed(groups) if _same_stay(group, known)), None)
        if home is None:
            groups.append([known])
        else:
            home.append(known)
    return tuple(_stay(group, ordered) for group in groups)


def stay_around(snapshot: Snapshot, on: date) -> Stay:
    """Return the stay in which something happened on `on`: the last one that began by then.

    With no arrival on record by then, an assumed stay that began on `on`: a later entry or departure still answers it.
    """
    before = [stay for stay in stays(snapshot) if stay.arrived_on <= on]
    if before:
        return before[-1]
    later = sorted(snapshot.admissions, key=lambda known: (known.fact.arrived_on, known.fact_id))
    return Stay(key="", admissions=(), next_arrival=later[0] if later else None, assumed_arrival=on)


def _stay(group: list[Known[Admission]], everyone: Iterable[Known[Admission]]) -> Stay:
    last = max(known.fact.arrived_on for known in group)
    members = {known.fact_id for known in group}
    after = (known for known in everyone if known.fact.arrived_on > last and known.fact_id not in members)
    return Stay(key=_key(group), admissions=tuple(group), next_arrival=next(after, None))


def _key(group: list[Known[Admission]]) -> str:
    """Return the matter key: that of the row which was known first, so that later rows do not rename the matter."""
    first = min(group, key=lambda known: (known.known_at, known.key))
    return matter_key("admission", first)


def _same_stay(group: list[Known[Admission]], known: Known[Admission]) -> bool:
    """Return whether `known` tells about the stay of `group`: the same day, or a return on the same I-94 in its days."""
    fact = known.fact
    if any(each.fact.arrived_on == fact.arrived_on for each in group):
        return True
    if not fact.admission_number:
        return False
    return any(_is_return(each.fact, fact) for each in group)


def _is_return(first: Admission, later: Admission) -> bool:
    """Return whether `later` is a readmission on the I-94 of `first` (keys AUTOREVAL, VWP-READMIT)."""
    if first.admission_number != later.admission_number or first.class_of_admission != later.class_of_admission:
        return False
    if first.passport_number and later.passport_number and first.passport_number != later.passport_number:
        return False  # a duplicate number: two people, or two entries (domain.md 2.4), never silently one stay
    if first.duration_of_status:
        return later.duration_of_status
    until = first.admit_until or first.arrived_on + timedelta(days=_LAND_RETURN_DAYS)
    return first.arrived_on < later.arrived_on <= until
