"""Compute the desk clock of every open lead again from its history: after a change of the calendar or of the days of the desk."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from access.selectors import service_actor
from leads.services.clocks import recompute_all_clocks


class Command(BaseCommand):
    help = "Compute the clocks of all open leads again; says how many were wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        """Once through; safe to run again."""
        wrong = recompute_all_clocks(actor=service_actor("leads"), now=timezone.now())
        self.stdout.write(f"{wrong:,} clocks were wrong and are right now.")
