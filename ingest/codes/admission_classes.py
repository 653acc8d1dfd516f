"""Class-of-admission codes: what kind of stay each gives (domain.md 4.4).

`dated` classes are admitted to a date, `ds` classes for duration of status, `parole` is no admission at all
(8 USC 1182(d)(5)(A), authorities.md PAROLE). The list is the public one and not complete: a code that is not here is kept
raw and noted, and no rule may guess its kind.
"""

from __future__ import annotations

from typing import Literal

Stay = Literal["dated", "ds", "parole", "transit"]

_GROUPS: dict[Stay, str] = {
    "dated": "B1 B2 BBC WB WT GMB GMT GB GT M1 M2 M3 H1B H1C HSC H2A H2B H2R H3 H4 L1 L2 O1 O2 O3 P1 P2 P3 P4 Q1 Q2 Q3 R1 R2 "
    "E1 E2 E3 E3D TN TD CW1 CW2 K1 K2 K3 K4 V1 V2 V3 T1 T2 T3 T4 T5 T6 U1 U2 U3 U4 U5 N8 N9 S5 S6 S7",
    "ds": "F1 F2 F3 J1 J2 I I1 A1 A2 A3 C2 C3 G1 G2 G3 G4 G5 N1 N2 N3 N4 N5 N6 N7",
    "parole": "CP CPL CH DA DE DT PAR SBP",
    "transit": "C1 D1 D2 CD",
}
STAY: dict[str, Stay] = {code: stay for stay, codes in _GROUPS.items() for code in codes.split()}
VISA_WAIVER = frozenset({"WB", "WT"})
GUAM_CNMI_WAIVER = frozenset({"GMB", "GMT", "GB", "GT"})
VICTIM_CLASSES = frozenset({"T1", "T2", "T3", "T4", "T5", "T6", "U1", "U2", "U3", "U4", "U5"})  # 8 USC 1367


def stay_of(code: str) -> Stay | None:
    """How a class is admitted, or None for a code that the table does not know."""
    return STAY.get(code)
