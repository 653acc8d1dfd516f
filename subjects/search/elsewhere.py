"""What a search finds beside name, birth and the numbers of a person: plates, numbers of events and visa records, addresses,
employers and schools. Each is one look-up by an index, under the sight of the current context.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from ingest.services.source_rows import record_key
from organizations.selectors import ids_named_like
from subjects.models import EmploymentFact, EncounterFact, IdentityLink, StatusFact, VehicleFact
from subjects.search.terms import Terms

MOST = 120  # people by one address, employer, plate or event
PLACES = frozenset({"address", "employer", "school"})  # shared by many
LONGEST_PLATE = 10  # letters and digits
SHORTEST_LINE = 4  # letters of an address below which too many would begin alike


def stated(terms: Terms, within: Sequence[int] | None = None) -> dict[int, list[str]]:
    """Subject to the words of what fits: the first `MOST` by each element, or those among `within`."""
    found: dict[int, list[str]] = {}
    for word, subjects in (*_by_number(terms.number, within), *_by_place(terms, within)):
        for subject in subjects:
            found.setdefault(subject, []).append(word)
    return found


def _by_number(typed: str, within: Sequence[int] | None) -> Iterator[tuple[str, list[int]]]:
    """A plate, the number of an encounter (EID event, TECS record, docket), the control number of a visa."""
    if not typed.strip():
        return
    written = spellings(typed)
    yield "vehicle plate", _subjects(VehicleFact.objects.filter(plate__in=written, retracted_at=None), within)
    yield "number of an encounter", _subjects(EncounterFact.objects.filter(event_number__in=written, retracted_at=None), within)
    keys = [record_key("ccd", each) for each in written]
    yield "visa control number", _subjects(IdentityLink.objects.filter(source="ccd", record_key__in=keys, closed_at=None), within)


def spellings(typed: str) -> set[str]:
    """How sources may write a number of this kind: as typed, in capitals, without marks, and as plates are written: with one
    blank or hyphen somewhere, or one wherever letters and digits meet. They are kept as their source wrote them."""
    text = " ".join(typed.split())
    bare = "".join(filter(str.isalnum, text)).upper()
    found = {text, text.upper(), bare}
    if len(bare) <= LONGEST_PLATE:
        for mark in " -":
            found |= {bare[:place] + mark + bare[place:] for place in range(1, len(bare))}
            found.add(mark.join(re.findall(r"[^\W\d_]+|\d+", bare)))
    return found


def _by_place(terms: Terms, within: Sequence[int] | None) -> Iterator[tuple[str, list[int]]]:
    line, _, city = (part.strip() for part in terms.address.partition(","))
    if len(line) >= SHORTEST_LINE:
        with connection.cursor() as cursor:
            everybody = None if within is None else list(within)
            cursor.execute("SELECT subject_id FROM subjects_living(%s, %s, %s::bigint[], %s)", [line, city, everybody, MOST])
            yield "address", [row[0] for row in cursor.fetchall()]
    if terms.workplace.strip():
        places = ids_named_like(terms.workplace)
        yield "employer", _subjects(EmploymentFact.objects.filter(organization__in=places, retracted_at=None), within)
        yield "school", _subjects(StatusFact.objects.filter(organization__in=places, retracted_at=None), within)


def _subjects(rows: QuerySet[Any], within: Sequence[int] | None) -> list[int]:
    if within is not None:
        rows = rows.filter(subject_id__in=within)
    return list(rows.values_list("subject_id", flat=True).distinct().order_by("subject_id")[:MOST])
