"""Reads facts written as a caseworker would write them, so that truth tables are plain text.

One fact per clause, clauses separated by `;`. A clause is a verb, then words in any order:

    admitted 2026-01-10 B2 until 2026-07-09 [D/S] [by land] [at AGA] [no A2] [passport P2] [flag deceased]
    departed 2026-07-09 biometric [no A1] [passport P1] [from eid]
    filed 2026-07-08 I-539 extension pending|approved|denied|rejected|withdrawn [paper|online] [decided D] [from-day D]
          [until D] [to F1] [frivolous] [receipt R1]
    sevis S1 F1 active|initial|terminated|completed|canceled [03] [on D] [failed D] [program D..D] [opt D]
          [registered D] [correction] [reinstatement pending D] [capgap F D] [principal S0] [transfer S2] [school X] [level 02]
    visa V1 revoked|provisionally_revoked|revocation_reversed|issued D [effective D] [on-departure] [evus]
    number i94 A1 in R1; number visa_foil V1 in R1: numbers in one record of the source
    met 2026-08-01 arrest|custody|case|inspection|biometric|exit|outcome [wrong_person] [gone D] [at MIA|NOWHERE] [by DOS]
          [in-custody] [in-proceedings]
    worked petition|opt|stem_opt [for ACME|NOBODY] [from D] [to D] [unauthorized] [on R1: the receipt of its petition]
    life died|naturalized|permanent_resident [D]
    principal S9 F1 terminated 03 ...: a record of the person whom a dependent's record names, as after `sevis`
    us-person / weak-identity / protected
Any clause may end with `seen D`: the as-of date of the extract that stated it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

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
    SevisStatus,
    StatusEvent,
    VisaAction,
    VisaEvent,
)
from leads.rules.snapshot import Known, Snapshot, build

_SOURCES = {
    "admitted": "adis", "departed": "adis", "filed": "claims3", "sevis": "sevis", "visa": "ccd", "met": "eid",
    "worked": "sevis", "life": "claims3", "lives": "commercial",
    "number": "adis",
}  # fmt: skip
ALL_SOURCES = ("adis", "sevis", "eid", "claims3", "ccd", "tecs", "ident")


class Words:
    """The words of one clause, taken one by one; a word that nobody takes is a mistake in the table."""

    def __init__(self, text: str) -> None:
        self.left = text.split()
        self.text = text

    def first(self) -> str:
        return self.left.pop(0)

    def after(self, word: str) -> str:
        """Return the word that follows `word`, or an empty text when `word` is not there."""
        if word not in self.left:
            return ""
        at = self.left.index(word)
        found = self.left[at + 1]
        del self.left[at : at + 2]
        return found

    def day_after(self, word: str) -> date | None:
        found = self.after(word)
        return date.fromisoformat(found) if found else None

    def has(self, word: str) -> bool:
        if word not in self.left:
            return False
        self.left.remove(word)
        return True

    def one_of(self, words: Iterable[str]) -> str:
        return next((word for word in words if self.has(word)), "")

    def day(self) -> date | None:
        for word in self.left:
            if len(word) == 10 and word[4] == "-" and word[7] == "-":
                self.left.remove(word)
                return date.fromisoformat(word)
        return None

    def must_day(self) -> date:
        found = self.day()
        assert found is not None, f"no date in {self.text!r}"
        return found


def snapshot(text: str, as_of: date, *, sources: Iterable[str] = ALL_SOURCES, **rest: object) -> Snapshot:
    """Return the snapshot that `text` describes, with every source loaded as of `as_of`."""
    known: list[Known[Fact]] = []
    principals: list[Known[Fact]] = []
    extra: dict[str, object] = {}
    for number, clause in enumerate((part.strip() for part in text.split(";")), start=1):
        if not clause:
            continue
        if clause == "us-person":
            extra["us_person"] = True
        elif clause == "weak-identity":
            extra["identity_strength"] = "weak"
        elif clause == "protected":
            extra["protected"] = True
        elif clause.startswith("principal "):
            principals.append(_known(clause.replace("principal", "sevis", 1), number, as_of))
        else:
            known.append(_known(clause, number, as_of))
    return build("subject-1", dict.fromkeys(sources, as_of), known, principals=tuple(principals), **{**extra, **rest})


def _known(clause: str, number: int, as_of: date) -> Known[Fact]:
    words = Words(clause)
    verb = words.first()
    seen = words.day_after("seen") or as_of
    source = words.after("from") if verb != "worked" else ""
    fact, record = _READERS[verb](words)
    assert not words.left, f"not understood: {words.left} in {clause!r}"
    return Known(
        fact=fact,
        fact_id=f"f{number}",
        source=source or _SOURCES[verb],
        extract_as_of=seen,
        known_at=datetime.combine(seen, time(6), tzinfo=UTC),
        record_key=record,
    )


def _admitted(words: Words) -> tuple[Fact, str]:
    number, passport = words.after("no") or "A1", words.after("passport") or "P1"
    until, port, flag = words.day_after("until"), words.after("at"), words.after("flag")
    mode = words.after("by") or "air"
    open_ended = words.has("D/S")
    arrived = words.must_day()
    fact = Admission(
        admission_number=number, arrived_on=arrived, class_of_admission=words.first(), admit_until=until,
        duration_of_status=open_ended, port=port, mode=Mode(mode), passport_number=passport, source_says=flag,
    )  # fmt: skip
    return fact, f"r-{number}"


def _departed(words: Words) -> tuple[Fact, str]:
    number, passport = words.after("no"), words.after("passport")
    left = words.must_day()
    evidence = DepartureEvidence(words.one_of(item.value for item in DepartureEvidence))
    return Departure(departed_on=left, evidence=evidence, admission_number=number, passport_number=passport), ""


def _filed(words: Words) -> tuple[Fact, str]:
    decided, until, starts = words.day_after("decided"), words.day_after("until"), words.day_after("from-day")
    requested, receipt = words.after("to"), words.after("receipt")
    status = FilingStatus(words.one_of(item.value for item in FilingStatus))
    method = FilingMethod(words.one_of(["paper", "online"]) or "unknown")
    frivolous = words.has("frivolous")
    received, form = words.must_day(), words.first()
    fact = BenefitFiling(
        receipt_number="", form=form, received_on=received, status=status, method=method, basis=words.left.pop(0) if words.left else "",
        requested_class=requested, decided_on=decided, valid_from=starts, valid_until=until,
        denial_frivolous_or_unauthorized_work=frivolous,
    )  # fmt: skip
    return fact, receipt


def _sevis(words: Words) -> tuple[Fact, str]:
    on, failed, opt, registered = (words.day_after(each) for each in ("on", "failed", "opt", "registered"))
    span = words.after("program").split("..")
    days = [date.fromisoformat(each) if each else None for each in span] if span != [""] else [None, None]
    reinstatement = words.after("reinstatement")
    gap = words.after("capgap")
    level = words.after("level")
    principal, transfer, school = words.after("principal"), words.after("transfer"), words.after("school")
    record, code = words.first(), words.first()
    status = SevisStatus(words.one_of(item.value for item in SevisStatus))
    correction, other_day = words.has("correction"), words.day()
    fact = StatusEvent(
        sevis_id=record, status=status, class_of_admission=code, effective_on=on, reason_code=words.left.pop(0) if words.left else "",
        failure_on=failed, program_start=days[0], program_end=days[1], practical_training_end=opt, registered_on=registered,
        school_code=school, correction_pending=correction, reinstatement=reinstatement,
        reinstatement_on=other_day if reinstatement else None, cap_gap=gap, cap_gap_until=other_day if gap else None,
        transfer_to_sevis_id=transfer, principal_sevis_id=principal, education_level=level,
    )  # fmt: skip
    return fact, f"r-{record}"


def _visa(words: Words) -> tuple[Fact, str]:
    effective = words.day_after("effective")
    on_departure, evus = words.has("on-departure"), words.has("evus")
    basis = words.after("basis")
    foil, action = words.first(), VisaAction(words.first())
    fact = VisaEvent(
        visa_foil=foil, action=action, occurred_on=words.must_day(), effective_on=effective, basis=basis,
        effective_on_departure=on_departure, evus=evus,
    )  # fmt: skip
    return fact, ""


def _met(words: Words) -> tuple[Fact, str]:
    departed = words.day_after("gone")
    custody, proceedings = words.has("in-custody"), words.has("in-proceedings")
    watch, criminal = words.has("watchlist"), words.has("criminal")
    place, agency = words.after("at"), words.after("by")
    occurred, kind = words.must_day(), EncounterKind(words.first())
    fact = Encounter(
        event_number="", kind=kind, occurred_on=occurred, agency=agency, place=place,
        departed_on=occurred if kind is EncounterKind.EXIT else departed, in_custody=custody or None,
        in_proceedings=proceedings or None, disposition=words.left.pop(0) if words.left else "", watchlist=watch, criminal=criminal,
    )  # fmt: skip
    return fact, ""


def _worked(words: Words) -> tuple[Fact, str]:
    starts, ends, employer = words.day_after("from"), words.day_after("to"), words.after("for")
    receipt = words.after("on")
    unauthorized = words.has("unauthorized")
    name = {"": "EXAMPLE WORKS", "NOBODY": ""}.get(employer, employer)
    fact = Employment(
        employer_name=name, kind=words.left.pop(0) if words.left else "", started_on=starts, ended_on=ends,
        authorized=False if unauthorized else None,
    )  # fmt: skip
    return fact, receipt


def _number(words: Words) -> tuple[Fact, str]:
    record, kind = words.after("in"), IdentifierKind(words.first())
    return Identifier(kind, words.first()), record


def _life(words: Words) -> tuple[Fact, str]:
    occurred = words.day()
    return LifeEvent(kind=words.first(), occurred_on=occurred), ""


def _lives(words: Words) -> tuple[Fact, str]:
    kind = AddressKind(words.one_of(item.value for item in AddressKind) or "residence")
    first, last = words.day_after("since"), words.day_after("last")
    confirmed, state, county = words.has("confirmed"), words.after("state"), words.after("county")
    fact = Address(
        line="1 EXAMPLE WAY",
        state=state,
        county=county.replace("_", " "),
        kind=kind,
        first_seen=first,
        last_seen=last,
        confirmed=confirmed,
    )
    return fact, ""


_READERS = {
    "admitted": _admitted, "departed": _departed, "filed": _filed, "sevis": _sevis, "visa": _visa, "met": _met,
    "worked": _worked, "life": _life, "lives": _lives, "number": _number,
}  # fmt: skip
