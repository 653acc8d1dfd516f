"""Numbers of the simulated world: each from a range that no real person can have (see `ingest.identifiers`).

Every number is a function of a serial number alone, spread over its range by a fixed permutation, so that two people
never share one by accident and no table of used numbers is kept. Serials below `FIRST_PERSON` belong to the cast and
to the legacy leads.
"""

from __future__ import annotations

from datetime import date

FIRST_PERSON = 10_000
TRIPS_PER_PERSON = 4  # numbers that a person can have several of are spaced by this


def spread(serial: int, size: int) -> int:
    """A permutation of 0..size-1 for sizes that are powers of ten: neighbors land far apart."""
    return (serial * 7_368_787 + 2_718_281) % size


def slot(person: int, trip: int) -> int:
    """The serial of a person's `trip`-th document (0 to TRIPS_PER_PERSON - 1)."""
    return person * TRIPS_PER_PERSON + trip


def i94(person: int, trip: int) -> str:
    """`999`, six digits, X, Y or Z, a digit: thirty million numbers."""
    serial = slot(person, trip)
    low = spread(serial % 10_000_000, 10_000_000)
    return f"999{low // 10:06d}{'XYZ'[serial // 10_000_000 % 3]}{low % 10}"


def passport(person: int, renewal: int = 0) -> str:
    """`ZZ` and seven digits; the issuer is always UTO. The second document of a person is a renewal."""
    return f"ZZ{spread(person * 2 + renewal, 10_000_000):07d}"


def a_number(person: int) -> str:
    """`A9` and eight digits."""
    return f"A9{spread(person, 100_000_000):08d}"


def sevis_id(person: int, record: int = 0) -> str:
    """`N99` and eight digits."""
    return f"N99{spread(slot(person, record), 100_000_000):08d}"


def fin(person: int) -> str:
    """`99` and eight digits."""
    return f"99{spread(person, 100_000_000):08d}"


def visa_foil(person: int) -> str:
    """`X` and seven digits."""
    return f"X{spread(person * 2, 10_000_000):07d}"


def visa_control(person: int, issued: date) -> str:
    """Year, day 999 (which no year has), seven digits."""
    return f"{issued.year}999{spread(person * 2, 10_000_000):07d}"


def receipt(person: int, received: date, number: int = 0) -> str:
    """`SIM`, two digits of the year, eight digits."""
    return f"SIM{received.year % 100:02d}{spread(slot(person, number), 100_000_000):08d}"


def ssn(person: int) -> str:
    """Area 900-999, group 01-49: neither an SSN nor an ITIN nor an ATIN. Repeats after 49 million people."""
    serial = spread(person % 10_000_000, 10_000_000)
    return f"9{serial % 100:02d}{1 + serial // 100 % 49:02d}{1 + serial // 1000 % 9999:04d}"


def eid_event(person: int, on: date, number: int = 0) -> str:
    """Site `SIM`, year, month, six digits."""
    return f"SIM{on.year % 100:02d}{on.month:02d}{spread(person * 2 + number, 1_000_000):06d}"


def eid_subject(person: int) -> str:
    """`99` and eight digits."""
    return f"99{spread(person, 100_000_000):08d}"


def tecs_id(person: int, number: int = 0) -> str:
    """`SIM` and nine digits."""
    return f"SIM{spread(slot(person, number), 1_000_000_000):09d}"


def phone(person: int) -> str:
    """Exchange 555, line 0100-0199, any area: kept for fiction. Repeats after 80,000 people."""
    serial = spread(person % 1_000_000, 1_000_000)
    return f"+1{200 + serial // 100 % 800}55501{serial % 100:02d}"


def email(family_name: str, given_name: str, person: int) -> str:
    """A mailbox under a reserved host."""
    letters = "".join(
        character
        for character in f"{given_name[:1]}.{family_name}".lower()
        if character.isascii() and (character.isalnum() or character == ".")
    )
    return f"{letters}.{person}@mail.example"


def plate(person: int) -> str:
    """`SIM` and four digits: no state issues it."""
    return f"SIM{spread(person % 10_000, 10_000):04d}"


def school_code(number: int) -> str:
    """District `SIM`."""
    return f"SIM214F{number:08d}"


def program_code(number: int) -> str:
    """`P-4-99` and three digits."""
    return f"P-4-99{number:03d}"
