"""The stage on which one life is played: it keeps person, dice and calendar together and writes down what happens."""

from __future__ import annotations

from datetime import date, timedelta

from ingest.simulator import documents, places
from ingest.simulator import parameters as p
from ingest.simulator.adis_rows import record_key, stay_versions
from ingest.simulator.claims_rows import Filing, filing_version
from ingest.simulator.dice import Dice
from ingest.simulator.hidden import Exit, Life, Matter, Sighting, Stay
from ingest.simulator.parameters import Parameters
from ingest.simulator.people import Person

RULES = {
    "WT": "overstay-vwp",
    "WB": "overstay-vwp",
    "GMT": "overstay-guam-cnmi",
    "GMB": "overstay-guam-cnmi",
    "M1": "overstay-m1",
    "CP": "parole-expired",
}
UNSEEN = Sighting("unseen")


def rule_of(class_code: str) -> str:
    """The rule that judges a dated stay of this class."""
    return RULES.get(class_code, "overstay-dated")


class Scene:
    """One person's life in the making. `clean` scenes (the cast) have no dirt in their rows."""

    def __init__(self, parameters: Parameters, person: Person, dice: Dice, *, clean: bool = False) -> None:
        self.parameters = parameters
        self.person = person
        self.dice = dice
        self.clean = clean
        self.life = Life(person)
        self.filings = 0
        self._kinds: dict[str, tuple[str, ...]] = {}

    @property
    def until(self) -> date:
        """The last day of the world: what happened before it may be known."""
        return self.parameters.until

    def stay(
        self,
        class_code: str,
        arrived: date,
        *,
        trip: int = 0,
        admit_until: date | None = None,
        sevis_id: str = "",
        address: places.Place | None = None,
    ) -> Stay:
        """An admission; the authorized stay is the class's usual one unless `admit_until` says otherwise."""
        dice = self.dice
        mode = dice.weighted(p.MODE_MIX) if not self.clean else "1"
        port = dice.pick(p.LAND_PORTS) if mode == "3" else dice.weighted(p.PORT_MIX)
        if class_code in {"GMT", "GMB"}:
            mode, port = "1", dice.pick(("AGA", "SAI"))
        allowed = p.ALLOWED_DAYS.get(class_code)
        visa = class_code not in {"WT", "WB", "GMT", "GMB", "CP"}
        stay = Stay(
            trip=trip,
            number=documents.i94(self.person.serial, trip),
            class_code=class_code,
            arrived=arrived,
            admit_until=admit_until or (arrived + timedelta(days=allowed) if allowed is not None else None),
            mode=mode,
            port=port,
            carrier="" if mode == "3" else dice.pick(("XA", "XB", "XC", "XD", "XE")),
            passport=self.person.passport,
            address=address or (places.hotel(dice) if visa is False or class_code in {"B1", "B2"} else self.person.home),
            foil=documents.visa_foil(self.person.serial) if visa else "",
            post=dice.pick(("MEX", "SPL", "BNS", "GUZ", "BGT", "MNL", "LND", "SEO", "LGS", "MOS")) if visa else "",
            sevis_id=sevis_id,
        )
        self.life.stays.append(stay)
        return stay

    def leave(self, stay: Stay, on: date, *, passport: str | None = None) -> Stay:
        """The same stay, ended by a true departure on that day."""
        port = stay.port if stay.port not in {"DUB", "TOR", "NAS", "MAA", "VCV"} else "NYC"
        ended = Stay(
            **{name: getattr(stay, name) for name in Stay.__slots__ if name != "left"},
            left=Exit(on, passport or stay.passport, stay.mode, port, stay.carrier),
        )
        self.life.stays[self.life.stays.index(stay)] = ended
        return ended

    def record(self, stay: Stay, sighting: Sighting) -> str:
        """Let ADIS write the stay down; gives the record's key."""
        neighbor = "" if self.clean else documents.i94(max(documents.FIRST_PERSON, self.person.serial - 1), 0)
        versions, kinds = stay_versions(self.dice, self.person, stay, sighting, clean=self.clean, neighbor_i94=neighbor)
        self.life.versions.extend(versions)
        key = record_key(stay, self.person)
        self._kinds[key] = kinds
        return key

    def file(self, filing: Filing) -> None:
        """Let CLAIMS write a filing down, from the day it was loaded on."""
        self.life.versions.extend(filing_version(self.dice, self.person, filing, self.filings, clean=self.clean))
        self.filings += 1

    def truth(
        self, rule: str, outcome: str, key: str, *, violated: bool, present: bool, first_day: date | None = None, source: str = "adis"
    ) -> None:
        """Write the truth about one suspicion into the hidden file."""
        self.life.matters.append(Matter(rule, outcome, source, key, violated, present, first_day, self._kinds.get(key, ())))

    def soon(self, day: date, low: int = 1, high: int = 3) -> date:
        """A day some days after `day`: how long a system takes to learn of something."""
        return day + timedelta(days=self.dice.whole(low, high))
