"""The cast: people of every simulated world, under the same names and numbers each time. None of them exists.

Their family names mean "example" in some language. Serials stay below `documents.FIRST_PERSON`, so that no drawn person
shares a number with them.
"""

from __future__ import annotations

from datetime import date

from ingest.simulator.names import PersonName
from ingest.simulator.people import Person
from ingest.simulator.places import Place

HOUSTON = Place("4100 Specimen Avenue, Apt 12", "Houston", "Harris", "TX", "77002")
MIAMI = Place("77 Sample Street", "Miami", "Miami-Dade", "FL", "33101")
QUEENS = Place("210 Placeholder Road, Apt 5", "Flushing", "Queens", "NY", "11354")
LOS_ANGELES = Place("1818 Example Boulevard", "Los Angeles", "Los Angeles", "CA", "90012")
CHICAGO = Place("640 Fiction Lane", "Chicago", "Cook", "IL", "60601")
BOSTON = Place("9 Invented Way", "Boston", "Suffolk", "MA", "02108")
NEWARK = Place("355 Mock Court", "Newark", "Essex", "NJ", "07102")
ONE_ADDRESS = Place("1200 Pretend Place", "Chicago", "Cook", "IL", "60601")


def _person(serial: int, name: PersonName, born: date, sex: str, iso3: str, home: Place, twin_of: int | None = None) -> Person:
    return Person(serial, name, born, sex, iso3, iso3, "english", home, visa_waiver=False, twin_of=twin_of)


MINA = _person(101, PersonName("YESIGA", "MINA", "예시가 미나"), date(1994, 5, 17), "F", "KOR", LOS_ANGELES)
MIRA = _person(102, PersonName("YESIGA", "MIRA", "예시가 미라"), date(1994, 5, 17), "F", "KOR", LOS_ANGELES, twin_of=101)
OLEG = _person(103, PersonName("PRIMEROV", "OLEG", "Олег Примеров", "PRYMEROV", "OLEH"), date(1983, 11, 2), "M", "RUS", QUEENS)
LUCIA = _person(104, PersonName("EJEMPLO MUESTRA", "LUCÍA", "", "EJEMPLO", "LUCIA"), date(1990, 1, 9), "F", "COL", MIAMI)
WEI = _person(105, PersonName("FANLI", "WEI", "范例伟", "FAN LI", "WEI"), date(2001, 8, 23), "M", "CHN", BOSTON)
NORA = _person(106, PersonName("ESSAI", "NORA", "نورا السّاعي", "AS-SAI", "NOURA"), date(2003, 3, 30), "F", "MAR", CHICAGO)
EMMA = _person(107, PersonName("BEISPIEL", "EMMA"), date(1996, 2, 29), "F", "DEU", NEWARK)
YOUSEF = _person(108, PersonName("AL-MITHAL", "YOUSEF", "يوسف المثال", "EL-METHAL", "YUSUF"), date(1979, 6, 12), "M", "JOR", CHICAGO)
AINO = _person(109, PersonName("ESIMERKKI", "AINO"), date(1988, 10, 4), "F", "FIN", NEWARK)
RAFAEL = _person(110, PersonName("EXEMPLO AMOSTRA", "RAFAEL"), date(1992, 12, 19), "M", "BRA", BOSTON)
BUDI = _person(111, PersonName("CONTOH", "BUDI"), date(1985, 4, 4), "M", "IDN", LOS_ANGELES)
AGUS = _person(112, PersonName("MISALNYA", "AGUS"), date(1984, 9, 15), "M", "IDN", LOS_ANGELES)
DEWI = _person(113, PersonName("UMPAMA", "DEWI"), date(1987, 7, 7), "F", "IDN", QUEENS)
MARCO = _person(114, PersonName("ESEMPIO", "MARCO"), date(2000, 4, 3), "M", "ITA", BOSTON)
MARCO_TOO = _person(115, PersonName("ESEMPIO", "MARCO"), date(2000, 3, 4), "M", "ITA", CHICAGO)
VICTOR = _person(116, PersonName("EXAMPLE", "VICTOR"), date(1981, 3, 21), "M", "ZAF", HOUSTON)
ANNA = _person(117, PersonName("PRZYKŁAD", "ANNA", "", "PRZYKLAD", "ANNA"), date(1986, 1, 28), "F", "POL", CHICAGO)
JUMA = _person(118, PersonName("MFANO", "JUMA"), date(2002, 5, 11), "M", "KEN", HOUSTON)
ASHA = _person(119, PersonName("MFANO", "ASHA"), date(2003, 9, 1), "F", "KEN", HOUSTON)
PIERRE = _person(120, PersonName("SPÉCIMEN", "PIERRE", "", "SPECIMEN", "PIERRE"), date(1975, 2, 8), "M", "FRA", MIAMI)
WITHDRAWN_FIRST = 200
CROWDED_FIRST = 300
_GROUP_FAMILIES = """
DAIMEI JPN|NAMUNA IND|HALIMBAWA PHL|MUESTREO MEX|PRIKLAD UKR|VIDU VNM|APEERE NGA|UDAHARAN IND|ORNEK TUR|ULGI KAZ|PELDA HUN|
PARADEIGMA GRC|TAUIRA NZL|ENGHRAIFFT GBR|SAMPLU SOM|EREDU ESP|ESEMPIU ITA|PAVYZDYS LTU|NAIDE EST|ZGLED SVN|SIAMPL GBR|OREDI BRA
"""
_GROUP_GIVEN = "HANA ARJUN ROSA LITO EVA LINH MEERA TUNDE DENIZ AIDAR NOOR PAVEL SARA IVO LENA OMAR YARA KENJI MIRO ZOE EMIL DARIA"


def group(first: int, size: int, home: Place) -> list[Person]:
    """Students that a story needs in number; no two groups share a name with a birth date."""
    families = [entry.split() for entry in "".join(_GROUP_FAMILIES.split("\n")).split("|")]
    given_names = _GROUP_GIVEN.split()
    people = []
    for serial in range(first, first + size):
        family, iso3 = families[serial % len(families)]
        given = given_names[serial // len(families) * 7 % len(given_names) - serial % 5]
        born = date(1997 + serial % 7, 1 + serial * 5 % 12, 1 + serial * 11 % 28)
        people.append(_person(serial, PersonName(family, given), born, "FM"[serial % 2], iso3, home))
    return people
