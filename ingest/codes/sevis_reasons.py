"""SEVIS reason codes of the batch schema 6.27 and the State Department's lookup tables (domain.md 3.3), in `sevis_reasons.csv`.

What a reason means for a lead is for the rules to say (`leads`); here stand only the words, per kind of record.
"""

from __future__ import annotations

from datetime import date

from ingest.codes.dated import table


def words(class_of_admission: str, status: str, code: str, on: date | None = None) -> str:
    """The words for a reason code on a record of this class and status, on the day `on`; empty when no table knows it."""
    for group in _groups(class_of_admission, status):
        if entry := table("sevis_reasons", "group", "code").get(group, code, on=on):
            return entry.says["label"]
    return ""


def _groups(class_of_admission: str, status: str) -> tuple[str, ...]:
    if class_of_admission[1:2] in {"2", "3"} and class_of_admission[:1] in {"F", "M", "J"}:
        return ("dependent",)
    if class_of_admission.startswith("J"):
        return ("exchange_termination", "exchange_end")
    return ("cancel",) if status == "canceled" else ("termination",)
