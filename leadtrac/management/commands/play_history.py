"""Let the demonstration's people act on a past clock, so that inboxes, closed leads and reviews are not empty."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leadtrac.demo.history import play_history


class Command(BaseCommand):
    help = "Play what is missing of the demonstration's history."

    def handle(self, *args: Any, **options: Any) -> None:
        """Count what was played."""
        if not settings.DEMO:
            message = "This plays a demonstration and is refused elsewhere (LEADTRAC_DEMO=1)."
            raise CommandError(message)
        self.stdout.write(f"{play_history(now=timezone.now())} acts played.")
