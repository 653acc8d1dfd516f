"""How long a dated stay is authorized once filings to extend or change it are counted (8 CFR 214.1(c), 248.1).

In time and pending: authorized until decided. In time and approved: to the new date. In time and denied: until the
decision, except for frivolity or unauthorized work. Late: nothing, unless approval excuses it (COS-EFFECT).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from ingest.facts import BenefitFiling, FilingStatus
from leads.rules.base import Effect, Rebuttal, Step, Strength
from leads.rules.benefits import NEUTRAL_UNKNOWN, covers, is_protection
from leads.rules.classes import Group, is_victim_class, may_change_status, may_extend_stay
from leads.rules.filing_timeliness import Timeliness, judge_timeliness
from leads.rules.snapshot import Known, Snapshot
from leads.rules.stays import Stay
from leads.rules.words import day

ONE_DAY = timedelta(days=1)
STAY_FORMS = frozenset({"I-539", "I-539A", "I-129"})
TimelinessJudge = Callable[[BenefitFiling, date], Timeliness]
STAY_BASES = frozenset({"extension", "change"})


@dataclass(slots=True)
class _Course:
    """Where the reading of filings, oldest first, has got to."""

    status_last: date  # last day of status: what the next filing must not miss
    stay_last: date  # last day of authorized stay: the violation begins the day after
    rebuttals: list[Rebuttal] = field(default_factory=list)
    trace: list[Step] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StayEnd:
    """The last authorized day, what speaks against a violation now, and how that was reached.

    `status_last`: the last day of the status itself, without days that only a pending filing authorized.
    """

    last_day: date
    status_last: date
    rebuttals: tuple[Rebuttal, ...]
    trace: tuple[Step, ...]

    @property
    def open_ended(self) -> bool:
        """Return whether a filing authorizes the stay without a last day: pending in time, or granted without a date."""
        return any(each.holds_until is None and each.effect is not Effect.BLOCKS for each in self.rebuttals)


def follow_filings(snapshot: Snapshot, stay: Stay, last_day: date, as_of: date, judge: TimelinessJudge = judge_timeliness) -> StayEnd:
    """Return how filings move the end of `stay`, which without them is `last_day`.

    Only filings received between arrival and any later entry count. For classes that may neither extend nor change
    (visa waiver, crew, transit, K, S) they move nothing (VWP-NOEOS, VWP-NOCOS, COS-WHO). `judge` says what is in time.
    """
    course = _Course(status_last=last_day, stay_last=last_day)
    for known in sorted(_filings_of(snapshot, stay), key=lambda each: (each.fact.received_on, each.fact.receipt_number, each.fact_id)):
        _apply(course, known, stay, as_of, judge, protected_until(snapshot, known.fact))
    return StayEnd(course.stay_last, course.status_last, tuple(course.rebuttals), tuple(course.trace))


def _filings_of(snapshot: Snapshot, stay: Stay) -> tuple[Known[BenefitFiling], ...]:
    until = stay.next_arrival.fact.arrived_on if stay.next_arrival else date.max
    return tuple(known for known in snapshot.filings if _is_about_stay(known.fact) and _in_stay(known.fact, stay.arrived_on, until))


def _in_stay(filing: BenefitFiling, arrived: date, until: date) -> bool:
    """Return whether the filing was made in the stay, or made before it and granted in it."""
    granted = filing.status is FilingStatus.APPROVED and filing.decided_on is not None and filing.decided_on >= arrived
    return (filing.received_on >= arrived or granted) and filing.received_on <= until


def _is_about_stay(filing: BenefitFiling) -> bool:
    if is_victim_class(filing.requested_class):
        return False
    return filing.form.upper() in STAY_FORMS and (filing.basis in STAY_BASES or not filing.basis)


def protected_until(snapshot: Snapshot, filing: BenefitFiling) -> date:
    """Return the last day of the temporary protection in which a change of status was asked for; date.min when there was none.

    Who has it counts as being in lawful nonimmigrant status for a change (8 USC 1254a(f)(4), key TPS); of an extension it says nothing.
    """
    if filing.basis != "change":
        return date.min
    held = (known.fact for known in snapshot.filings if is_protection(known.fact) and covers(known.fact, filing.received_on))
    return max((each.valid_until or date.max for each in held if each.status is FilingStatus.APPROVED), default=date.min)


def _apply(course: _Course, known: Known[BenefitFiling], stay: Stay, as_of: date, judge: TimelinessJudge, protected: date) -> None:
    filing = known.fact
    allowed = may_change_status if filing.basis == "change" else may_extend_stay
    if not allowed(stay.class_of_admission):
        _not_open_to_class(course, known, stay)
        return
    timeliness = judge(filing, max(course.status_last, protected))
    match filing.status:
        case FilingStatus.REJECTED:
            course.trace.append(Step(timeliness.sentence, (known.fact_id,), timeliness.authority))
        case FilingStatus.UNKNOWN:
            course.rebuttals.append(_state_unknown(known, timeliness))
        case FilingStatus.PENDING:
            _pending(course, known, timeliness)
        case FilingStatus.APPROVED:
            _approved(course, known, timeliness, as_of)
        case _:
            _refused(course, known, timeliness)


def _not_open_to_class(course: _Course, known: Known[BenefitFiling], stay: Stay) -> None:
    waiver = "VWP-NOCOS" if known.fact.basis == "change" else "VWP-NOEOS"
    authority = "PAROLE" if stay.group is Group.PAROLE else waiver
    sentence = (
        f"Filing of {day(known.fact.received_on)} does not count: class {stay.class_of_admission} can be neither extended nor changed."
    )
    course.trace.append(Step(sentence, (known.fact_id,), authority))
    if known.fact.status is FilingStatus.APPROVED:
        course.rebuttals.append(
            Rebuttal(
                code="filing_approved_unexpectedly",
                sentence="A filing was approved although the class does not allow it: check the class and the filing.",
                effect=Effect.BLOCKS,
                strength=Strength.FAIR,
                fact_ids=(known.fact_id,),
                authority=authority,
                source=known.source,
            )
        )


def _pending(course: _Course, known: Known[BenefitFiling], timeliness: Timeliness) -> None:
    waits_on_other = any(each.code == "filing_pending" for each in course.rebuttals)
    if timeliness.timely or waits_on_other:
        sentence = (
            f"Stay authorized while a filing is pending. {timeliness.sentence}" if timeliness.timely else "A further filing is pending."
        )
        code, effect, strength = "filing_pending", Effect.HOLDS, Strength.STRONG
    elif timeliness.for_a_person:
        sentence = f"A filing is pending that may authorize the stay. {timeliness.sentence}"
        code, effect, strength = "filing_pending_doubtful", Effect.HOLDS, Strength.FAIR
    else:
        sentence = f"A late filing is pending and does not authorize the stay unless it is excused. {timeliness.sentence}"
        code, effect, strength = "filing_pending_late", Effect.BLOCKS, Strength.WEAK
    course.rebuttals.append(
        Rebuttal(
            code=code,
            sentence=sentence,
            effect=effect,
            strength=strength,
            fact_ids=(known.fact_id,),
            authority=timeliness.authority,
            source=known.source,
        )
    )


def _state_unknown(known: Known[BenefitFiling], timeliness: Timeliness) -> Rebuttal:
    """A filing of the stay whose state no table knows: it may be pending or granted, so a person looks before anything is done."""
    return Rebuttal(
        code="filing_state_unknown",
        sentence=NEUTRAL_UNKNOWN,
        effect=Effect.BLOCKS,
        strength=Strength.FAIR,
        fact_ids=(known.fact_id,),
        authority=timeliness.authority,
        source=known.source,
    )


def _approved(course: _Course, known: Known[BenefitFiling], timeliness: Timeliness, as_of: date) -> None:
    filing = known.fact
    if filing.valid_from is not None and filing.valid_from > max(as_of, course.stay_last + ONE_DAY):
        course.rebuttals.append(_not_begun(known, filing.valid_from))
        return
    until = filing.valid_until
    word = "changed" if filing.basis == "change" else "extended"
    if until is not None:
        course.status_last = max(course.status_last, until)
        course.stay_last = max(course.stay_last, until)
        if until < as_of:
            course.trace.append(Step(f"Stay {word} to {day(until)}. {timeliness.sentence}", (known.fact_id,), timeliness.authority))
            return
    gap = "" if timeliness.timely else f" {_gap_words(filing, timeliness)}"
    end = f" to {day(until)}" if until else ", without a date"
    course.rebuttals.append(
        Rebuttal(
            code=f"stay_{word}",
            sentence=f"Stay {word}{end}.{gap}",
            effect=Effect.CLOSES,
            strength=Strength.STRONG,
            fact_ids=(known.fact_id,),
            authority="COS-EFFECT" if not timeliness.timely else timeliness.authority,
            holds_until=until,
            source=known.source,
        )
    )


def _not_begun(known: Known[BenefitFiling], starts: date) -> Rebuttal:
    """What was granted from a later day on, with days between that nothing covers: it waits for that day or for a person."""
    return Rebuttal(
        code="granted_from_later",
        sentence=f"A filing was granted from {day(starts)} on; nothing covers the days until then: a person decides.",
        effect=Effect.HOLDS,
        strength=Strength.FAIR,
        fact_ids=(known.fact_id,),
        authority="COS-EFFECT",
        holds_until=starts - ONE_DAY,
        source=known.source,
    )


def _gap_words(filing: BenefitFiling, timeliness: Timeliness) -> str:
    """Return what a late approval leaves behind: an extension back-fills, a change starts when it was approved."""
    if filing.basis == "change" and filing.decided_on is not None:
        return f"{timeliness.sentence} The change counts from {day(filing.decided_on)}; the days before stay without status."
    return f"{timeliness.sentence} Approval excuses the late filing."


def _refused(course: _Course, known: Known[BenefitFiling], timeliness: Timeliness) -> None:
    """Denied or withdrawn: a filing made in time authorized the stay until that day, unless frivolous or after unauthorized work."""
    filing = known.fact
    decided = filing.decided_on or known.extract_as_of
    if not timeliness.timely:
        course.trace.append(Step(f"A late filing was refused. {timeliness.sentence}", (known.fact_id,), timeliness.authority))
    elif filing.denial_frivolous_or_unauthorized_work:
        sentence = f"Filing refused {day(decided)} as frivolous or for unauthorized work: it authorized nothing."
        course.trace.append(Step(sentence, (known.fact_id,), "UP-TOLL"))
    else:
        course.stay_last = max(course.stay_last, decided)
        course.trace.append(
            Step(
                f"Stay authorized until the filing was refused on {day(decided)}.",
                (known.fact_id,),
                timeliness.authority,
            )
        )
