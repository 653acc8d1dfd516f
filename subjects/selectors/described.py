"""A fact as labels and values, in words, for the page that shows one fact and for the lists of the subject page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from foundation.templatetags.desk import BLANK, format_date
from subjects import words
from subjects.models import FactBase
from subjects.selectors.comparison import MASK, admitted_until, one_line
from subjects.selectors.facts import kind_of

Line = tuple[str, str]
TITLES: Mapping[str, str] = {
    "name": "Name",
    "identifier": "Number",
    "admission": "Admission",
    "departure": "Departure",
    "status": "SEVIS record",
    "filing": "Benefit filing",
    "visa": "Visa",
    "encounter": "Encounter",
    "address": "Address",
    "employment": "Employment",
    "lifeevent": "Life event",
    "vehicle": "Vehicle",
    "finance": "Finance",
}


def lines_of(fact: FactBase) -> list[Line]:
    """Every element that the fact states, as (label, value); what the source did not say is left out."""
    described = _DESCRIBED[kind_of(fact)](fact)
    return [(label, text) for label, text in ((label, _text(value)) for label, value in described) if text]


def sentence_of(fact: FactBase) -> str:
    """The fact in one line: what it says first speaks for itself, the rest has its label."""
    first, *rest = lines_of(fact) or [("", BLANK)]
    return "; ".join([first[1], *(f"{_within(label)}: {text}" for label, text in rest)])


def _within(label: str) -> str:
    """A label inside a line: `program ends`, but `SEVIS ID` and `I-94`."""
    return label[:1].lower() + label[1:] if label[1:2].islower() or label[1:2] == " " else label


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return words.yes_no(value)
    if hasattr(value, "month"):
        return format_date(value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _name(fact: Any) -> list[tuple[str, Any]]:
    country = words.country(fact.citizenship_iso3) if fact.citizenship_iso3 else words.raw_country(fact.source, fact.citizenship)
    return [
        ("Last name", fact.family_name),
        ("First and middle names", fact.given_name),
        ("In its own script", fact.full_name_source_script),
        ("Kind of name", "" if fact.kind == "primary" else fact.kind),
        ("Date of birth", fact.date_of_birth or fact.date_of_birth_text),
        ("Sex", words.SEX.get(fact.sex, "")),
        ("Country of birth", words.raw_country(fact.source, fact.country_of_birth)),
        ("Citizenship", country),
        ("Citizen or permanent resident", fact.us_person),
    ]


def _identifier(fact: Any) -> list[tuple[str, Any]]:
    return [
        ("Kind", words.identifier_words(fact.kind)),
        ("Number", f"{MASK}{fact.last_four}"),
        ("Issued by", words.country(fact.country) if fact.country else ""),
        ("Valid from", fact.valid_from),
        ("Valid until", fact.valid_until),
    ]


def _admission(fact: Any) -> list[tuple[str, Any]]:
    return [
        ("Arrived", fact.arrived_on),
        ("Class of admission", fact.class_of_admission),
        ("Admitted until", admitted_until(fact)),
        ("Port", words.port(fact.port, fact.arrived_on)),
        ("How", words.MODES.get(fact.mode, "")),
        ("Carrier", fact.carrier),
        ("I-94", f"{MASK}{fact.admission_last_four}" if fact.admission_last_four else ""),
        ("State of the address given", fact.us_address_state),
        ("The source says", words.SOURCE_SAYS.get(fact.source_says, fact.source_says)),
    ]


def _departure(fact: Any) -> list[tuple[str, Any]]:
    return [
        ("Departed", fact.departed_on),
        ("Evidence", words.EVIDENCE.get(fact.evidence, fact.evidence)),
        ("Port", words.port(fact.port, fact.departed_on)),
        ("How", words.MODES.get(fact.mode, "")),
        ("Carrier", fact.carrier),
    ]


def _status(fact: Any) -> list[tuple[str, Any]]:
    return [
        ("Status", words.sevis_status(fact.class_of_admission, fact.status, fact.reason_code, fact.effective_on)),
        ("Class", fact.class_of_admission),
        ("From", fact.effective_on),
        ("Day of the failure", fact.failure_on),
        ("School or program", fact.organization.name if fact.organization else fact.school_code),
        ("Program begins", fact.program_start),
        ("Program ends", fact.program_end),
        ("Practical training until", fact.practical_training_end),
        ("Registered", fact.registered_on),
        ("SEVIS ID", f"{MASK}{fact.sevis_last_four}" if fact.sevis_last_four else ""),
        ("Correction request open", "yes" if fact.correction_pending else ""),
        ("Reinstatement", fact.reinstatement),
        ("Since", fact.reinstatement_on),
        ("Cap-gap until", fact.cap_gap_until),
        ("Form issued", _issued(fact)),
    ]


def _issued(fact: Any) -> str:
    """`12 Jun 2025, between 10:00 and 11:00 at the school`; empty when the source did not say."""
    if fact.issued_on is None or fact.issued_hour is None:
        return ""
    return f"{format_date(fact.issued_on)}, between {fact.issued_hour:02}:00 and {fact.issued_hour + 1:02}:00 at the school"


def _filing(fact: Any) -> list[tuple[str, Any]]:
    return [
        ("Form", fact.form),
        ("For", words.FILING_BASES.get(fact.basis, "")),
        ("Received", fact.received_on),
        ("Status", fact.status),
        ("Decided", fact.decided_on),
        ("Class asked for", fact.requested_class),
        ("Valid from", fact.valid_from),
        ("Valid until", fact.valid_until),
        ("Receipt", f"{MASK}{fact.receipt_last_four}" if fact.receipt_last_four else ""),
    ]


def _visa(fact: Any) -> list[tuple[str, Any]]:
    return [
        ("What", words.VISA_ACTIONS.get(fact.action, fact.action)),
        ("On", fact.occurred_on),
        ("Class", fact.visa_class),
        ("Takes effect", fact.effective_on),
        ("Expires", fact.expires_on),
        ("Post", fact.post),
        ("Visa", f"{MASK}{fact.foil_last_four}" if fact.foil_last_four else ""),
    ]


def _encounter(fact: Any) -> list[tuple[str, Any]]:
    return [
        ("What", words.ENCOUNTERS.get(fact.kind, fact.kind)),
        ("On", fact.occurred_on),
        ("Agency", fact.agency),
        ("Place", words.port(fact.place) if fact.place else ""),
        ("Case", fact.case_status),
        ("In custody", fact.in_custody),
        ("In proceedings", fact.in_proceedings),
        ("Final order", fact.final_order_on),
        ("Departed", fact.departed_on),
        ("Disposition", fact.disposition),
        ("Basis", fact.basis),
    ]


def _address(fact: Any) -> list[tuple[str, Any]]:
    return [
        ("Address", one_line(fact)),
        ("Kind", words.ADDRESSES.get(fact.kind, fact.kind)),
        ("First seen", fact.first_seen),
        ("Last seen", fact.last_seen),
        ("Confirmed", "yes" if fact.confirmed else ""),
    ]


def _employment(fact: Any) -> list[tuple[str, Any]]:
    return [
        ("Employer", fact.employer_name),
        ("Kind", words.EMPLOYMENTS.get(fact.kind, fact.kind)),
        ("From", fact.started_on),
        ("Until", fact.ended_on),
        ("Authorized", fact.authorized),
        ("Address", fact.employer_address),
    ]


def _life(fact: Any) -> list[tuple[str, Any]]:
    return [("What", words.LIFE_EVENTS.get(fact.kind, fact.kind)), ("On", fact.occurred_on)]


def _vehicle(fact: Any) -> list[tuple[str, Any]]:
    return [("Plate", fact.plate), ("State", fact.state), ("Vehicle", fact.description), ("Last seen", fact.last_seen)]


def _finance(fact: Any) -> list[tuple[str, Any]]:
    amount = f"${fact.amount_usd:,}" if fact.amount_usd is not None else ""
    return [("Kind", words.FINANCES.get(fact.kind, fact.kind)), ("What", fact.description), ("Amount", amount), ("On", fact.occurred_on)]


_DESCRIBED: Mapping[str, Callable[[Any], list[tuple[str, Any]]]] = {
    "name": _name,
    "identifier": _identifier,
    "admission": _admission,
    "departure": _departure,
    "status": _status,
    "filing": _filing,
    "visa": _visa,
    "encounter": _encounter,
    "address": _address,
    "employment": _employment,
    "lifeevent": _life,
    "vehicle": _vehicle,
    "finance": _finance,
}
