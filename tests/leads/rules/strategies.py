"""Random but plausible subjects for property tests: stays, departures, filings, SEVIS records, visas, encounters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from ingest.facts import (
    Address,
    AddressKind,
    Admission,
    BenefitFiling,
    Departure,
    DepartureEvidence,
    Employment,
    Encounter,
    EncounterKind,
    Fact,
    FilingMethod,
    FilingStatus,
    Identifier,
    IdentifierKind,
    LifeEvent,
    Mode,
    NameForm,
    SevisStatus,
    StatusEvent,
    VisaAction,
    VisaEvent,
)
from leads.rules.snapshot import Known, Snapshot, build

FIRST, LAST = date(2023, 1, 1), date(2026, 11, 22)
SOURCES = ("adis", "sevis", "eid", "claims3", "ccd", "tecs", "ident", "commercial")

days = st.dates(FIRST, LAST)
later_days = st.dates(FIRST, LAST + timedelta(days=400))
numbers = st.sampled_from(["A1", "A2", ""])
passports = st.sampled_from(["P1", "P2", ""])
classes = st.sampled_from(["B2", "WT", "GMT", "F1", "J1", "M1", "H1B", "CP", "A1", "F2", "K1", "ZZ"])
records = st.sampled_from(["S1", "S2"])


@st.composite
def admissions(draw: st.DrawFn) -> Admission:
    arrived = draw(days)
    code = draw(classes)
    open_ended = code in {"F1", "J1", "F2", "A1"} and draw(st.booleans())
    until = None if open_ended else draw(st.one_of(st.none(), st.integers(0, 400).map(lambda n: arrived + timedelta(days=n))))
    return Admission(
        admission_number=draw(numbers),
        arrived_on=arrived,
        class_of_admission=code,
        admit_until=until,
        duration_of_status=open_ended,
        mode=draw(st.sampled_from(list(Mode))),
        port=draw(st.sampled_from(["NYC", "AGA"])),
        passport_number=draw(passports),
        source_says=draw(st.sampled_from(["", "", "", "departed", "adjusted", "overstayed"])),
    )


departures = st.builds(
    Departure, departed_on=days, evidence=st.sampled_from(list(DepartureEvidence)), admission_number=numbers, passport_number=passports
)
_forms = st.sampled_from(
    [
        ("I-539", "extension", ""),
        ("I-539", "change", "F1"),
        ("I-129", "extension", ""),
        ("I-129", "change", "H1B"),
        ("I-485", "family", ""),
        ("I-485", "immediate_relative", ""),
        ("I-821", "tps", ""),
        ("I-589", "asylum", ""),
        ("I-918", "", "U1"),
        ("I-131", "parole", ""),
        ("SD", "satisfactory_departure", ""),
        ("I-765", "", ""),
        ("I-130", "family", ""),
    ]
)


@st.composite
def filings(draw: st.DrawFn, statuses: Sequence[FilingStatus] = tuple(FilingStatus)) -> BenefitFiling:
    form, basis, requested = draw(_forms)
    received = draw(days)
    status = draw(st.sampled_from(list(statuses)))
    decided = None if status is FilingStatus.PENDING else received + timedelta(days=draw(st.integers(1, 200)))
    granted = status is FilingStatus.APPROVED
    until = received + timedelta(days=draw(st.integers(30, 500))) if granted and draw(st.booleans()) else None
    return BenefitFiling(
        receipt_number=draw(st.sampled_from(["R1", "R2", "R3"])),
        form=form,
        received_on=received,
        status=status,
        method=draw(st.sampled_from(list(FilingMethod))),
        basis=basis,
        requested_class=requested,
        decided_on=decided,
        valid_from=decided if granted else None,
        valid_until=until,
        denial_frivolous_or_unauthorized_work=status is FilingStatus.DENIED and draw(st.booleans()),
    )


@st.composite
def status_events(draw: st.DrawFn, statuses: Sequence[SevisStatus] = tuple(SevisStatus)) -> StatusEvent:
    start = draw(days)
    code = draw(st.sampled_from(["F1", "F1", "J1", "M1", "F2"]))
    reasons = ["CONVIC", "OTHER", "FALADD"] if code == "J1" else ["", "01", "03", "10", "12", "13", "20", "22", "23", "24", "25"]
    return StatusEvent(
        sevis_id=draw(records),
        status=draw(st.sampled_from(list(statuses))),
        class_of_admission=code,
        effective_on=draw(st.one_of(st.none(), days)),
        reason_code=draw(st.sampled_from(reasons)),
        failure_on=draw(st.one_of(st.none(), st.none(), days)),
        program_start=start,
        program_end=start + timedelta(days=draw(st.integers(30, 900))),
        practical_training_end=draw(st.one_of(st.none(), st.none(), later_days)),
        registered_on=draw(st.one_of(st.none(), days)),
        correction_pending=draw(st.sampled_from([False, False, False, True])),
        reinstatement=draw(st.sampled_from(["", "", "", "pending", "approved", "denied"])),
        cap_gap=draw(st.sampled_from(["", "", "", "F", "T", "C"])),
        principal_sevis_id="S9" if code == "F2" else "",
    )


visa_events = st.builds(
    VisaEvent,
    visa_foil=st.sampled_from(["V1", "V2"]),
    action=st.sampled_from(list(VisaAction)),
    occurred_on=days,
    effective_on=st.one_of(st.none(), later_days),
    evus=st.sampled_from([False, False, True]),
    effective_on_departure=st.sampled_from([False, False, True]),
)
encounters = st.builds(
    Encounter,
    event_number=st.just("E1"),
    kind=st.sampled_from(list(EncounterKind)),
    occurred_on=days,
    disposition=st.sampled_from(["", "", "not_located", "located", "departed", "wrong_person", "in_status"]),
    departed_on=st.one_of(st.none(), st.none(), days),
    criminal=st.booleans(),
    place=st.sampled_from(["MIA", "DUB", "NOWHERE", ""]),
)
employments = st.builds(
    Employment,
    employer_name=st.just("EXAMPLE WORKS"),
    kind=st.sampled_from(["petition", "opt", "stem_opt", ""]),
    started_on=st.one_of(st.none(), days),
    ended_on=st.one_of(st.none(), days),
)
addresses = st.builds(Address, line=st.just("1 EXAMPLE WAY"), kind=st.sampled_from(list(AddressKind)), last_seen=st.one_of(st.none(), days))
life_events = st.builds(
    LifeEvent, kind=st.sampled_from(["died", "naturalized", "permanent_resident"]), occurred_on=st.one_of(st.none(), days)
)
_words = st.sampled_from(["EXAMPLE", "SAMPLE", "ИВАН", "李"])
names = st.builds(NameForm, family_name=_words, given_name=_words, sex=st.sampled_from(["F", "M", "X", ""]), country_of_birth=_words)
identifiers = st.builds(Identifier, kind=st.just(IdentifierKind.PASSPORT), value=passports, country=_words)

any_fact = st.one_of(
    admissions(), departures, filings(), status_events(), visa_events, encounters, employments, addresses, life_events, names, identifiers
)
PENDING_OR_APPROVED = (FilingStatus.PENDING, FilingStatus.APPROVED)
exculpatory = st.one_of(departures, filings(PENDING_OR_APPROVED), life_events)

_SOURCE_OF: dict[type, str] = {
    Admission: "adis",
    Departure: "adis",
    BenefitFiling: "claims3",
    StatusEvent: "sevis",
    VisaEvent: "ccd",
    Encounter: "eid",
    Employment: "sevis",
    Address: "commercial",
    LifeEvent: "claims3",
    NameForm: "adis",
    Identifier: "adis",
}


def know(fact: Fact, number: int) -> Known[Fact]:
    """Return the fact as loaded on the last day, in its own record."""
    source = _SOURCE_OF[type(fact)]
    record = f"sevis-{fact.sevis_id}" if isinstance(fact, StatusEvent) else f"record-{number}"
    at = datetime(2026, 11, 22, 6, tzinfo=UTC) + timedelta(minutes=number)
    return Known(fact, f"f{number}", source, LAST, at, record)


def at(known: Sequence[Known[Fact]], as_of: date) -> Snapshot:
    """Return the snapshot of `known` with every source loaded as of `as_of`."""
    return build("subject-1", dict.fromkeys(SOURCES, as_of), known)


@st.composite
def stories(draw: st.DrawFn) -> list[Fact]:
    """An early arrival and what may break its status: most of the rules have something to say about it."""
    arrived = draw(st.dates(FIRST, date(2024, 6, 1)))
    code = draw(st.sampled_from(["B2", "WT", "GMT", "F1", "J1", "M1", "H1B", "CP", "D1"]))
    open_ended = code in {"F1", "J1"}
    until = None if open_ended else arrived + timedelta(days=draw(st.integers(1, 700)))
    entry = Admission(
        "A1", arrived, code, admit_until=until, duration_of_status=open_ended, mode=draw(st.sampled_from(list(Mode))), passport_number="P1"
    )
    told: list[Fact] = [entry]
    if code in {"F1", "J1", "M1"}:
        event = draw(status_events((SevisStatus.TERMINATED, SevisStatus.COMPLETED, SevisStatus.INITIAL)))
        reasons = ["CONVIC", "OTHER", "WFP", ""] if code == "J1" else ["01", "03", "12", "13", "22", "23", ""]
        starts = arrived + timedelta(days=draw(st.integers(0, 40)))
        changed = replace(
            event,
            sevis_id="S1",
            class_of_admission=code,
            reason_code=draw(st.sampled_from(reasons)),
            program_start=starts,
            registered_on=None,
        )
        told.append(changed)
    if code == "H1B":
        told.append(Employment("EXAMPLE WORKS", "petition", arrived, arrived + timedelta(days=draw(st.integers(30, 600)))))
    if draw(st.booleans()):
        told.append(draw(visa_events))
    return told


_loose = st.lists(any_fact, min_size=1, max_size=8)
_told = st.builds(lambda story, more: [*story, *more], stories(), st.lists(any_fact, max_size=4))
known_facts = st.one_of(_told, _told, _loose).map(lambda facts: [know(fact, n) for n, fact in enumerate(facts)])
