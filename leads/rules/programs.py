"""SEVIS programs: SEVIS is event rows, not persons (domain.md 3.3); one program is all rows of one SEVIS record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from ingest.facts import SevisStatus, StatusEvent
from leads.rules.base import Effect, Rebuttal, Strength
from leads.rules.classes import COMMUTER_AS, normalize
from leads.rules.snapshot import Known, Snapshot, matter_key, stated
from leads.rules.words import day

_CLOSED_BY_ITSELF = 60  # days after the program end by which SEVIS reads completed without anybody's doing

STATE_UNKNOWN = "A SEVIS record stands in a word that no table knows: look it up first, it may be active."


@dataclass(frozen=True, slots=True)
class Program:
    """One SEVIS record: its newest row decides, older rows show how it got there."""

    key: str
    events: tuple[Known[StatusEvent], ...]  # oldest statement first

    @property
    def newest(self) -> Known[StatusEvent]:
        """Return the row that was stated last."""
        return self.events[-1]

    @property
    def state(self) -> StatusEvent:
        """Return what the newest row says."""
        return self.newest.fact

    @property
    def class_of_admission(self) -> str:
        """Return the class of the record, `F1` for `F-1`."""
        return normalize(self.state.class_of_admission)

    @property
    def judged_as(self) -> str:
        """Return the class by whose rules the record is judged: that of a border commuter (F-3) is `F1`."""
        return COMMUTER_AS.get(self.class_of_admission, self.class_of_admission)

    @property
    def is_commuter(self) -> bool:
        """Return whether the student lives abroad and comes and goes."""
        return self.class_of_admission in COMMUTER_AS

    @property
    def name(self) -> str:
        """Return the class as people write it: `F-1`."""
        return f"{self.class_of_admission[:1]}-{self.class_of_admission[1:]}"

    @property
    def registered(self) -> bool:
        """Return whether any row says that the person registered or was active."""
        return any(known.fact.registered_on is not None or known.fact.status is SevisStatus.ACTIVE for known in self.events)


@lru_cache(maxsize=4)
def programs(snapshot: Snapshot) -> tuple[Program, ...]:
    """Return the SEVIS records of a subject, in the order in which they became known."""
    by_record: dict[str, list[Known[StatusEvent]]] = {}
    for known in snapshot.status_events:
        by_record.setdefault(known.fact.sevis_id, []).append(known)
    found = [_program(events) for events in by_record.values()]
    return tuple(sorted(found, key=lambda program: program.key))


def _program(events: list[Known[StatusEvent]]) -> Program:
    ordered = sorted(events, key=stated)
    first = min(events, key=lambda known: (known.known_at, known.key))
    return Program(key=matter_key("program", first), events=tuple(ordered))


def other_record_rebuttals(snapshot: Snapshot, program: Program) -> tuple[Rebuttal, ...]:
    """Return what the person's other SEVIS records say: an active one answers, a new one not yet begun holds.

    An active one as somebody's dependent answers for a dependent, whose principal may have a new record; of a student it shows
    that a change of status may have been granted. One whose time was over before this record ended is only asked about.
    """
    found = []
    for other in programs(snapshot):
        if other.key == program.key or (other.state.principal_sevis_id and other.state.status is not SevisStatus.ACTIVE):
            continue
        if other.state.status is SevisStatus.ACTIVE and _over_before(other, program):
            sentence = f"Another SEVIS record still reads active, though its program ended {_end(other)}: ask the school or sponsor."
            found.append(_rebuttal(other, "other_record_outdated", sentence, Effect.BLOCKS, Strength.WEAK))
        elif other.state.principal_sevis_id and other.class_of_admission != program.class_of_admission:
            sentence = "A record of the person as a dependent is active: find out whether a change of status was granted."
            found.append(_rebuttal(other, "dependent_record_active", sentence, Effect.HOLDS, Strength.FAIR))
        elif other.state.status is SevisStatus.ACTIVE:
            sentence = f"Another SEVIS record is active (program to {_end(other)})."
            found.append(_rebuttal(other, "other_record_active", sentence, Effect.CLOSES, Strength.STRONG))
        elif other.state.status is SevisStatus.INITIAL and _starts_later(other, program):
            sentence = f"A new SEVIS record is waiting to begin (program to {_end(other)})."
            found.append(_rebuttal(other, "other_record_initial", sentence, Effect.HOLDS, Strength.FAIR))
        elif other.state.status is SevisStatus.UNKNOWN:
            found.append(_rebuttal(other, "record_state_unknown", STATE_UNKNOWN, Effect.BLOCKS, Strength.FAIR))
    return tuple(found)


def transfer_rebuttals(snapshot: Snapshot, program: Program) -> tuple[Rebuttal, ...]:
    """Return a hold for a record that was moved to another one which no extract has shown yet."""
    target = program.state.transfer_to_sevis_id
    if not target or any(other.state.sevis_id == target for other in programs(snapshot)):
        return ()
    sentence = "The record was moved to another school or sponsor, whose record has not come in yet."
    return (_rebuttal(program, "transfer_unseen", sentence, Effect.HOLDS, Strength.FAIR),)


def record_rebuttals(program: Program) -> tuple[Rebuttal, ...]:
    """Return what the record itself says in the person's favor: a correction under way, a reinstatement."""
    state = program.state
    found = []
    if state.correction_pending:
        sentence = "The school or sponsor asked for a correction of the record."
        found.append(_rebuttal(program, "correction_pending", sentence, Effect.HOLDS, Strength.FAIR))
    if state.reinstatement == "approved" and not _ended_after_reinstatement(state):
        on = f" on {day(state.reinstatement_on)}" if state.reinstatement_on else ""
        found.append(_rebuttal(program, "reinstated", f"Reinstated{on}.", Effect.CLOSES, Strength.STRONG, _reinstatement_key(program)))
    if state.reinstatement == "pending":
        found.append(
            _rebuttal(
                program,
                "reinstatement_pending",
                "A request for reinstatement is pending.",
                Effect.HOLDS,
                Strength.STRONG,
                _reinstatement_key(program),
            )
        )
    return tuple(found)


