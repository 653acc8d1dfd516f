"""What shows that somebody is in the country, and what does not: a relative or an employer petitions for people abroad too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ingest.facts import AddressKind, Employment
from leads.rules.snapshot import Snapshot

LIVED_IN = frozenset({AddressKind.RESIDENCE, AddressKind.SCHOOL_REPORTED, AddressKind.COMMERCIAL})
# only somebody who is in the country files these, and for themselves [own]
ASKED_IN_THE_COUNTRY = frozenset({"I-539", "I-485", "I-765", "I-821", "I-589"})


def began_to_work(job: Employment) -> date | None:
    """Return the day on which the person was at work; None for a petition, which an employer files also for somebody abroad."""
    return None if job.kind == "petition" else job.started_on


def seen_after(snapshot: Snapshot, after: date) -> bool:
    """Return whether an address, work, study or a filing shows the person here later than `after`.

    A day ahead of the extract that names it is a plan, and shows nobody.
    """
    return any(on is not None and after < on <= as_of for on, as_of in _days(snapshot))


def _days(snapshot: Snapshot) -> Iterator[tuple[date | None, date]]:
    yield from ((home.fact.last_seen, home.extract_as_of) for home in snapshot.addresses if home.fact.kind in LIVED_IN)
    yield from ((began_to_work(job.fact), job.extract_as_of) for job in snapshot.employments)
    yield from ((event.fact.registered_on, event.extract_as_of) for event in snapshot.standing_events())
    yield from ((each.fact.received_on, each.extract_as_of) for each in snapshot.filings if each.fact.form in ASKED_IN_THE_COUNTRY)
