"""What hangs on a person: the lead that is open about them, and how near it is to somebody's door."""

from __future__ import annotations

from django.db.models import Case, Exists, IntegerField, OuterRef, Value, When

from leads.models import Lead
from leads.states import OPEN_STATES, REFERRED_STATES

RANKS = {2: "a lead that an office has", 1: "an open lead"}


def rank_of_leads(column: str) -> Case:
    """2 where an office has a lead about the subject in `column`, 1 where another one is open, else 0; in the reader's sight."""
    about = Lead.objects.filter(subject_id=OuterRef(column))
    return Case(
        When(Exists(about.filter(state__in=REFERRED_STATES)), then=Value(2)),
        When(Exists(about.filter(state__in=OPEN_STATES)), then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
