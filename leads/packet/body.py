"""What a packet says, as plain JSON values: the evidence against the lead first, then the person, then why. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ingest.codes import countries
from ingest.facts import Address, NameForm
from leads.picture import AssessmentView, Picture, SignView, VerdictView
from leads.routing.addresses import rank_addresses
from leads.rules.authorities import UnknownAuthority, source
from leads.rules.base import Unverified
from leads.rules.freshness import WORDS
from leads.rules.registry import UnknownRule, rule
from leads.rules.snapshot import Known, Snapshot
from leads.rules.words import count, day
from subjects.words import SEX

KIND_WORDS = {
    "i94": "I-94 number",
    "passport": "Passport number",
    "a_number": "A-number",
    "sevis_id": "SEVIS ID",
    "fin": "Fingerprint identification number",
    "visa_foil": "Visa foil number",
    "receipt": "Receipt number",
    "ssn": "Social Security number",
    "eid_subject": "EID subject number",
    "tecs_id": "TECS number",
    "phone": "Telephone",
    "email": "Email",
}
IDENTITY_WORDS = {
    "strong": "Strong: the facts agree on the numbers that single out one person.",
    "fair": "Fair: the facts agree on name and date of birth; confirm with a document.",
    "weak": "Weak: the facts may belong to more than one person. Confirm the identity before anything else.",
}
HANDLING = (
    "For the named office only. Need to know. Do not copy into another system; report what you find as the outcome of this "
    "referral. A lead is a suspicion, not a finding of law: the person may have left or may be in lawful status by now."
)
_ELSEWHERE = frozenset({"NameForm", "Identifier", "Address"})  # shown in tables of their own
_KINDS_OF_FACT = {
    "Admission": "admission",
    "Departure": "departure",
    "StatusEvent": "status record",
    "BenefitFiling": "filing",
    "VisaEvent": "visa",
    "Encounter": "encounter",
    "Employment": "employment",
    "LifeEvent": "life event",
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number in full, opened for this packet."""

    kind: str
    value: str
    country: str
    source: str


