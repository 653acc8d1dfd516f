"""Work lists page by page: each page goes on after the last row of the one before, wherever rows came or went meanwhile."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


def page_of(found: QuerySet[Row], *, by: str, newest_first: bool, after: UUID | None, rows: int) -> tuple[list[Row], bool]:
    """At most `rows` of `found` in the order of the column `by`, after the row `after`; and whether more follow."""
    sign, further = ("-", "lt") if newest_first else ("", "gt")
    border: Any = found.filter(uuid=after).first() if after else None
    if border is not None:
        value = getattr(border, by)
        found = found.filter(Q(**{f"{by}__{further}": value}) | Q(**{by: value, f"pk__{further}": border.pk}))
    taken = list(found.order_by(f"{sign}{by}", f"{sign}pk")[: rows + 1])
    return taken[:rows], len(taken) > rows
