"""The facts of a person on one line of time. Pure arithmetic on facts already read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from foundation.timeline import Kind, Span, Timeline, lay_out
from subjects import words
from subjects.models import AddressFact, AdmissionFact, DepartureFact, EncounterFact, StatusFact, VisaFact
from subjects.selectors.comparison import admitted_until, one_line
from subjects.selectors.facts import SubjectFacts

_UNLESS = "unless a filing or a later status covers it"
_SETTLED = frozenset({"permanent_resident", "naturalized"})
MOST_DRAWN = 100  # a longer picture is no picture: the facts of a person are all on a page of their own


def timeline_of(facts: SubjectFacts, as_of: date) -> Timeline:
    """The picture and its equal table, to `as_of` (the day that the sources speak for); the newest of very many."""
    return lay_out(spans_of(facts, as_of), as_of=as_of, most=MOST_DRAWN)


def spans_of(facts: SubjectFacts, as_of: date) -> list[Span]:
    """Stays, departures, status, filings, visas, addresses and encounters in the order of their first day."""
    spans = [
        *_stays(facts, as_of),
        *(_event(_departure_label(left), left.departed_on, "event", _departure_note(left)) for left in facts.departures),
        *_statuses(facts.statuses),
        *_filings(facts),
        *(_event(_visa_label(visa), visa.occurred_on, "event", words.source_name(visa.source)) for visa in facts.visas),
        *_addresses(facts.addresses),
        *(_event(_encounter_label(met), met.occurred_on, "event", words.source_name(met.source)) for met in facts.encounters),
        *(
            _event(_began(words.LIFE_EVENTS.get(life.kind, life.kind)), life.occurred_on, "event", words.source_name(life.source))
            for life in facts.life_events
            if life.occurred_on
        ),
    ]
    return sorted(_told_once(spans), key=lambda span: (span.start, span.end or date.max, span.label))


def _told_once(spans: Iterable[Span]) -> list[Span]:
    """Two sources that tell the same thing make one line, with both named."""
    notes: dict[tuple[str, date, date | None, Kind], list[str]] = defaultdict(list)
    for span in spans:
        told = notes[(span.label, span.start, span.end, span.kind)]
        if span.note and span.note not in told:
            told.append(span.note)
    return [Span(label, start, end, kind, "; ".join(told)) for (label, start, end, kind), told in notes.items()]


def _event(label: str, day: date, kind: Kind, note: str = "") -> Span:
    return Span(label, day, day, kind, note)


def _stays(facts: SubjectFacts, as_of: date) -> list[Span]:
    """Each admission until the departure that belongs to it; what lies after its last lawful day is drawn as over."""
    found = []
    for stay in facts.admissions:
        left = _departure_after(stay, facts)
        end = left or None
        place = words.port(stay.port, stay.arrived_on)
        label = f"Admitted as {stay.class_of_admission}" + (f" at {place}" if place else "")
        note = words.source_name(stay.source)
        until = stay.admit_until
        if until is None:
            found.append(Span(label, stay.arrived_on, end, "lawful", f"until {admitted_until(stay) or 'not stated'}; {note}"))
            continue
        last_day = max(until, stay.arrived_on)
        found.append(Span(label, stay.arrived_on, min(last_day, end) if end else last_day, "lawful", note))
        found += [Span("Past the date admitted until", first, last, "over", _UNLESS) for first, last in _past(last_day, end, as_of, facts)]
    return found


def _past(last_day: date, end: date | None, as_of: date, facts: SubjectFacts) -> list[tuple[date, date | None]]:
    """The times from the last lawful day of a stay on that neither a granted time nor residence or citizenship covers."""
    found: list[tuple[date, date | None]] = []
    start, stop = last_day, end or as_of
    for first, last in sorted(_covers(facts)):
        if first >= stop:
            break
        if first - start > timedelta(days=1):
            found.append((start, first))
        start = max(start, last)
    return [*found, (start, end)] if start < stop else found


def _covers(facts: SubjectFacts) -> list[tuple[date, date]]:
    granted = [
        (filing.valid_from, filing.valid_until)
        for filing in facts.filings
        if filing.status == "approved" and filing.valid_from and filing.valid_until and filing.valid_until >= filing.valid_from
    ]
    settled = [(life.occurred_on, date.max) for life in facts.life_events if life.kind in _SETTLED and life.occurred_on]
    return granted + settled


def _departure_after(stay: AdmissionFact, facts: SubjectFacts) -> date | None:
    """The departure matched by I-94, else the first one between this arrival and the next."""
    matched = [left.departed_on for left in facts.departures if stay.admission_key and left.admission_key == stay.admission_key]
    if matched:
        return max(*matched, stay.arrived_on)
    later = min((other.arrived_on for other in facts.admissions if other.arrived_on > stay.arrived_on), default=date.max)
    between = [left.departed_on for left in facts.departures if stay.arrived_on <= left.departed_on <= later]
    return min(between, default=None)


def _departure_note(left: DepartureFact) -> str:
    evidence = words.EVIDENCE.get(left.evidence, "")
    return "; ".join(part for part in (evidence, words.source_name(left.source)) if part)


def _statuses(statuses: Iterable[StatusFact]) -> list[Span]:
    found = []
    for state in statuses:
        name = state.organization.name if state.organization else state.school_code
        where = f" at {name}" if name else ""
        note = words.source_name(state.source)
        if state.program_start and state.program_end and state.program_end >= state.program_start:
            found.append(Span(f"{state.class_of_admission} program{where}", state.program_start, state.program_end, "quiet", note))
        if state.practical_training_end and state.program_end and state.practical_training_end > state.program_end:
            found.append(Span("Practical training", state.program_end, state.practical_training_end, "lawful", note))
        if state.effective_on:
            label = f"SEVIS record {words.sevis_status(state.class_of_admission, state.status, state.reason_code, state.effective_on)}"
            found.append(_event(label, state.effective_on, "over" if state.status == "terminated" else "event", note))
    return found


def _filings(facts: SubjectFacts) -> list[Span]:
    found = []
    for filing in facts.filings:
        basis = words.FILING_BASES.get(filing.basis, "")
        label = f"{filing.form} filed" + (f" ({basis})" if basis else "")
        source = words.source_name(filing.source)
        decided = filing.decided_on if filing.decided_on and filing.decided_on >= filing.received_on else None
        lasts = filing.status == "pending"
        kind: Kind = "pending" if lasts or decided else "event"
        end = None if lasts else decided or filing.received_on
        found.append(Span(label, filing.received_on, end, kind, f"{filing.status}; {source}"))
        if filing.status == "approved" and filing.valid_from and filing.valid_until and filing.valid_until >= filing.valid_from:
            found.append(Span(f"Granted by {filing.form}", filing.valid_from, filing.valid_until, "lawful", source))
    return found


def _addresses(addresses: Iterable[AddressFact]) -> list[Span]:
    """Where the person was, from the first to the last day on which a source saw them there; a stated address has one day."""
    found = []
    for home in addresses:
        kind = words.ADDRESSES.get(home.kind, home.kind)
        first = home.first_seen or home.last_seen or home.as_of
        last = max(home.last_seen or first, first)
        note = f"{one_line(home)}; {words.source_name(home.source)}"
        where = f"Address in {home.city}" if home.city else "Address"
        found.append(Span(f"{where} ({kind})", first, last, "quiet" if last > first else "event", note))
    return found


def _departure_label(left: DepartureFact) -> str:
    return f"Departure {words.MODES.get(left.mode, '')}".strip()


def _began(text: str) -> str:
    """With a capital first letter, and the others as they are."""
    return text[:1].upper() + text[1:]


def _visa_label(visa: VisaFact) -> str:
    action = _began(words.VISA_ACTIONS.get(visa.action, "visa event"))
    return f"{action}, {visa.visa_class}" if visa.visa_class else action


def _encounter_label(met: EncounterFact) -> str:
    kind = _began(words.ENCOUNTERS.get(met.kind, "encounter"))
    return f"{kind}, {met.agency}" if met.agency else kind
