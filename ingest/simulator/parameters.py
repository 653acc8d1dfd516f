"""What a simulated world is made from: size, seed, calendar, and the measured rates that it must keep.

Rates come from domain.md sections 2 and 11 (public overstay reports, one month of public I-94 rows). `enrich` is the one
deliberate departure from life: that share of people is drawn from the situations that matter (an unmatched arrival, a
terminated record, a revoked visa) instead of from the calibrated mix, because at real rates 20,000 people would give a
rule some sixty true cases. With `enrich=0` the world keeps the public rates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

DEFAULT_UNTIL = date(2026, 11, 22)
EXTRACT_HOUR = time(5, tzinfo=UTC)  # the US day before has ended on both coasts by then


@dataclass(frozen=True, slots=True)
class Parameters:
    """One world. `until` is the day of the last extract; extracts go back `days` days, one every `every_days`."""

    people: int
    days: int
    seed: int
    until: date = DEFAULT_UNTIL
    every_days: int = 7
    enrich: float = 0.3

    def __post_init__(self) -> None:
        if self.people < 0 or self.days < 1 or self.every_days < 1 or not 0 <= self.enrich <= 1:
            raise ValueError("people >= 0, days >= 1, every_days >= 1 and 0 <= enrich <= 1 are needed")

    @property
    def start(self) -> date:
        """The day of the first extract, which is full; all others are deltas."""
        return self.extract_days()[0]

    def extract_days(self) -> list[date]:
        """The days of the extracts, oldest first; the last is `until`."""
        count = self.days // self.every_days
        return [self.until - timedelta(days=self.every_days * step) for step in range(count, -1, -1)]


def extract_moment(day: date) -> datetime:
    """The as-of moment of the extract of `day`: 05:00 UTC; it holds what was known before that day began in the US."""
    return datetime.combine(day, EXTRACT_HOUR)


# Class mix: domain.md 2.4 [data], with F, J, M, H, L, O from 2.3.
CLASS_MIX: tuple[tuple[str, float], ...] = (
    ("WT", 0.400), ("B2", 0.341), ("WB", 0.086), ("B1", 0.065), ("GMT", 0.027), ("F1", 0.024), ("J1", 0.009), ("M1", 0.001),
    ("H1B", 0.015), ("L1", 0.008), ("E2", 0.008), ("O1", 0.006), ("CP", 0.005), ("H2B", 0.004), ("GMB", 0.001),
)  # fmt: skip
STUDENT_CLASSES = frozenset({"F1", "J1", "M1"})

# Allowed stay in days after the day of arrival: the mode in domain.md 2.4 (admit-until counts the arrival as day 1).
ALLOWED_DAYS = {
    "WT": 89,
    "WB": 89,
    "GMT": 44,
    "GMB": 44,
    "B1": 182,
    "B2": 182,
    "M1": 364,
    "E2": 729,
    "H1B": 1094,
    "L1": 1094,
    "O1": 1094,
    "H2B": 300,
    "CP": 364,
}

# Length of a stay in days at p0, p10, p50, p90, p99: domain.md 2.4 [data].
STAY_QUANTILES: dict[str, tuple[int, int, int, int, int]] = {
    "WT": (1, 3, 7, 19, 70), "WB": (1, 2, 5, 12, 51), "B2": (1, 3, 10, 51, 140), "B1": (1, 2, 6, 23, 103), "GMT": (1, 3, 5, 9, 30),
    "GMB": (1, 2, 4, 9, 30), "M1": (30, 60, 150, 300, 360), "E2": (5, 20, 90, 300, 600), "H1B": (20, 60, 200, 500, 900),
    "L1": (10, 40, 150, 400, 900), "O1": (5, 15, 60, 300, 800), "H2B": (60, 120, 200, 260, 295), "CP": (5, 15, 60, 200, 350),
}  # fmt: skip

# Share still in the country after the stay ended, by class: domain.md 2.3 (FY2024, FY2017).
OVERSTAY_RATE = {
    "WT": 0.0043,
    "WB": 0.0043,
    "GMT": 0.0043,
    "GMB": 0.0043,
    "B1": 0.0222,
    "B2": 0.0222,
    "F1": 0.0245,
    "J1": 0.0245,
    "M1": 0.0245,
}
OTHER_OVERSTAY_RATE = 0.021
LATE_DEPARTURE_RATE = 0.002  # departed after admit-until: domain.md 2.4

# Mode of travel and the share of departures that no record shows: domain.md 2.4 and 11.
MODE_MIX: tuple[tuple[str, float], ...] = (("1", 0.948), ("3", 0.040), ("2", 0.009), ("9", 0.003))
MISSED_DEPARTURE = {"1": 0.018, "3": 0.065, "2": 0.30, "9": 0.60}

# Dirt of the rows: domain.md 2.4.
MISSING_SEX = 0.134
MISSING_STATE = 0.049
INVALID_STATE = 0.009
MISSING_CARRIER = 0.027
MISSING_POST = 0.135
DUPLICATE_I94 = 0.0067
RESIDENCE_DIFFERS = 0.168
GARBAGE_ADMIT_UNTIL = 0.0008
FIN_IN_ADIS = 0.6
NAME_VARIANT = 0.03
BIRTH_DATE_VARIANT = 0.01
TWINS = 0.006

# How the number of unmatched stays decays as late departures arrive (domain.md 2.2): share known after so many days.
LATE_KNOWN: tuple[tuple[int, float], ...] = ((20, 0.25), (100, 0.50), (270, 1.0))
PORT_MIX: tuple[tuple[str, float], ...] = (
    ("NYC", 0.157), ("MIA", 0.111), ("LOS", 0.100), ("SFR", 0.049), ("ORL", 0.048), ("HHW", 0.046), ("NEW", 0.044), ("CHI", 0.042),
    ("HOU", 0.035), ("FTL", 0.033), ("ATL", 0.031), ("LVG", 0.029), ("AGA", 0.026), ("WAS", 0.026), ("DAL", 0.022), ("BOS", 0.022),
    ("SEA", 0.018), ("DET", 0.014), ("PHO", 0.012), ("PHI", 0.012), ("TAM", 0.010), ("DEN", 0.008), ("SAJ", 0.008), ("DUB", 0.012),
    ("TOR", 0.012), ("NAS", 0.006), ("MAA", 0.005), ("VCV", 0.005), ("MSP", 0.006), ("SDP", 0.006), ("BAL", 0.005), ("NOL", 0.005),
)  # fmt: skip
LAND_PORTS = ("SYS", "LAR", "HID", "PDN", "NOG", "BLA", "CHM", "NIA", "EPI")
