"""Make the demonstration's world; started again after a kill, it goes on where it stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from leadtrac.demo.world import World, make_world


class Command(BaseCommand):
    help = "Make the demonstration: people, simulated drops, leads, history."

    def add_arguments(self, parser: CommandParser) -> None:
        """How large."""
        parser.add_argument("--people", type=int, default=World().people, help="How many people the simulator draws.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse outside a demonstration: it makes accounts that sign in with a button."""
        if not settings.DEMO:
            message = "This makes a demonstration and is refused elsewhere (LEADTRAC_DEMO=1)."
            raise CommandError(message)
        yesterday = timezone.now().date() - timedelta(days=1)  # the sources spoke last night: else every source would be stale
        make_world(World(people=options["people"], until=yesterday), self._say)

    def _say(self, line: str) -> None:
        """Write at once: the launcher reads from a pipe."""
        self.stdout.write(line)
        self.stdout.flush()
