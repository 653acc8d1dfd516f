"""Many ids as one parameter: neither the text of a query nor its parameters grow with their number."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models.expressions import RawSQL


def one_of(ids: Sequence[int]) -> RawSQL:
    """The ids as one array parameter, for `filter(x__in=one_of(ids))`: a list of 500 costs 20 ms of parsing a query."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])  # a constant and a bound parameter
