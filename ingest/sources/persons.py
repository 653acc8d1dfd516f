"""The columns by which every source but ADIS describes a person, and the facts made of them. Pure."""

from __future__ import annotations

from datetime import date

from ingest.codes.countries import System, iso3
from ingest.codes.states import STATES
from ingest.facts import Address, AddressKind, NameForm
from ingest.sources.base import Code, Name, RowContract, Text, birth_date, column


class PersonRow(RowContract):
    """Name and biographic details. Country codes are ICAO unless a source says otherwise."""

    family_name: Name = column("Family name, romanized.", form="text", example="EXAMPLE")
    given_name: Name = column("Given names, romanized.", form="text", example="ANA MARIA")
    name_source_script: Name = column("The whole name in its own script.", form="text, UTF-8", example="Иван Примеров")
    date_of_birth: Code = column(
        "Date of birth. Partial or impossible dates are kept as written.", form="YYYY-MM-DD, YYYY-MM or YYYY", example="1991-02-17"
    )
    sex: Code = column("Sex as recorded.", form="F, M, X or U", example="F")
    country_of_birth: Code = column("Country of birth.", form="ICAO country code", example="BRA")
    citizenship: Code = column("Country of citizenship. Unknown codes are kept.", form="ICAO country code", example="BRA")


class AddressColumns(RowContract):
    """One address in the United States."""

    address_line: Text = column("Street and number.", form="text", example="120 Specimen Avenue")
    address_city: Name = column("City.", form="text", example="Houston")
    address_county: Name = column("County, where the source keeps it.", form="text", example="Harris")
    address_state: Code = column("State, USPS code. An invalid one is kept in the row and not used.", form="2 letters", example="TX")
    address_postal_code: Code = column("Postal code.", form="5 or 9 digits", example="77002")


def name_form(row: PersonRow, system: System, notes: list[str], *, on: date | None = None, us_person: bool | None = None) -> NameForm:
    """The name as this source wrote it; a citizenship code that no table knows is kept and noted."""
    born, born_text = birth_date(row.date_of_birth)
    mapped = iso3(system, row.citizenship, on) if row.citizenship else ""
    if row.citizenship and not mapped:
        notes.append(f"Citizenship code {row.citizenship} is in no table; kept as it is.")
    return NameForm(
        row.family_name,
        row.given_name,
        row.name_source_script,
        "primary",
        born,
        born_text,
        row.sex,
        row.country_of_birth,
        row.citizenship,
        mapped,
        us_person,
    )


def alias_form(family_name: str, given_name: str, kind: str = "alias") -> NameForm:
    """A further name of the same person."""
    return NameForm(family_name, given_name, kind=kind)


def address_of(
    row: AddressColumns,
    kind: AddressKind,
    notes: list[str],
    seen: tuple[date | None, date | None] = (None, None),
    *,
    confirmed: bool = False,
) -> Address | None:
    """The row's address, or None when the source gave none. `seen` is the first and the last day it was seen."""
    state = row.address_state
    if state and state not in STATES:
        notes.append("The state of the address is not a USPS code; not used.")
        state = ""
    if not (row.address_line or row.address_city or state):
        return None
    return Address(
        row.address_line, row.address_city, row.address_county, state, row.address_postal_code, kind, seen[0], seen[1], confirmed
    )
