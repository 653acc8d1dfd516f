"""`make bench`: run the measurements by name, print each beside its yardstick, fail below a committed floor."""

from __future__ import annotations

import importlib
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from leadtrac.bench.database import fresh_database

# name -> module with `measure(scale: int) -> Iterable[Figure]`; scale 1 is the size of `make bench`
MEASUREMENTS: dict[str, str] = {
    "access": "leadtrac.bench.access",
    "audit": "leadtrac.bench.audit",
    "load": "leadtrac.bench.load",
    "sources": "leadtrac.bench.sources",
    "identity": "leadtrac.bench.identity",
    "judge": "leadtrac.bench.judge",
    "linkage": "leadtrac.bench.linkage",
    "pages": "leadtrac.bench.pages",
    "queue": "leadtrac.bench.queue",
    "retention": "leadtrac.bench.retention",
    "search": "leadtrac.bench.search",
    "world": "leadtrac.bench.world",
}


class Command(BaseCommand):
    help = "Measure loading, queue and search beside their yardsticks."

    def add_arguments(self, parser: CommandParser) -> None:
        """Names of measurements, and how much larger than usual."""
        parser.add_argument("names", nargs="*", help=f"Which: {', '.join(MEASUREMENTS)}. All without a name.")
        parser.add_argument("--scale", type=int, default=1, help="How many times the usual size.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Each measurement gets a database of its own."""
        names = options["names"] or list(MEASUREMENTS)
        unknown = [name for name in names if name not in MEASUREMENTS]
        if unknown:
            message = f"No measurement is called {', '.join(unknown)}. There are: {', '.join(MEASUREMENTS)}."
            raise CommandError(message)
        broken = []
        for name in names:
            self.stdout.write(f"--- {name}")
            started = time.monotonic()
            with fresh_database():
                for figure in importlib.import_module(MEASUREMENTS[name]).measure(options["scale"]):
                    self.stdout.write(figure.line())
                    self.stdout.flush()
                    if not figure.holds:
                        broken.append(figure.name)
            self.stdout.write(f"    ({time.monotonic() - started:.0f} s)")
        if broken:
            message = f"Below the floor: {'; '.join(broken)}."
            raise CommandError(message)
