"""Codes of the rules in the words of the desk."""

from __future__ import annotations

from typing import Final

from django import template
from django.forms import BoundField

from leads.keyboard import KEYS, Key
from leads.rules.freshness import WORDS

register = template.Library()

SIGNS: Final = {
    "source_stale": "Source is old",
    "identity_weak": "Identity match",
    "identity_doubt": "Identity match",
    "in_custody": "Custody",
    "in_proceedings": "Proceedings",
    "person_decides": "Needs a person",
    "presence_unseen": "Presence check",
    "nothing_stands": "No finding",
    "departure_date_impossible": "Departure check",
    "record_unreported": "Record still reported",
    "stay_longer_than_class": "Length of stay",
    "class_unknown": "Class of admission",
    "charged": "Proceedings",
    "flagged_adjusted": "US person",
    "no_arrival": "Arrival check",
    "school_withdrawn": "School withdrawn",
    "revocation_provisional": "Visa",
    "other_visa": "Visa",
    "visa_action_unknown": "Visa",
    "record_state_unknown": "Student record",
    "changed_status_counsel": "Needs counsel",
    "period_running": "Period running",
    "granted_from_later": "Granted later",
}
BEGINNINGS: Final = {
    "possible": "Waiting record",
    "departure": "Departure check",
    "filing": "Benefit pending",
    "adjustment": "Benefit pending",
    "protection": "Benefit pending",
    "parole": "Benefit pending",
    "reinstatement": "Benefit pending",
    "settled": "Settled before",
    "us_person": "US person",
    "citizen": "US person",
    "grace": "Grace period",
    "student": "Student record",
}
# what each sign means and which source answers it, for whoever meets it the first time
MEANINGS: Final = {
    "No finding": "No rule finds a violation in what the sources say. Somebody opened the lead by hand, on a tip; whoever would refer it "
    "signs for the tip by name, and a supervisor agrees.",
    "Source is old": "The newest extract of this source is older than the rule allows: it may not know yet that the person left or filed. "
    "Ask the system by hand, or wait for its next extract.",
    "Identity match": "The rows that make this person may belong to two people. Compare names, birth dates and numbers first; "
    "a shared alias or address is not enough.",
    "Waiting record": "A source's record nearly fits this person and belongs to nobody yet. It counts for nothing until somebody says "
    "whose it is: if it is this person's, the lead is judged again with it.",
    "Custody": "Whether another office already holds the person. EID says since when.",
    "Proceedings": "Whether another office already acts on the person. EID says which step was last.",
    "Needs a person": "The rules cannot decide this alone: read the finding, then decide.",
    "Presence check": "Nobody has met the person since the stay ended. ADIS answers departures; EID, IDENT and addresses answer presence.",
    "Departure check": "Whether anything says that the person left. A fingerprint at departure is strong; a carrier's list is weak. "
    "ADIS answers first; a meeting, a fingerprint or an address after that day speaks against it.",
    "Benefit pending": "A filing may let the person stay while it is pending. CLAIMS 3 answers when it was received and what was decided.",
    "Settled before": "A person decided this on the same evidence before. The history says who and why.",
    "US person": "A citizen or permanent resident is outside these leads. CLAIMS 3 and CCD answer; a mark alone is checked before use.",
    "Grace period": "The time to leave or to prepare has not run out yet.",
    "Record still reported": "The newest full extract of a source no longer holds a record that the finding rests on: it may have been "
    "wrong. Ask that source before anything else.",
    "Length of stay": "The date of the admission is later than its class allows: one of the two is wrong. ADIS answers.",
    "Class of admission": "No table knows this code, so nobody can say how long the stay may last. ADIS answers.",
    "Arrival check": "No arrival belongs to the record: the person may never have come. ADIS answers.",
    "School withdrawn": "The school lost its approval. That is one event of the school; its students may transfer. SEVIS answers.",
    "Visa": "The revocation is provisional, another visa stands, or something happened to it since that no table knows. CCD answers.",
    "Needs counsel": "Whether the law reaches whoever changed status after the visa was revoked is for counsel to say.",
    "Period running": "Another stay, program or time to depart still has days left. Look whether the person relies on that one.",
    "Granted later": "What was granted begins on a later day, and nothing covers the days until then. CLAIMS 3 answers what was asked for.",
    "Student record": "SEVIS answers: another record may be active, the school may correct its entry, or no table knows its word for it.",
}
EFFECTS: Final = {"closes": "answers it", "holds": "holds it until something changes", "blocks": "blocks referral, does not close"}


@register.filter
def sign_name(code: str) -> str:
    """The short name of a stop sign."""
    if code in SIGNS:
        return SIGNS[code]
    found = next((name for beginning, name in BEGINNINGS.items() if code.startswith(beginning)), "")
    return found or code.replace("_", " ").capitalize()


@register.filter
def sign_meaning(name: str) -> str:
    """What a sign of that short name means; empty where its sentence says all."""
    return MEANINGS.get(name, "")


@register.filter
def source_name(code: str) -> str:
    """The short name of a source: `ADIS`."""
    return WORDS.get(code, code)


@register.filter
def typed(field: BoundField) -> str:
    """What a person entered, in the words that the form showed."""
    value = field.value()
    listed = dict(getattr(field.field, "choices", ()))
    return str(listed.get(value, "" if value is None else value))


@register.filter
def effect_words(effect: str) -> str:
    """What a rebuttal does to the finding."""
    return EFFECTS.get(str(effect), "")


@register.simple_tag
def keys_of(place: str) -> tuple[Key, ...]:
    """The keyboard map of a kind of page, for its help."""
    return KEYS[place]
