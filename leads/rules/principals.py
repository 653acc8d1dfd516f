"""What the principal's record makes of a dependent's that ended with it (domain.md 3.2 row 19). Until it is known, a person decides."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.facts import SevisStatus
from leads.rules.base import Rebuttal
from leads.rules.programs import Program, record_rebuttals
from leads.rules.sevis_codes import Meaning, reason
from leads.rules.snapshot import Snapshot

_BROKEN = frozenset({Meaning.VIOLATION, Meaning.NO_SHOW})


@dataclass(frozen=True, slots=True)
class Following:
    """How a dependent follows: whether only a person may say, for how many days one may still depart, what speaks for them."""

    words: str
    review: bool
    grace: str = ""  # a period of `periods`; empty: none
    rebuttals: tuple[Rebuttal, ...] = ()


_UNKNOWN = Following("the principal's record is not known here", review=True)


def follow_principal(snapshot: Snapshot, dependent: Program) -> Following:
    """Return how the dependent's record follows that of the principal whom it names."""
    mine = [known for known in snapshot.principals if known.fact.sevis_id == dependent.state.principal_sevis_id]
    if not mine:
        return _UNKNOWN
    newest = max(mine, key=lambda known: (known.extract_as_of, known.known_at, known.fact_id))
    program = Program(key="", events=(newest,))
    state = newest.fact
    if state.status is not SevisStatus.TERMINATED:
        return Following(f"the principal's record reads {state.status.value}", review=True)
    why = reason("J" if program.class_of_admission.startswith("J") else "F", state.reason_code)
    words = f"the principal's record was terminated: {why.words}"
    if why.meaning is Meaning.EARLY_WITHDRAWAL and program.class_of_admission.startswith("F"):
        return Following(words, review=False, grace="f1_withdrawal")
    return Following(words, review=why.meaning not in _BROKEN, rebuttals=record_rebuttals(program))
