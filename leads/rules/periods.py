"""Every number of days that the rules use, as dated data: what held then still judges what happened then.

A period names its authority key in `leads.rules.authorities`; `choice` says where we chose one reading of several.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

_LONG_AGO = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """A number of days, or of `unit`, in force from a day on (until the next period of the same name starts)."""

    days: int
    effective_from: date
    authority: str
    choice: str = ""
    unit: str = "day"


class UnknownPeriod(LookupError):
    """No period of that name was in force on the day asked for."""


_PERIODS: dict[str, tuple[Period, ...]] = {
    "vwp_stay": (Period(90, _LONG_AGO, "VWP-90"),),
    "guam_cnmi_stay": (Period(45, _LONG_AGO, "GC-45"),),
    "satisfactory_departure": (Period(30, _LONG_AGO, "VWP-SD"),),
    "f1_grace": (Period(60, _LONG_AGO, "F1-60"),),
    "f1_withdrawal": (Period(15, _LONG_AGO, "F1-15"),),
    "f1_no_grace": (Period(0, _LONG_AGO, "F1-0"),),
    "f1_reinstatement_months": (Period(5, _LONG_AGO, "F1-REIN", "Counted in calendar months, not days.", "month"),),
    "f1_high_school_years": (Period(1, _LONG_AGO, "F1-HS", "Twelve months, counted by the calendar as one year.", "year"),),
    "j1_category_denied": (Period(30, _LONG_AGO, "J1-CAT"),),
    "j1_grace": (Period(30, _LONG_AGO, "J1-30"),),
    "j1_validation": (Period(30, _LONG_AGO, "J1-VALID", "In force from 5 Jan 2015; earlier records are read by the same 30 days."),),
    "school_registration": (
        Period(
            30,
            _LONG_AGO,
            "SCH-30",
            "The statute counts from the registration deadline; program start stands in for it.",
        ),
    ),
    "transfer_registration": (
        Period(60, _LONG_AGO, "SCH-30", "Between 30 and 60 days after the start are possible; we take the kinder end."),
    ),
    "worker_grace": (Period(60, date(2017, 1, 17), "W-60"), Period(0, _LONG_AGO, "W-60")),
    "m1_filing_margin": (Period(15, _LONG_AGO, "M1-WIN"),),
    "m1_grace": (Period(30, _LONG_AGO, "M1-GRACE"),),
    "opt_unemployment": (Period(90, _LONG_AGO, "OPT-90"),),
    "stem_opt_unemployment": (Period(150, date(2016, 5, 10), "OPT-90"), Period(120, _LONG_AGO, "OPT-90")),
}

TITLES = {
    "vwp_stay": "Longest visa waiver stay, the arrival day counted",
    "guam_cnmi_stay": "Longest Guam-CNMI visa waiver stay, the arrival day counted",
    "satisfactory_departure": "One grant of satisfactory departure",
    "f1_grace": "F-1: to depart after the program or training",
    "f1_withdrawal": "F-1: to depart after an authorized withdrawal",
    "f1_no_grace": "F-1: to depart after a failure to maintain status",
    "f1_reinstatement_months": "F-1: to ask for reinstatement, from the failure",
    "f1_high_school_years": "F-1: at a public high school, in all",
    "j1_category_denied": "J-1: to depart after a change of category was denied",
    "j1_grace": "J-1: to depart after the program",
    "j1_validation": "J-1: for the sponsor to validate, from the program start",
    "school_registration": "F-1 and M-1: for the school to register, from the program start",
    "transfer_registration": "Transfer: for the new school to register, from the program start",
    "worker_grace": "Workers: after the job ended, within the validity",
    "m1_filing_margin": "M-1: an extension is filed at least so long before the program ends",
    "m1_grace": "M-1: to depart after the program, inside the I-94 date",
    "opt_unemployment": "Practical training: without work, in all",
    "stem_opt_unemployment": "Practical training with the STEM extension: without work, in all",
}

NEXT_BUSINESS_DAY_FROM = date(2023, 3, 29)
CAP_GAP_TO_APRIL_FROM = date(2025, 1, 17)


def period(name: str, on: date) -> Period:
    """Return the period `name` that was in force on `on`. Raises UnknownPeriod when there was none."""
    found = [each for each in _PERIODS.get(name, ()) if each.effective_from <= on]
    if not found:
        raise UnknownPeriod(name)
    return max(found, key=lambda each: each.effective_from)


def days(name: str, on: date) -> int:
    """Return the length in days of the period `name` that was in force on `on`."""
    return period(name, on).days


def all_periods() -> dict[str, tuple[Period, ...]]:
    """Return every period with its history, for the rule book."""
    return dict(_PERIODS)
