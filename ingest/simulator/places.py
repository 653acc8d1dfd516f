"""Cities of the simulated world, in every area of responsibility, and streets that exist nowhere.

The city, county, state and postal code are real, because routing depends on them; the street is invented.
"""

from __future__ import annotations

from typing import NamedTuple

from ingest.simulator.dice import Dice


class Place(NamedTuple):
    """An address in the United States."""

    line: str
    city: str
    county: str
    state: str
    postal_code: str


_STREETS = (
    "Specimen Avenue",
    "Sample Street",
    "Placeholder Road",
    "Fiction Lane",
    "Example Boulevard",
    "Invented Way",
    "Mock Court",
    "Pretend Place",
    "Imaginary Drive",
    "Dummy Parkway",
)
_TABLE = """
New York|New York|NY|10001|9
Brooklyn|Kings|NY|11201|6
Flushing|Queens|NY|11354|6
Buffalo|Erie|NY|14201|1
Miami|Miami-Dade|FL|33101|9
Orlando|Orange|FL|32801|5
Tampa|Hillsborough|FL|33601|2
Fort Lauderdale|Broward|FL|33301|3
Los Angeles|Los Angeles|CA|90012|9
Anaheim|Orange|CA|92801|2
San Diego|San Diego|CA|92101|3
San Francisco|San Francisco|CA|94102|3
San Jose|Santa Clara|CA|95112|3
Fresno|Fresno|CA|93701|1
Houston|Harris|TX|77002|6
Dallas|Dallas|TX|75201|4
San Antonio|Bexar|TX|78205|2
El Paso|El Paso|TX|79901|1
Austin|Travis|TX|78701|2
Chicago|Cook|IL|60601|5
Boston|Suffolk|MA|02108|3
Newark|Essex|NJ|07102|3
Jersey City|Hudson|NJ|07302|2
Philadelphia|Philadelphia|PA|19103|2
Baltimore|Baltimore City|MD|21201|1
Arlington|Arlington|VA|22201|2
Washington|District of Columbia|DC|20001|2
Atlanta|Fulton|GA|30303|4
Charlotte|Mecklenburg|NC|28202|1
Nashville|Davidson|TN|37203|1
New Orleans|Orleans|LA|70112|1
Detroit|Wayne|MI|48226|1
Columbus|Franklin|OH|43215|1
Minneapolis|Hennepin|MN|55401|1
Kansas City|Jackson|MO|64106|1
Denver|Denver|CO|80202|2
Salt Lake City|Salt Lake|UT|84101|1
Las Vegas|Clark|NV|89101|3
Phoenix|Maricopa|AZ|85003|2
Seattle|King|WA|98101|2
Portland|Multnomah|OR|97204|1
Honolulu|Honolulu|HI|96813|3
San Juan|San Juan|PR|00901|1
Tamuning|Guam|GU|96913|1
"""  # city, county, state, postal code, weight


def _cities() -> tuple[tuple[tuple[str, str, str, str], float], ...]:
    rows = (line.split("|") for line in _TABLE.split("\n") if line)
    return tuple(((city, county, state, code), float(weight)) for city, county, state, code, weight in rows)


_CITIES = _cities()
_HOTELS = ("Hotel Specimen", "Sample Inn", "Placeholder Suites", "The Fictional", "Example Lodge")


def residence(dice: Dice) -> Place:
    """A home: an invented street in a real city."""
    city, county, state, postal_code = dice.weighted(_CITIES)
    unit = f", Apt {dice.whole(1, 40)}" if dice.chance(0.35) else ""
    return Place(f"{dice.whole(10, 9899)} {dice.pick(_STREETS)}{unit}", city, county, state, postal_code)


def hotel(dice: Dice) -> Place:
    """Where a visitor says to stay: often a hotel, which leads nowhere later."""
    city, county, state, postal_code = dice.weighted(_CITIES)
    return Place(f"{dice.pick(_HOTELS)}, {dice.whole(1, 900)} {dice.pick(_STREETS)}", city, county, state, postal_code)
