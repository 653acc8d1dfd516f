"""Which source answers which question, for the help on the page. Pure.

What a source holds is said by its own notice, cited in `ingest/sources/`; which of them answers a question of the desk is our
reading of those notices [own].
"""

from __future__ import annotations

from typing import Final, NamedTuple

from leads.rules.freshness import MAX_AGE_DAYS, WORDS


class Question(NamedTuple):
    """A question of the desk: the sources that answer it, the best first, and what to mind."""

    asks: str
    sources: tuple[str, ...]
    mind: str

    @property
    def answers(self) -> str:
        """`ADIS (3 days), IDENT (7 days)`: each source with the age at which its word is old."""
        return ", ".join(f"{WORDS[source]} ({MAX_AGE_DAYS[source]} days)" for source in self.sources)


QUESTIONS: Final = (
    Question("Did the person leave?", ("adis", "ident", "eid"), "A fingerprint at departure is strong, a carrier's list is weak."),
    Question("Is the person here?", ("eid", "ident", "commercial", "public"), "An address shows that somebody used a name there, not who."),
    Question("May the person stay?", ("claims3", "adis"), "A filing in time may authorize the stay while it is pending; a late one not."),
    Question("Does the student study?", ("sevis",), "A termination may be the school's mistake: SEVIS shows a request to correct it."),
    Question("Does the visa stand?", ("ccd",), "A visa revoked may be reinstated; a new passport carries an old visa on."),
    Question("Is the person held, or before a court?", ("eid",), "Then another office acts already: call it."),
    Question("Is there a warning?", ("tecs",), "A look-out is a reason to look, and no finding."),
    Question("Is it the same person?", ("ident", "ccd"), "Numbers single out one person; a shared alias or address never does."),
    Question("Is the person a citizen or permanent resident?", ("claims3", "ccd"), "Then the lead ends. Check a mark before use."),
)