def _ended_after_reinstatement(state: StatusEvent) -> bool:
    """Return whether the reinstatement was of an earlier end: it does not answer a failure that came after it."""
    ended = state.failure_on or state.effective_on
    return ended is not None and state.reinstatement_on is not None and state.reinstatement_on < ended


def _reinstatement_key(program: Program) -> str:
    return "J1-REIN" if program.class_of_admission.startswith("J") else "F1-REIN"


def _starts_later(other: Program, program: Program) -> bool:
    ended = program.state.effective_on or program.state.program_end
    starts = other.state.program_start
    return ended is None or starts is None or starts >= ended


def _over_before(other: Program, program: Program) -> bool:
    ended = program.state.effective_on or program.state.program_end
    return ended is not None and outdated(other, ended)


def outdated(program: Program, on: date) -> bool:
    """Return whether the program had ended by `on`, and the days in which SEVIS closes a record by itself (domain.md 0.6) were over."""
    ends = [each for each in (program.state.program_end, program.state.practical_training_end) if each is not None]
    return bool(ends) and max(ends) + timedelta(days=_CLOSED_BY_ITSELF) < on


def _end(program: Program) -> str:
    end = program.state.program_end
    return day(end) if end else "a day that is not stated"


def _rebuttal(program: Program, code: str, sentence: str, effect: Effect, strength: Strength, authority: str = "") -> Rebuttal:
    return Rebuttal(
        code=code,
        sentence=sentence,
        effect=effect,
        strength=strength,
        fact_ids=(program.newest.fact_id,),
        authority=authority,
        source=program.newest.source,
    )