@dataclass(frozen=True, slots=True)
class Overridden:
    """A stop sign that somebody passed by name, with the reason in words."""

    sign: SignView
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What stands on top of a packet."""

    packet_id: str
    lead_number: str
    marking: str
    simulated: bool
    office_code: str
    office_name: str
    made_at: datetime
    sent_by: str
    approved_by: str
    accept_by: date
    do_not_rely_after: date
    routing: str


def packet_body(
    *,
    cover: Cover,
    picture: Picture,
    snapshot: Snapshot,
    numbers: Sequence[Number],
    overridden: Sequence[Overridden],
    organization: dict[str, Any] | None = None,
    files: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """The whole packet; `leads.packet.pdf` prints it and `foundation.crypto.canonical` makes its digest.

    `organization` is that of a lead about a school, program or employer: there is no person then.
    """
    return {
        "organization": organization,
        "packet": _cover(cover, picture),
        "against": _against(picture, overridden),
        "person": _person(snapshot),
        "identifiers": [
            {"words": KIND_WORDS.get(each.kind, each.kind), "value": each.value, "country": each.country, "source": _source(each.source)}
            for each in numbers
        ],
        "addresses": _addresses(snapshot, cover.made_at.date()),
        "routing": cover.routing,
        "why": {
            "headline": picture.headline,
            "findings": [_finding(each) for each in picture.standing or picture.undecided],
            "presence": _judgement(picture.presence),
            "risk": _judgement(picture.risk),
        },
        "facts": [
            {"kind": _KINDS_OF_FACT.get(each.kind, each.kind), "text": each.text, "source": _source(each.source), "as_of": day(each.as_of)}
            for each in picture.facts
            if each.kind not in _ELSEWHERE
        ],
        "files": list(files),
        "handling": HANDLING,
    }


def _against(picture: Picture, overridden: Sequence[Overridden]) -> dict[str, Any]:
    """Page 1: what speaks against the lead, signs passed by name, the age of each source, how sure the identity is."""
    passed = [
        {
            "sentence": each.sign.sentence,
            "by": each.sign.overridden_by,
            "on": day(each.sign.overridden_on) if each.sign.overridden_on else "",
            "reason": each.reason,
        }
        for each in overridden
    ]
    sources = [
        {
            "words": each.words,
            "as_of": day(each.as_of) if each.as_of else "never asked",
            "age": _age(each.age_days),
            "state": "too old" if each.stale else "fresh enough",
        }
        for each in picture.sources
    ]
    identity = IDENTITY_WORDS.get(picture.identity_strength, "")
    return {"evidence": evidence_against(picture), "overridden": passed, "sources": sources, "identity": identity}


def files_named(packet_json: bytes) -> list[dict[str, Any]]:
    """What a packet says of the files that went with it; one of before files went with packets names none."""
    named: list[dict[str, Any]] = json.loads(packet_json).get("files", [])
    return named


def kinds_of_numbers(body: dict[str, Any]) -> list[str]:
    """The kinds of the numbers that a packet holds in full, as events name them."""
    codes = {words: code for code, words in KIND_WORDS.items()}
    return sorted({codes.get(each["words"], each["words"]) for each in body.get("identifiers", [])})


def evidence_against(picture: Picture) -> list[dict[str, str]]:
    """What speaks for the person, strongest first: every rebuttal, once."""
    order = {"strong": 0, "fair": 1, "weak": 2}
    found = {(each.sentence, each.source): each for verdict in picture.verdicts for each in verdict.rebuttals if verdict.outcome != "clear"}
    ranked = sorted(found.values(), key=lambda each: (order.get(each.strength, 3), each.code, each.sentence))
    return [{"sentence": each.sentence, "strength": each.strength, "source": _source(each.source) or "the record"} for each in ranked]


def _cover(cover: Cover, picture: Picture) -> dict[str, Any]:
    return {
        "id": cover.packet_id,
        "lead_number": cover.lead_number,
        "marking": cover.marking,
        "simulated": cover.simulated,
        "recipient": {"code": cover.office_code, "name": cover.office_name},
        "made_at": f"{day(cover.made_at.date())}, {cover.made_at:%H:%M} UTC",
        "sent_by": cover.sent_by,
        "approved_by": cover.approved_by,
        "accept_by": day(cover.accept_by),
        "do_not_rely_after": day(cover.do_not_rely_after),
        "as_of": day(picture.as_of) if picture.as_of else "an unknown day",
        "evaluation": picture.evaluation_digest,
    }


def _person(snapshot: Snapshot) -> dict[str, Any]:
    names = {(each.fact.family_name, each.fact.given_name, each.fact.full_name_source_script): each for each in snapshot.names}
    citizenships = sorted({countries.names().get(code, code) for each in snapshot.names if (code := each.fact.citizenship_iso3)})
    sexes = sorted({SEX.get(each.fact.sex, each.fact.sex) for each in snapshot.names if each.fact.sex})
    return {
        "names": [_name(each) for _, each in sorted(names.items(), key=lambda item: (item[1].fact.kind != "primary", item[0]))],
        "citizenship": ", ".join(citizenships) or "not known",
        "sex": ", ".join(sexes) or "not known",
        "us_person": "A source marks the person as a citizen or permanent resident." if snapshot.us_person else "",
    }


def _name(known: Known[NameForm]) -> dict[str, str]:
    fact = known.fact
    return {
        "name": ", ".join(part for part in (fact.family_name, fact.given_name) if part),
        "script": fact.full_name_source_script,
        "kind": fact.kind,
        "born": day(fact.date_of_birth) if fact.date_of_birth else fact.date_of_birth_text,
        "source": _source(known.source),
    }


def _addresses(snapshot: Snapshot, on: date) -> list[dict[str, str]]:
    """Each address once, with all that is said of it, the best first."""
    reasons: dict[str, list[str]] = {}
    for choice in rank_addresses(snapshot.addresses, on):
        reasons.setdefault(address_words(choice.address), []).append(choice.reason)
    return [{"text": text, "reason": "; ".join(dict.fromkeys(said))} for text, said in reasons.items()]


def address_words(address: Address) -> str:
    """Return `1 Example Street, Boston, MA 02108`."""
    place = " ".join(part for part in (address.state, address.postal_code) if part)
    return ", ".join(part for part in (address.line, address.city, place) if part)


def _finding(verdict: VerdictView) -> dict[str, str]:
    return {
        "title": verdict.rule_title if verdict.outcome == "stands" else f"{verdict.rule_title} ({verdict.outcome_words})",
        "sentence": verdict.sentence,
        "rule": verdict.rule_id,
        "version": verdict.rule_version,
        "authorities": _authorities(verdict.rule_id),
    }


def _authorities(rule_id: str) -> str:
    try:
        keys = rule(rule_id).authorities
        cited = [source(key).citation for key in keys if not isinstance(key, Unverified)]
        open_ones = len(keys) - len(cited)
        return ", ".join([*cited, *([f"{open_ones} not yet confirmed"] if open_ones else [])])
    except (UnknownRule, UnknownAuthority):
        return "not listed"


def _age(days: int | None) -> str:
    if days is None:
        return ""
    return count(days, "day") if days else "same day"


def _judgement(view: AssessmentView) -> dict[str, Any]:
    return {"band": view.band, "measured": view.measured, "lines": [line.sentence for line in view.lines]}


def _source(code: str) -> str:
    return WORDS.get(code, code)
