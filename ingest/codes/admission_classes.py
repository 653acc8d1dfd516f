"""Class-of-admission codes: what kind of stay each gives (domain.md 4.4), in `admission_classes.csv`.

`dated` classes are admitted to a date, `ds` classes for duration of status, `parole` is no admission at all
(8 USC 1182(d)(5)(A), authorities.md PAROLE). The list is the public one and not complete: a code that is not there is kept
raw and noted, and no rule may guess its kind. A class that comes, goes or is admitted otherwise from a day on is a row more.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Literal, cast

from ingest.codes.dated import table

Stay = Literal["dated", "ds", "parole", "transit"]
VICTIM_CLASSES = frozenset({"T1", "T2", "T3", "T4", "T5", "T6", "U1", "U2", "U3", "U4", "U5"})  # 8 USC 1367


@lru_cache(maxsize=65_536)
def stay_of(code: str, on: date | None = None) -> Stay | None:
    """How a class is admitted on the day `on` (at the latest when None), or None for a code that the table does not know."""
    entry = table("admission_classes", "code").get(code, on=on)
    return cast(Stay, entry.says["stay"]) if entry else None
