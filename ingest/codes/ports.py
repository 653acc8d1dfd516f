"""Ports of entry, three letters each: the common ones, and those abroad (domain.md 2.4, 4.3).

A preclearance port stands abroad: it is no place in the United States. The table (`ports.csv`) is a working part of the
public list of some 660 codes; a code that is not there is kept raw.
"""

from __future__ import annotations

from datetime import date

from ingest.codes.dated import table


def label(code: str, on: date | None = None) -> str:
    """The port's name on the day `on` (the latest one when None), or the code itself where the table does not know it."""
    entry = table("ports", "code").get(code, on=on)
    return entry.says["label"] if entry else code


def is_abroad(code: str, on: date | None = None) -> bool | None:
    """Whether the port stood abroad on the day `on` (the latest meaning when None); None where the table does not know it."""
    entry = table("ports", "code").get(code.strip().upper(), on=on)
    return None if entry is None else entry.says["kind"] == "preclearance"
