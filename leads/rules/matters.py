"""The names of a matter. It is named after the record that told of it first, and a record that comes again is known anew.

Where two records tell of one entry, or several of one visa, the name may so pass from one to the other: what people settled under
either holds for both.
"""

from __future__ import annotations

from collections.abc import Iterable

from ingest.facts import Admission, VisaEvent
from leads.rules.snapshot import Known, Snapshot, matter_key
from leads.rules.stays import stays


def names_of(snapshot: Snapshot, key: str) -> frozenset[str]:
    """Return every name that the matter `key` may have had, its own among them."""
    kind, _, rest = key.partition(":")
    _, colon, suffix = rest.partition(":")
    for group in _groups(snapshot, kind):
        names = frozenset(f"{matter_key(kind, known)}{colon}{suffix}" for known in group)
        if key in names:
            return names
    return frozenset({key})


def _groups(snapshot: Snapshot, kind: str) -> Iterable[Iterable[Known[Admission] | Known[VisaEvent]]]:
    if kind == "admission":
        return [stay.admissions for stay in stays(snapshot)]
    if kind != "visa":
        return []
    by_visa: dict[str, list[Known[VisaEvent]]] = {}
    for known in snapshot.visa_events:
        by_visa.setdefault(known.fact.visa_foil or known.key, []).append(known)
    return by_visa.values()
