"""What the lead page shows of retention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retention.selectors import clock_of, schedules_in_force, why_longest
from retention.selectors.runs import holds_on, kept_words

if TYPE_CHECKING:
    from access.models import User
    from leads.models import Lead


def retention_line(user: User, lead: Lead) -> dict[str, Any] | None:
    """ "record created 2 Aug 2026 · archive 2 Aug 2046 · destroy 2 Aug 2051 (schedule 25 v2) · no hold · kept until 2 Aug 2060" """
    clock = clock_of(lead.pk)
    if clock is None:
        return None
    # most leads meet no condition: no second question then
    longest = why_longest(clock.schedule, clock.conditions, schedules_in_force()) if clock.conditions else ""
    kept = kept_words(clock.kept_until, clock.kept_by)  # type: ignore[attr-defined]  # annotated by the selector
    return {"clock": clock, "holds": holds_on(lead.uuid), "longest": longest, "kept": kept}
