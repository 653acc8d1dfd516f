"""Draw a hidden world and write what the source systems would send of it (`ingest.simulator`)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ingest.simulator.world import simulate


class Command(BaseCommand):
    help = "Write simulated drops, and the hidden truth beside them, into a folder. Nobody in them is real."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many people, for how many days, from which seed, into which folder."""
        parser.add_argument("--people", type=int, required=True)
        parser.add_argument("--days", type=int, required=True)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--until", type=date.fromisoformat, default=None, help="the last day (YYYY-MM-DD)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files and say how many."""
        out: Path = options["out"]
        out.mkdir(parents=True, exist_ok=True)
        until = {"until": options["until"]} if options["until"] else {}
        report = simulate(people=options["people"], days=options["days"], seed=options["seed"], out=out, **until)
        self.stdout.write(f"{report.drops} drops with {report.rows:,} rows about {report.people:,} people lie in {out}.")
