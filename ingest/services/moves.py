"""The one function that moves an extract from state to state, by the table in `ingest.states`."""

from __future__ import annotations

from typing import Any

from foundation.errors import Conflict
from ingest.models import Extract
from ingest.states import LEGAL_EXTRACT_MOVES, ExtractState


def move_extract(extract: Extract, target: ExtractState, **values: Any) -> None:
    """Move `extract` to `target` and set `values` with it; raises `Conflict` when the table or the database says no."""
    source = ExtractState(extract.state)
    if target not in LEGAL_EXTRACT_MOVES[source]:
        raise Conflict(f"This extract is {source.label}; it cannot become {target.label}.")
    changed = Extract.objects.filter(pk=extract.pk, state=source).update(state=target, **values)
    if not changed:
        raise Conflict("Somebody else has moved this extract on. Load the page again.")
    extract.state = target
    for name, value in values.items():
        setattr(extract, name, value)
