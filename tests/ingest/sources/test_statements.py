"""What rows say: facts, flags, notes, protection."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, TypeVar

import pytest

from ingest.drops import RawRow
from ingest.facts import (
    Address,
    Admission,
    BenefitFiling,
    Departure,
    DepartureEvidence,
    Employment,
    Encounter,
    EncounterKind,
    FilingMethod,
    FilingStatus,
    IdentifierKind,
    LifeEvent,
    Mode,
    NameForm,
    SevisStatus,
    StatusEvent,
    Vehicle,
    VisaAction,
    VisaEvent,
)
from ingest.sources.registry import SOURCES
from ingest.statements import AssociateStatement, Statement

AS_OF = datetime(2026, 11, 22, 5, tzinfo=UTC)
T = TypeVar("T")
ADIS = {
    "record_id": "R1",
    "record_type": "A",
    "admission_number": "999000123X4",
    "arrival_date": "2026-04-02",
    "class_of_admission": "B2",
    "citizenship": "689",
}
SEVIS = {"sevis_id": "N9900000123", "record_type": "S", "class_of_admission": "F1", "status": "active"}
CLAIMS = {"receipt_number": "SIM2611200123", "form": "I-539", "received_on": "2026-09-28", "status": "pending"}
CCD = {"control_number": "20269990000123", "visa_foil": "X0000123", "action": "revoked", "action_on": "2026-08-03"}


def says(source: str, cells: dict[str, str], **more: str) -> Statement:
    contract = SOURCES[source]
    values = cells | more
    row = contract.check(RawRow(1, 2, [values.get(column, "") for column in contract.columns], "raw"))
    assert not isinstance(row, tuple), row
    return contract.statements(row, AS_OF)


def only(statement: Statement, kind: type[T]) -> T:
    (found,) = [fact for fact in statement.facts if isinstance(fact, kind)]
    return found


@pytest.mark.parametrize(
    ("text", "until", "duration", "kept"),
    [
        ("2026-10-01", date(2026, 10, 1), False, ""),
        ("10012026", date(2026, 10, 1), False, ""),
        ("D/S", None, True, ""),
        ("/   183D", None, False, "/   183D"),
        ("99999999", None, False, "99999999"),
        ("", None, False, ""),
    ],
)
def test_admit_until_is_a_date_or_duration_of_status_or_kept_as_written(text: str, until: date | None, duration: bool, kept: str) -> None:
    admission = only(says("adis", ADIS, admit_until=text), Admission)
    assert (admission.admit_until, admission.duration_of_status, admission.admit_until_text) == (until, duration, kept)


@pytest.mark.parametrize(
    ("more", "flagged"),
    [
        ({"admit_until": "2026-11-21"}, True),  # the last day was the day before the extract
        ({"admit_until": "2026-11-22"}, False),  # the last day itself is lawful
        ({"admit_until": "2026-11-21", "departure_date": "2026-11-30"}, False),
        ({"admit_until": "D/S"}, False),
        ({"overstay_flag": "Y"}, True),
        ({"admit_until": "2027-01-01"}, False),
    ],
)
def test_a_dated_stay_is_flagged_from_the_day_after_its_last_day(more: dict[str, str], flagged: bool) -> None:
    assert says("adis", ADIS, **more).flagged is flagged


def test_unknown_codes_are_kept_raw_and_noted() -> None:
    statement = says(
        "adis", ADIS, citizenship="746", class_of_admission="zz9", arrival_mode="7", us_address_state="QQ", us_address_city="Miami"
    )
    assert only(statement, NameForm).citizenship == "746"
    assert only(statement, NameForm).citizenship_iso3 == ""
    assert only(statement, Admission).class_of_admission == "ZZ9"
    assert only(statement, Admission).mode is Mode.UNKNOWN
    assert only(statement, Address).state == ""
    assert len(statement.notes) == 4


@pytest.mark.parametrize(
    ("code", "iso3"), [("112", "DEU"), ("148", "DEU"), ("276", "KOR"), ("254", "KOR"), ("245", "CHN"), ("689", "BRA"), ("106", "")]
)
def test_citizenship_goes_through_the_crosswalk_of_its_day(code: str, iso3: str) -> None:
    assert only(says("adis", ADIS, citizenship=code), NameForm).citizenship_iso3 == iso3


@pytest.mark.parametrize(
    ("code", "mode", "evidence"),
    [
        ("B", "1", DepartureEvidence.BIOMETRIC),
        ("M", "1", DepartureEvidence.MANIFEST_DOCUMENT),
        ("", "3", DepartureEvidence.LAND),
        ("", "1", DepartureEvidence.MANIFEST_NAME),
        ("Q", "1", DepartureEvidence.MANIFEST_NAME),
    ],
)
def test_a_departure_without_known_evidence_is_read_as_the_weakest(code: str, mode: str, evidence: DepartureEvidence) -> None:
    row = {"record_id": "R2", "record_type": "D", "departure_date": "2026-05-01", "departure_mode": mode, "departure_evidence": code}
    assert only(says("adis", row), Departure).evidence is evidence


def test_a_loose_departure_belongs_to_no_admission() -> None:
    statement = says("adis", ADIS, record_type="D", departure_date="2026-05-01")
    assert only(statement, Departure).admission_number == ""
    assert not [fact for fact in statement.facts if isinstance(fact, Admission)]


def test_an_identifier_that_cannot_be_one_is_left_out_and_the_row_goes_on() -> None:
    statement = says("adis", ADIS, a_number="A12", passport_number="zz 000-1234", passport_country="UTO")
    assert {(found.kind, found.value) for found in statement.identifiers} == {
        (IdentifierKind.I94, "999000123X4"),
        (IdentifierKind.PASSPORT, "ZZ0001234"),
    }
    assert any("not an A-number" in note for note in statement.notes)


@pytest.mark.parametrize(
    ("text", "born", "kept"),
    [("1991-02-17", date(1991, 2, 17), ""), ("1991", None, "1991"), ("1991-02-30", None, "1991-02-30"), ("", None, "")],
)
def test_a_partial_or_impossible_birth_date_is_kept_as_written(text: str, born: date | None, kept: str) -> None:
    name = only(says("adis", ADIS, date_of_birth=text), NameForm)
    assert (name.date_of_birth, name.date_of_birth_text) == (born, kept)


@pytest.mark.parametrize(
    ("more", "flagged"),
    [
        ({"status": "terminated", "reason_code": "03"}, True),
        ({"status": "terminated", "reason_code": "25"}, False),  # the school was withdrawn
        ({"status": "terminated", "reason_code": "20"}, False),  # change of status approved
        ({"status": "terminated", "reason_code": "03", "last_departure": "2026-07-01"}, False),
        ({"status": "terminated", "reason_code": "03", "transfer_to_sevis_id": "N9900000124"}, False),
        ({"status": "terminated", "reason_code": "03", "reinstatement": "approved"}, False),
        ({"status": "terminated", "reason_code": "03", "reinstatement": "pending"}, True),
        ({"status": "completed", "program_end": "2026-09-22"}, True),  # 61 days before the extract
        ({"status": "completed", "program_end": "2026-09-23"}, False),  # the sixtieth day of grace
        ({"status": "completed", "program_end": "2026-05-01", "cap_gap_until": "2027-04-01"}, False),
        ({"status": "completed", "program_end": "2026-10-22", "class_of_admission": "J1"}, True),
        ({"status": "completed", "program_end": "2026-10-23", "class_of_admission": "J1"}, False),
        ({"status": "initial", "program_start": "2026-09-01", "last_entry": "2026-08-20"}, True),
        ({"status": "initial", "program_start": "2026-09-01"}, False),  # never came
        ({"status": "completed", "program_end": "2026-09-23", "alert": "G"}, True),
        ({"status": "completed", "alert": "G", "last_departure": "2026-09-01"}, False),
        (
            {"status": "terminated", "reason_code": "06", "record_type": "D", "class_of_admission": "F2"},
            True,
        ),  # the principal was terminated
        ({"status": "terminated", "reason_code": "02", "record_type": "D", "class_of_admission": "F2"}, False),
        ({"status": "terminated", "reason_code": "CONVIC", "record_type": "E", "class_of_admission": "J1"}, True),
        ({"status": "active"}, False),
        ({"status": "no show"}, False),  # a word that no table knows
    ],
)
def test_a_sevis_record_is_flagged_when_it_can_be_a_violation(more: dict[str, str], flagged: bool) -> None:
    assert says("sevis", SEVIS, **more).flagged is flagged


def test_a_sevis_row_states_its_event_and_its_family() -> None:
    cell = (
        '[{"sevis_id": "N9900000125", "family_name": "MFANO", "given_name": "ASHA", "date_of_birth": "2003-09-01", "relation": "spouse"}]'
    )
    statement = says("sevis", SEVIS, status="terminated", reason_code="03", failure_on="2026-06-12", dependents=cell, citizenship="CH")
    event = only(statement, StatusEvent)
    assert (event.status, event.failure_on) == (SevisStatus.TERMINATED, date(2026, 6, 12))
    assert only(statement, NameForm).citizenship_iso3 == "CHN"
    (wife,) = statement.associates
    assert isinstance(wife, AssociateStatement)
    assert (wife.relation, wife.family_name, wife.identifiers[0].value) == ("spouse", "MFANO", "N9900000125")


def test_a_dependent_names_its_principal() -> None:
    statement = says("sevis", SEVIS, record_type="D", class_of_admission="F2", principal_sevis_id="N9900000122")
    assert only(statement, StatusEvent).principal_sevis_id == "N9900000122"
    assert [associate.relation for associate in statement.associates] == ["principal"]


def test_a_school_row_states_the_organization_with_its_officials() -> None:
    officials = '[{"role": "pdso", "family_name": "PLACEHOLDER", "given_name": "RUTH", "aliases": ["R. PLACE"], "a_number": "a900000123"}]'
    row = {
        "code": "SIM214F00000012",
        "kind": "school",
        "name": "Specimen State College",
        "officials": officials,
        "withdrawn_on": "2026-09-15",
    }
    organization = says("sevis_schools", row).organization
    assert organization is not None
    assert (organization.code, organization.withdrawn_on) == ("SIM214F00000012", date(2026, 9, 15))
    (ruth,) = organization.officials
    assert (ruth.role, ruth.aliases, ruth.identifiers[0].value) == ("pdso", ("R. PLACE",), "A900000123")


@pytest.mark.parametrize(
    ("more", "protected"),
    [
        ({"form": "I-914"}, True),
        ({"form": "I-918"}, True),
        ({"form": "I-360", "basis": "vawa"}, True),
        ({"form": "I-485", "basis": "vawa"}, True),
        ({"form": "I-589", "basis": "asylum", "status": "denied"}, True),
        ({"form": "I-360", "basis": "family"}, True),
        ({"form": "I-360"}, True),
        ({"form": "i360"}, True),
        ({"form": "I-485", "basis": "VAWA"}, True),
        ({"form": "I-751", "basis": "battered spouse"}, True),
        ({"form": "I-539", "requested_class": "U1"}, True),
        ({"form": "I-539", "requested_class": "T-1"}, True),
        ({"form": "I-751", "basis": "family"}, False),
        ({"form": "I-539", "basis": "extension"}, False),
    ],
)
def test_filings_of_victims_and_asylum_are_protected(more: dict[str, str], protected: bool) -> None:
    assert says("claims3", CLAIMS, **more).protected is protected


@pytest.mark.parametrize(("code", "protected"), [("T1", True), ("U-1", True), ("u3", True), ("B2", False), ("TN", False)])
def test_an_admission_or_visa_of_a_victim_class_is_protected(code: str, protected: bool) -> None:
    assert says("adis", ADIS, class_of_admission=code).protected is protected
    assert says("ccd", CCD, visa_class=code).protected is protected


def test_an_approved_adjustment_or_naturalization_makes_a_us_person() -> None:
    for form, kind in (("I-485", "permanent_resident"), ("N-400", "naturalized")):
        statement = says("claims3", CLAIMS, form=form, status="approved", decided_on="2026-05-01")
        assert only(statement, LifeEvent) == LifeEvent(kind, date(2026, 5, 1))
        assert only(statement, NameForm).us_person is True
    pending = says("claims3", CLAIMS, form="I-485")
    assert only(pending, NameForm).us_person is None


@pytest.mark.parametrize(
    ("written", "status", "noted"),
    [("Pending", FilingStatus.PENDING, False), ("APPROVED", FilingStatus.APPROVED, False), ("rfe", FilingStatus.UNKNOWN, True)],
)
def test_a_filing_is_kept_whatever_its_status_and_a_word_that_no_table_knows_is_noted(
    written: str, status: FilingStatus, noted: bool
) -> None:
    statement = says("claims3", CLAIMS, status=written)
    assert only(statement, BenefitFiling).status is status
    assert any(written in note for note in statement.notes) is noted


def test_a_form_and_its_basis_are_read_however_they_are_spelled() -> None:
    filing = only(says("claims3", CLAIMS, form="i-485", basis="Immediate Relative", method="o", status="approved"), BenefitFiling)
    assert (filing.form, filing.basis, filing.method) == ("I-485", "immediate_relative", FilingMethod.ONLINE)


def test_a_sevis_record_in_an_unknown_state_is_kept_and_noted() -> None:
    statement = says("sevis", SEVIS, status="on hold")
    assert only(statement, StatusEvent).status is SevisStatus.UNKNOWN
    assert any("on hold" in note for note in statement.notes)


def test_a_visa_action_is_read_however_it_is_spelled_and_an_unknown_one_is_kept() -> None:
    spelled = says("ccd", CCD, action="Provisionally Revoked")
    unknown = says("ccd", CCD, action="under review")
    assert (spelled.flagged, only(spelled, VisaEvent).action) == (True, VisaAction.PROVISIONALLY_REVOKED)
    assert (unknown.flagged, only(unknown, VisaEvent).action) == (False, VisaAction.UNKNOWN)
    assert any("under review" in note for note in unknown.notes)


@pytest.mark.parametrize(
    ("more", "flagged"),
    [
        ({}, True),
        ({"action": "provisionally_revoked"}, True),
        ({"action": "revocation_reversed"}, False),
        ({"action": "issued"}, False),
        ({"evus": "Y"}, False),
        ({"effective_on_departure": "Y"}, False),
    ],
)
def test_a_revocation_is_flagged_unless_automatic_or_effective_on_departure(more: dict[str, str], flagged: bool) -> None:
    statement = says("ccd", CCD, **more)
    assert statement.flagged is flagged
    assert only(statement, VisaEvent).visa_foil == "X0000123"


def test_eid_reports_a_departure_and_never_flags() -> None:
    row = {
        "event_number": "SIM2606000234",
        "subject_id": "9900000123",
        "event_type": "arrest",
        "event_date": "2026-06-14",
        "departed_on": "2026-09-10",
    }
    statement = says("eid", row)
    assert only(statement, Departure).evidence is DepartureEvidence.REPORTED
    assert only(statement, Encounter).departed_on == date(2026, 9, 10)
    assert statement.flagged is False
    assert statement.record_key == "SIM2606000234/9900000123"


def test_a_canceled_lookout_is_no_longer_on_the_watchlist() -> None:
    row: dict[str, Any] = {"record_id": "SIM000000123", "record_type": "lookout", "occurred_on": "2026-03-14", "watchlist": "Y"}
    assert only(says("tecs", row), Encounter).watchlist is True
    assert only(says("tecs", row, canceled_on="2026-10-01"), Encounter).watchlist is False


def test_full_time_curricular_training_is_told_from_other_training_and_prolongs_no_program() -> None:
    training = {"practical_training": "cpt_full", "practical_training_end": "2027-05-31", "employer_name": "Sample Works LLC"}
    statement = says("sevis", SEVIS, **training)
    assert (only(statement, Employment).kind, only(statement, StatusEvent).practical_training_end) == ("cpt_full", None)


def test_prints_at_the_exit_are_a_departure_and_every_meeting_keeps_its_place() -> None:
    row = {"encounter_id": "IDENT-1", "fin": "9900000123", "encountered_on": "2026-08-20", "agency": "CBP", "place": "MIA"}
    entry, leaving = (only(says("ident", row, reason=reason), Encounter) for reason in ("Entry", "Biometric Exit"))
    assert (entry.kind, entry.departed_on, entry.place) == (EncounterKind.BIOMETRIC, None, "MIA")
    assert (leaving.kind, leaving.departed_on, leaving.place) == (EncounterKind.EXIT, date(2026, 8, 20), "MIA")
    inspected = {"record_id": "SIM000000123", "record_type": "inspection", "occurred_on": "2026-03-14", "port": "DUB"}
    assert only(says("tecs", inspected), Encounter).place == "DUB"


def test_commercial_rows_confirm_an_address_from_eighty_on() -> None:
    row = {"record_id": "COM-1", "vendor": "Sample Data Co.", "address_city": "Houston", "address_state": "TX", "vehicle_plate": "SIM0143"}
    assert only(says("commercial", row, confidence="80"), Address).confirmed is True
    assert only(says("commercial", row, confidence="79"), Address).confirmed is False
    assert only(says("commercial", row), Vehicle).plate == "SIM0143"


def test_an_obituary_is_a_death() -> None:
    row = {
        "record_id": "PUB-1",
        "record_type": "obituary",
        "published_on": "2026-07-20",
        "publisher": "Sample Gazette",
        "died_on": "2026-07-02",
    }
    assert only(says("public", row), LifeEvent) == LifeEvent("died", date(2026, 7, 2))
