"""The naive rule against which ours are scored: no matched departure and the date has passed; terminated means violation."""

from __future__ import annotations

from datetime import date

from ingest.facts import SevisStatus
from leads.rules.classes import Group, group_of, normalize
from leads.rules.snapshot import Snapshot

_DATED = {
    Group.VISA_WAIVER: "overstay-vwp",
    Group.GUAM_CNMI: "overstay-guam-cnmi",
    Group.VOCATIONAL: "overstay-m1",
    Group.PAROLE: "parole-expired",
}
_ENDED = {"F1": "f1-terminated", "J1": "j1-terminated", "M1": "m1-terminated"}
RULES = frozenset({"overstay-dated", *_DATED.values(), *_ENDED.values()})


def naive(snapshot: Snapshot, as_of: date) -> frozenset[str]:
    """Return the rules that stand in the naive reading: the same ids as ours, so that the two can be scored side by side.

    Overstays: a dated admission has run out by `as_of` without a departure that its own number matches. Violations of
    students and exchange visitors: the newest row of a SEVIS record reads terminated, whatever the reason.
    """
    return _over(snapshot, as_of) | _terminated(snapshot)


def _over(snapshot: Snapshot, as_of: date) -> frozenset[str]:
    matched = {known.fact.admission_number for known in snapshot.departures if known.fact.admission_number}
    return frozenset(
        _DATED.get(group_of(known.fact.class_of_admission), "overstay-dated")
        for known in snapshot.admissions
        if known.fact.admit_until is not None and known.fact.admit_until < as_of and known.fact.admission_number not in matched
    )


def _terminated(snapshot: Snapshot) -> frozenset[str]:
    newest: dict[str, tuple[tuple[date, str], SevisStatus, str]] = {}
    for known in snapshot.status_events:
        rank = (known.extract_as_of, known.fact_id)
        held = newest.get(known.fact.sevis_id)
        if held is None or rank > held[0]:
            newest[known.fact.sevis_id] = (rank, known.fact.status, normalize(known.fact.class_of_admission))
    ended = {code for _, status, code in newest.values() if status is SevisStatus.TERMINATED}
    return frozenset(_ENDED[code] for code in ended if code in _ENDED)
