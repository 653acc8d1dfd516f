"""What a person decided about a lead holds as long as what it rested on: some reasons settle a matter, the others only end the work.

A wrong person, a data error, a citizen, a death: such a decision answers the same evidence for good. That somebody left, is in
status, waits for a decision, or cannot be found was true of that day: the lead opens again when that is over (domain.md 6).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

from ingest.facts import Address, Encounter, EncounterKind, FilingStatus
from leads.rules.meetings import Where, where_met
from leads.rules.signs_of_life import LIVED_IN, seen_after
from leads.rules.snapshot import Correction, Known, Snapshot

FOR_GOOD = frozenset({"wrong_person", "data_error", "us_person", "deceased", "corrected_record", "duplicate", "never_arrived"})
# nobody found that the claim is wrong: nothing is done about it here, for now
NOT_PURSUED = frozenset({"no_viable_address", "arrested", "in_custody", "referred_to_ero", "transferred", "organization_case"})
_ARRESTED = frozenset({EncounterKind.ARREST, EncounterKind.CUSTODY})
_MET = _ARRESTED | {EncounterKind.BIOMETRIC}
# met in the country afterwards: they had not left, died, stayed away or vanished. Who somebody is, an arrest may show, prints given
# somewhere do not. No other reason says anything that a meeting could contradict.
UNDONE_BY_MEETING: Mapping[str, frozenset[EncounterKind]] = {
    "departed": _MET,
    "deceased": _MET,
    "never_arrived": _MET,
    "no_viable_address": _MET,
    "wrong_person": _ARRESTED,
}
_NOT_HERE = NOT_PURSUED | {"departed"}
_LAWFUL = frozenset({"in_status", "pending_benefit", "no_violation", "out_of_scope"})
# a work permit, a relative's or an employer's petition for an immigrant: granted or refused, they authorize no stay
_NO_STAY = frozenset({"I-765", "I-130", "I-140"})
_REFUSED = frozenset({FilingStatus.DENIED, FilingStatus.WITHDRAWN})


def relied_upon(codes: Iterable[str], snapshot: Snapshot) -> tuple[str, ...]:
    """Return what a decision rests on: the codes of the evidence that spoke for the person, and the places known, as hashes."""
    return tuple(sorted({*codes, *_places(snapshot)}))


def overtaken(correction: Correction, codes: frozenset[str], snapshot: Snapshot) -> bool:
    """Return whether a decision no longer answers the matter; `codes` are those of the evidence that speaks for the person now.

    Evidence that it rested on is gone; or the person is seen here after they had left, or were given up; or a place to look is
    new; or a filing that may authorize a stay was refused since. More evidence in the person's favor never undoes it.
    """
    if correction.code in FOR_GOOD:
        return False
    if any(each not in codes for each in correction.relied if not each.startswith(_AT)):
        return True
    if correction.code in _NOT_HERE and seen_after(snapshot, correction.decided_on):
        return True
    if correction.code == "no_viable_address" and not _places(snapshot) <= set(correction.relied):
        return True
    return correction.code in _LAWFUL and _refused_since(correction, snapshot)


def met_since(snapshot: Snapshot, decided_on: date) -> tuple[Known[Encounter], ...]:
    """Return the arrests, custody and prints in the country after that day; an inspection at a port is another entry."""
    return tuple(
        known
        for known in snapshot.encounters
        if known.fact.occurred_on > decided_on and known.fact.kind in _MET and where_met(known.fact) is Where.HERE
    )


def _refused_since(correction: Correction, snapshot: Snapshot) -> bool:
    filings = (known.fact for known in snapshot.filings if known.fact.form.upper() not in _NO_STAY)
    refused = (filing.decided_on for filing in filings if filing.status in _REFUSED)
    return any(on is not None and on > correction.decided_on for on in refused)


_AT = "at:"


def _places(snapshot: Snapshot) -> set[str]:
    """Where the person was said to live, each as a short hash."""
    return {_AT + _hash(known.fact) for known in snapshot.addresses if known.fact.kind in LIVED_IN}


def _hash(address: Address) -> str:
    parts = (address.line, address.city, address.state, address.postal_code)
    return hashlib.sha256("\n".join(part.upper() for part in parts).encode()).hexdigest()[:24]
