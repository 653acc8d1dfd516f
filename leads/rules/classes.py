"""Classes of admission and the kind of stay that each one is (domain.md 4.4; the full list is marked [own] there)."""

from __future__ import annotations

from enum import StrEnum

from ingest.codes import protected


class Group(StrEnum):
    """The kind of stay; each rule works on some of these."""

    VISITOR = "visitor"
    VISA_WAIVER = "visa_waiver"
    GUAM_CNMI = "guam_cnmi"
    STUDENT = "student"
    VOCATIONAL = "vocational"
    EXCHANGE = "exchange"
    MEDIA = "media"
    WORKER = "worker"
    FAMILY = "family"
    VICTIM = "victim"
    OFFICIAL = "official"
    CREW_TRANSIT = "crew_transit"
    PAROLE = "parole"
    UNKNOWN = "unknown"


_CODES: dict[Group, str] = {
    Group.VISITOR: "B1 B2 BBC",
    Group.VISA_WAIVER: "WB WT",
    Group.GUAM_CNMI: "GMB GMT GB GT",
    Group.STUDENT: "F1 F2 F3",
    Group.VOCATIONAL: "M1 M2 M3",
    Group.EXCHANGE: "J1 J2",
    Group.MEDIA: "I I1",
    Group.WORKER: (
        "1B1 1B2 1B3 H1B H1B1 HSC H1C H2A H2B H2R H3 H4 L1 L1A L1B L2 O1 O2 O3 P1 P2 P3 P4 Q1 Q2 Q3 R1 R2 E1 E2 E3 E3D TN TD CW1 CW2"
    ),
    Group.FAMILY: "K1 K2 K3 K4 V1 V2 V3 N8 N9 S5 S6 S7",
    Group.VICTIM: "T1 T2 T3 T4 T5 T6 U1 U2 U3 U4 U5",
    Group.OFFICIAL: "A1 A2 A3 C2 C3 G1 G2 G3 G4 G5 N1 N2 N3 N4 N5 N6 N7",
    Group.CREW_TRANSIT: "C1 D1 D2 CD C1D",
    Group.PAROLE: "CP CPL CH DA DE DT PAR SBP",
}
_GROUP_OF = {code: group for group, codes in _CODES.items() for code in codes.split()}

DEPENDENT_OF = {"F2": "F1", "M2": "M1", "J2": "J1"}
# students themselves who live abroad and commute across the border (8 USC 1101(a)(15)(F)(iii), (M)(iii), not re-read): by the
# rules of F-1 and M-1, and by a person
COMMUTER_AS = {"F3": "F1", "M3": "M1"}
GRACE_WORKERS = frozenset({"E1", "E2", "E3", "H1B", "1B1", "1B3", "H1B1", "HSC", "L1", "L1A", "L1B", "O1", "TN"})
NO_CHANGE_OF_STATUS = frozenset({Group.VISA_WAIVER, Group.GUAM_CNMI, Group.CREW_TRANSIT, Group.PAROLE})
_NO_CHANGE_CODES = frozenset({"C2", "C3", "K1", "K2", "K3", "K4", "S5", "S6", "S7"})
_NO_EXTENSION_CODES = _NO_CHANGE_CODES - {"K3", "K4"}


def normalize(code: str) -> str:
    """Return `B2` for `B-2` or ` b2 `."""
    return code.upper().replace("-", "").replace("/", "").replace(" ", "")


def group_of(code: str) -> Group:
    """Return the kind of stay of a class of admission; `UNKNOWN` for a code that no table has (the raw code is kept)."""
    return _GROUP_OF.get(normalize(code), Group.UNKNOWN)


def may_change_status(code: str) -> bool:
    """Return whether a change of status is open to the class at all.

    Source: 8 USC 1258(a)(1)-(4), keys COS-WHO and VWP-NOCOS; a change to T or U is judged apart (1258(b), VWP-TU).
    """
    return group_of(code) not in NO_CHANGE_OF_STATUS and normalize(code) not in _NO_CHANGE_CODES


def may_extend_stay(code: str) -> bool:
    """Return whether an extension of stay is open to the class.

    Source: 8 CFR 214.1(c)(3), key VWP-NOEOS for the visa waiver; crew, transit and K-1, K-2 are [own]. Spouses who wait for their
    petition, K-3 and K-4, may extend it (66 FR 42587, 14 Aug 2001, as USCIS restates it; the paragraph was not read).
    """
    return group_of(code) not in NO_CHANGE_OF_STATUS and normalize(code) not in _NO_EXTENSION_CODES


def is_victim_class(code: str) -> bool:
    """Return whether `code` is T or U: open to everyone, visa waiver included (8 USC 1258(b), key VWP-TU)."""
    return protected.is_victim_class(code)
