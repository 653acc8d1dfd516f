"""The naive rule against which ours are scored: no matched departure and the date has passed; terminated means violation."""

from __future__ import annotations

from datetime import date

from ingest.facts import SevisStatus
from leads.rules.snapshot import Snapshot


def naive_overstay(snapshot: Snapshot, as_of: date) -> bool:
    """Return whether any dated admission has run out by `as_of` without a departure that its own number matches."""
    matched = {known.fact.admission_number for known in snapshot.departures if known.fact.admission_number}
    return any(
        known.fact.admit_until is not None and known.fact.admit_until < as_of and known.fact.admission_number not in matched
        for known in snapshot.admissions
    )


def naive_terminated(snapshot: Snapshot) -> bool:
    """Return whether the newest row of any SEVIS record reads terminated, whatever the reason."""
    newest: dict[str, tuple[tuple[date, str], SevisStatus]] = {}
    for known in snapshot.status_events:
        rank = (known.extract_as_of, known.fact_id)
        held = newest.get(known.fact.sevis_id)
        if held is None or rank > held[0]:
            newest[known.fact.sevis_id] = (rank, known.fact.status)
    return any(status is SevisStatus.TERMINATED for _, status in newest.values())


def naive(snapshot: Snapshot, as_of: date) -> dict[str, bool]:
    """Return what the naive rule says per rule id: the same ids as ours, so that the two can be scored side by side."""
    waiver = any(known.fact.class_of_admission.upper() in {"WB", "WT"} for known in snapshot.admissions)
    over = naive_overstay(snapshot, as_of)
    return {"overstay-dated": over and not waiver, "overstay-vwp": over and waiver, "f1-terminated": naive_terminated(snapshot)}
