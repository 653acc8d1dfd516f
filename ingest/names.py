"""The short names by which the desk calls the source systems. Pure."""

from __future__ import annotations

from ingest.sources.registry import SOURCES

SHORT = {
    "adis": "ADIS",
    "sevis": "SEVIS",
    "sevis_schools": "SEVIS schools",
    "eid": "EID",
    "tecs": "TECS",
    "ccd": "CCD",
    "claims3": "CLAIMS 3",
    "ident": "IDENT",
    "commercial": "Commercial",
    "public": "Public sources",
    "manual": "By hand",
    "": "By hand",
}


def short_name(code: str) -> str:
    """`ADIS`, `SEVIS schools`, ...; a source without a short name keeps its code."""
    return SHORT.get(code, code.upper().replace("_", " "))


def full_name(code: str) -> str:
    """The name that the source's notice uses."""
    known = SOURCES.get(code)
    return known.name if known else short_name(code)
