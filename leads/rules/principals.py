"""What the principal's record makes of a dependent's that ended with it (domain.md 3.2 row 19). Until it is known, a person decides."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.facts import SevisStatus, StatusEvent
from leads.rules.base import Rebuttal
from leads.rules.programs import Program, record_rebuttals
from leads.rules.sevis_codes import Meaning, reason
from leads.rules.snapshot import Known, Snapshot, stated
from leads.rules.words import day

_GOES_ON = frozenset({SevisStatus.ACTIVE, SevisStatus.INITIAL, SevisStatus.DEACTIVATED, SevisStatus.UNKNOWN})
_BROKEN = frozenset({Meaning.VIOLATION, Meaning.NO_SHOW})


@dataclass(frozen=True, slots=True)
class Following:
    """How a dependent follows: whether only a person may say, for how many days one may still depart, what speaks for them."""

    words: str
    review: bool
    grace: str = ""  # a period of `periods`; empty: none
    rebuttals: tuple[Rebuttal, ...] = ()


_UNKNOWN = Following("the principal's record is not known here", review=True)


def principal_goes_on(snapshot: Snapshot, dependent: Program) -> Following | None:
    """Return why a dependent whose record was completed may still be in status: the principal's is not over; None when it is.

    Nobody but a person then says so. A principal who is not known here, or whose record was ended, leaves the dependent's as it is.
    """
    mine = [known for known in snapshot.principals if known.fact.sevis_id == dependent.state.principal_sevis_id]
    if not mine:
        return None
    program = _newest(mine)
    state, ended = program.state, dependent.state.failure_on or dependent.state.effective_on
    longest = max((each for each in (state.program_end, state.practical_training_end) if each is not None), default=None)
    if state.status in _GOES_ON:
        words = f"the principal's record reads {state.status.value}"
    elif state.status is not SevisStatus.COMPLETED:
        return None
    elif state.cap_gap in {"F", "T"}:
        words = "the principal's record has cap-gap"
    elif longest is not None and (ended is None or longest > ended):
        words = f"the principal's program or training runs to {day(longest)}"
    else:
        return None
    return Following(words, review=True, rebuttals=record_rebuttals(program))


def _newest(mine: list[Known[StatusEvent]]) -> Program:
    return Program(key="", events=(max(mine, key=stated),))


def follow_principal(snapshot: Snapshot, dependent: Program) -> Following:
    """Return how the dependent's record follows that of the principal whom it names."""
    mine = [known for known in snapshot.principals if known.fact.sevis_id == dependent.state.principal_sevis_id]
    if not mine:
        return _UNKNOWN
    program = _newest(mine)
    state = program.state
    if state.status is not SevisStatus.TERMINATED:
        return Following(f"the principal's record reads {state.status.value}", review=True)
    why = reason("J" if program.class_of_admission.startswith("J") else "F", state.reason_code)
    words = f"the principal's record was terminated: {why.words}"
    if why.meaning is Meaning.EARLY_WITHDRAWAL and program.class_of_admission.startswith("F"):
        return Following(words, review=False, grace="f1_withdrawal")
    return Following(words, review=why.meaning not in _BROKEN, rebuttals=record_rebuttals(program))
