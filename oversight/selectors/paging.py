"""Work lists page by page: each page goes on after the last row of the one before, wherever rows came or went meanwhile."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Case, IntegerField, Model, Q, QuerySet, Value, When

Row = TypeVar("Row", bound=Model)


NONE = Q(pk__in=())


def page_of(found: QuerySet[Row], *, by: str, newest_first: bool, after: UUID | None, rows: int, first: Q = NONE) -> tuple[list[Row], bool]:
    """At most `rows` of `found` in the order of the column `by`, after the row `after`; and whether more follow.

    What `first` holds of comes before everything else.
    """
    sign, further = ("-", "lt") if newest_first else ("", "gt")
    placed: QuerySet[Any] = found.annotate(place=Case(When(first, then=Value(0)), default=Value(1), output_field=IntegerField()))
    border = placed.filter(uuid=after).first() if after else None
    if border is not None:
        value, place = getattr(border, by), border.place
        beyond = Q(**{f"{by}__{further}": value}) | Q(**{by: value, f"pk__{further}": border.pk})
        placed = placed.filter(Q(place__gt=place) | (Q(place=place) & beyond))
    taken = list(placed.order_by("place", f"{sign}{by}", f"{sign}pk")[: rows + 1])
    return taken[:rows], len(taken) > rows
