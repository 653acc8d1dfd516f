"""Leads of the simulated legacy system, created 2000-2006, so that the retention schedule has work today.

About a third is older than 25 years on the last day of the world, the rest older than 20: due for archive, or for
archive and then destruction. One was created on 29 February.
"""

from __future__ import annotations

from datetime import date, timedelta

from ingest.simulator import documents, names
from ingest.simulator.dice import Dice
from ingest.simulator.parameters import Parameters

COUNT = 60
FIRST_SERIAL = 1_000  # of the cast's range
_REASONS = (
    ("overstay-dated", "Period of admission ended, no departure recorded"),
    ("overstay-vwp", "Visa waiver period ended, no departure recorded"),
    ("f1-terminated", "Student record terminated by the school"),
    ("no-show-student", "Student entered and did not register"),
)
_CLOSED = ("departed", "in_status", "leads_exhausted", "adjusted", "arrested")
_NOTES = (
    "Queried entry and exit records.",
    "No viable address found.",
    "Departure found on paper manifest.",
    "Letter to the school returned.",
    "Checked with the service center.",
)


def legacy_leads(parameters: Parameters) -> list[dict[str, object]]:
    """The lines of `legacy.jsonl.gz`, oldest first; all dates are days of the legacy system's calendar."""
    days = [*(_created(parameters, number) for number in range(COUNT - 1)), date(2004, 2, 29)]
    return [_lead(parameters, number, day) for number, day in enumerate(sorted(days))]


def _created(parameters: Parameters, number: int) -> date:
    dice = Dice(parameters.seed, "legacy day", number)
    if number % 3 == 0:
        return dice.day(date(2000, 2, 1), date(parameters.until.year - 25, parameters.until.month, 1) - timedelta(days=1))
    return dice.day(date(2002, 1, 2), date(2006, 11, 1))


def _lead(parameters: Parameters, number: int, created: date) -> dict[str, object]:
    dice = Dice(parameters.seed, "legacy", number)
    serial = FIRST_SERIAL + number
    (iso3, culture), sex = dice.weighted(names.VISA_COUNTRIES), dice.pick(("F", "M"))
    name = names.draw_name(dice, culture, sex)
    rule, reason = dice.pick(_REASONS)
    closed = dice.chance(0.9)
    closed_on = created + timedelta(days=dice.whole(20, 700)) if closed else None
    return {
        "legacy_id": f"LT-{created.year}-{serial:05d}",
        "created_on": created.isoformat(),
        "rule": rule,
        "reason": reason,
        "state": "closed" if closed else "open",
        "closed_on": closed_on.isoformat() if closed_on else None,
        "closed_reason": dice.pick(_CLOSED) if closed else None,
        "subject": {
            "family_name": name.family,
            "given_name": name.given,
            "name_source_script": name.script,
            "date_of_birth": date(created.year - dice.whole(19, 60), dice.whole(1, 12), dice.whole(1, 28)).isoformat(),
            "sex": sex,
            "citizenship_iso3": iso3,
            "identifiers": [
                {"kind": "passport", "value": documents.passport(serial), "country": "UTO"},
                {"kind": "i94", "value": documents.i94(serial, 0), "country": ""},
            ],
        },
        "notes": [
            {"on": (created + timedelta(days=7 * (step + 1))).isoformat(), "text": dice.pick(_NOTES)} for step in range(dice.whole(1, 3))
        ],
    }
