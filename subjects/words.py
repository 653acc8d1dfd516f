"""Facts in the words of the desk: codes become what a person would say, the code stands beside them. Pure."""

from __future__ import annotations

from datetime import date
from typing import Final

from ingest.codes import countries, ports
from ingest.codes.sevis_reasons import words as sevis_reason
from ingest.facts import IdentifierKind
from ingest.names import short_name

IDENTIFIERS: Final = {
    IdentifierKind.I94: "I-94",
    IdentifierKind.PASSPORT: "passport",
    IdentifierKind.A_NUMBER: "A-number",
    IdentifierKind.SEVIS_ID: "SEVIS ID",
    IdentifierKind.FIN: "fingerprint number (FIN)",
    IdentifierKind.VISA_FOIL: "visa",
    IdentifierKind.RECEIPT: "receipt",
    IdentifierKind.SSN: "Social Security number",
    IdentifierKind.EID_SUBJECT: "EID subject number",
    IdentifierKind.TECS_ID: "TECS record",
    IdentifierKind.PHONE: "phone",
    IdentifierKind.EMAIL: "email",
}
SHOWN_FIRST: Final = (
    IdentifierKind.PASSPORT,
    IdentifierKind.I94,
    IdentifierKind.A_NUMBER,
    IdentifierKind.SEVIS_ID,
    IdentifierKind.FIN,
    IdentifierKind.SSN,
    IdentifierKind.VISA_FOIL,
)
_COUNTRY_SYSTEM: Final[dict[str, countries.System]] = {"adis": "i94", "sevis": "sevis", "sevis_schools": "sevis"}
SEX: Final = {"F": "female", "M": "male", "X": "another or unspecified"}
STATUSES: Final = {
    "initial": "initial, not yet registered",
    "active": "active",
    "completed": "completed",
    "terminated": "terminated",
    "canceled": "canceled",
    "deactivated": "deactivated",
    "unknown": "unknown, a word that no table has",
}
EVIDENCE: Final = {
    "biometric": "exit matched by fingerprint or face",
    "manifest_document": "carrier manifest, document number agrees",
    "manifest_name": "carrier manifest, name and date of birth only",
    "land": "land border record",
    "inferred": "inferred from a later entry",
    "reported": "reported, not observed",
}
SOURCE_SAYS: Final = {
    "departed": "departed",
    "overstayed": "overstayed",
    "adjusted": "adjusted",
    "apprehended": "apprehended",
    "deceased": "deceased",
    "lost_i94": "I-94 reported lost",
}
ADDRESSES: Final = {
    "arrival": "arrival address",
    "residence": "residence",
    "school_reported": "reported by the school",
    "employer": "at an employer",
    "benefit": "on a benefit filing",
    "commercial": "commercial data",
}
FILING_BASES: Final = {
    "extension": "extension of stay",
    "change": "change of status",
    "immediate_relative": "immediate relative",
    "family": "family",
    "employment": "employment",
    "tps": "temporary protected status",
    "parole": "parole",
}  # a basis that is not here is not printed: some tell what 8 USC 1367 and 8 CFR 208.6 keep closed
VISA_ACTIONS: Final = {
    "issued": "visa issued",
    "refused": "visa refused",
    "revoked": "visa revoked",
    "provisionally_revoked": "visa provisionally revoked",
    "revocation_reversed": "visa revocation reversed",
    "unknown": "visa event in a word that no table has",
}
ENCOUNTERS: Final = {
    "arrest": "arrest",
    "custody": "custody",
    "case": "case",
    "lookout": "lookout",
    "inspection": "inspection",
    "biometric": "biometric encounter",
    "exit": "fingerprints at the exit",
    "outcome": "outcome of a referral",
}
EMPLOYMENTS: Final = {
    "opt": "practical training (OPT)",
    "stem_opt": "STEM extension of practical training",
    "cpt": "curricular practical training (CPT)",
    "cpt_full": "full-time curricular practical training (CPT)",
    "petition": "petition",
    "reported": "reported",
}
LIFE_EVENTS: Final = {"died": "died", "naturalized": "became a U.S. citizen", "permanent_resident": "became a lawful permanent resident"}
FINANCES: Final = {"funding": "funding", "account": "account", "remittance": "remittance"}
RELATIONS: Final = {
    "spouse": "spouse",
    "child": "child",
    "parent": "parent",
    "sibling": "sibling",
    "principal": "principal of a dependent",
    "dependent": "dependent",
    "employer": "employer",
    "sponsor": "sponsor",
    "other": "other",
}
MODES: Final = {"air": "by air", "sea": "by sea", "land": "by land"}
OFFICIALS: Final = ("pdso", "dso", "ro", "aro", "executive", "counsel")


def source_name(code: str) -> str:
    """The name by which the desk calls a source."""
    return short_name(code)


def identifier_words(kind: str) -> str:
    """`passport`, `A-number`, ..."""
    return IDENTIFIERS.get(kind, kind.replace("_", " "))  # type: ignore[call-overload,no-any-return]  # a StrEnum key equals its text


def country(iso3: str) -> str:
    """The country of an ISO code, or the code itself."""
    return countries.names().get(iso3, iso3)


def raw_country(source: str, code: str) -> str:
    """The country of a source's own code, or the code itself where the table does not know it."""
    return countries.label(_COUNTRY_SYSTEM.get(source, "icao"), code) if code else ""


def country_code(source: str, code: str) -> str:
    """The ISO alpha-3 code of a source's own country code; empty where the table does not know it."""
    return countries.iso3(_COUNTRY_SYSTEM.get(source, "icao"), code) if code else ""


def port(code: str, on: date | None = None) -> str:
    """The port's name on that day, or its code."""
    return ports.label(code, on) if code else ""


def sevis_reason_words(class_of_admission: str, status: str, reason_code: str, on: date | None = None) -> str:
    """`unauthorized employment (03)` as the code was read on that day, or the bare code where no table knows it."""
    if not reason_code:
        return "no reason given"
    reason = sevis_reason(class_of_admission, status, reason_code, on)
    return f"{reason[:1].lower()}{reason[1:]} ({reason_code})" if reason else f"reason {reason_code}"


def sevis_status(class_of_admission: str, status: str, reason_code: str, on: date | None = None) -> str:
    """`terminated: unauthorized employment (03)`."""
    words = STATUSES.get(status, status)
    return f"{words}: {sevis_reason_words(class_of_admission, status, reason_code, on)}" if reason_code else words


def yes_no(value: bool | None) -> str:  # noqa: FBT001  # the value itself is the subject
    """Yes, no, or nothing where the source did not say."""
    return "" if value is None else ("yes" if value else "no")
