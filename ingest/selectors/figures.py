"""Figures of the intake: how old each source is beside its limit, and what share of its rows was quarantined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Sum

from access.models import User
from access.permissions import Permission
from access.policy import require
from ingest.models import Extract
from ingest.names import short_name
from ingest.selectors.work import source_status
from ingest.sources.registry import SOURCES
from ingest.states import ExtractState

SPAN = timedelta(weeks=12)


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """One source: age in days of what it last sent (None: nothing yet), its limit, rows of 12 weeks and those quarantined."""

    code: str
    name: str
    newest_as_of: date | None
    age_days: int | None
    limit_days: int
    stale: bool
    rows: int
    quarantined: int


def extract_states_for(user: User) -> dict[str, int]:
    """How many extracts are in each state; one query. Raises `Forbidden`."""
    require(user, Permission.VIEW_EXTRACT)
    return dict(Extract.objects.order_by().values_list("state").annotate(extracts=Count("pk")))


def source_figures_for(user: User, *, now: datetime) -> list[SourceFigures]:
    """Every source in the order of the registry. Rows are those of extracts applied in the 12 weeks before `now`.

    Extracts hold counts only, so everybody with VIEW_EXTRACT gets the same numbers; the rows themselves are the intake's.
    Raises `Forbidden`.
    """
    require(user, Permission.VIEW_EXTRACT)
    recent = Extract.objects.filter(state=ExtractState.APPLIED, applied_at__gte=now - SPAN, applied_at__lte=now).order_by()
    sums = {
        source: (rows, quarantined)
        for source, rows, quarantined in recent.values_list("source").annotate(received=Sum("row_count"), unusable=Sum("rows_quarantined"))
    }
    return [
        SourceFigures(
            code=status.code,
            name=short_name(status.code),
            newest_as_of=status.newest_as_of,
            age_days=status.age_days,
            limit_days=SOURCES[status.code].freshness_days,
            stale=status.stale,
            rows=sums.get(status.code, (0, 0))[0],
            quarantined=sums.get(status.code, (0, 0))[1],
        )
        for status in source_status(now.date())
    ]
