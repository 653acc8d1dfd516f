"""The offices that referrals go to, from the routing tables, and headquarters."""

from __future__ import annotations

from datetime import date

from access.models import Office
from leads.routing.areas import offices


def prepare_leads() -> None:
    """Bring the offices up to date with `leads/routing/data/offices.csv`; an office is never removed, it ends."""
    Office.objects.get_or_create(
        code="HQ-CTCEU",
        defaults={"name": "CTCEU headquarters", "kind": Office.Kind.HEADQUARTERS, "city": "Arlington", "valid_from": date(2003, 3, 1)},
    )
    for office in offices().values():
        Office.objects.update_or_create(
            code=office.code,
            defaults={
                "name": office.name,
                "kind": office.kind.value,
                "city": office.city,
                "valid_from": office.effective_from,
                "valid_until": office.effective_until,
            },
        )
