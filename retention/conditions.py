"""What a schedule may ask of a record before it applies: a short closed list, each in words and in SQL. Pure.

DHS/ICE-015 knows one schedule for every record. A schedule for some records only (a series of its own beside `leads`)
rests on the authority that is typed when its version is approved; nothing here says that such an authority exists.
A condition asks what happened to a lead or what it is, never what a feed says of a day: only an un-import, a record that
proves to be somebody else's, or the way out of the protected compartment takes a condition away again.
"""

from __future__ import annotations

from dataclasses import dataclass

EVERY_RECORD = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition. `live` asks of a lead `l`; `sealed` of a package `p`, for what may come true after the sealing."""

    code: str
    applies_to: str  # heads a column: "Leads that an office accepted"
    because: str  # ends a sentence: "an office accepted its referral"
    live: str
    sealed: str = ""


_MARKED = """EXISTS (SELECT 1 FROM public.access_accessclass c JOIN public.access_compartment m ON m.code = 'protected-person'
                     WHERE c.id = {class_id} AND m.id::int = ANY (c.compartments))"""
_SUED = """EXISTS (SELECT 1 FROM public.retention_holdlead x JOIN public.retention_hold h ON h.id = x.hold_id
                   WHERE x.lead_uuid = {lead} AND h.kind = 'litigation')"""

CONDITIONS = (  # by code: a record's list of them is kept in this order
    Condition(
        "eid_case",
        "Leads of people with a case in EID/ENFORCE",
        "EID/ENFORCE holds a case of the person",
        """EXISTS (SELECT 1 FROM public.subjects_encounterfact f WHERE f.subject_id = l.subject_id AND f.source = 'eid'
                   AND (f.kind = 'case' OR f.in_proceedings) AND f.retracted_at IS NULL)""",
    ),
    Condition(
        "litigation",
        "Records under a litigation hold, now or once",
        "a litigation hold stands or stood on it",
        _SUED.format(lead="l.uuid"),
        _SUED.format(lead="p.lead_uuid"),
    ),
    Condition("organization", "Leads of organizations", "it is the lead of an organization", "l.organization_id IS NOT NULL"),
    Condition(
        "protected",
        "Records of protected persons",
        "it lies in the compartment of protected persons",
        _MARKED.format(class_id="l.class_id"),
        _MARKED.format(class_id="p.lead_class_id"),
    ),
    Condition(
        "referral_accepted",
        "Leads that an office accepted",
        "an office accepted its referral",
        "EXISTS (SELECT 1 FROM public.leads_referral r WHERE r.lead_id = l.id AND r.accepted_at IS NOT NULL)",
    ),
)
BY_CODE = {condition.code: condition for condition in CONDITIONS}
CODES = tuple(BY_CODE)


def applies_to(code: str) -> str:
    """The records that a schedule with this condition is for."""
    return BY_CODE[code].applies_to if code else "Every record"
