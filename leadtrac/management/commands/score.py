"""Compare what the application found in a simulated world with the hidden truth about it (`leadtrac.comparison`): precision
and recall of leads by rule beside the naive rule, by source and by noise; of identity links by source and by noise."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from access.context import acting_as
from access.selectors import service_actor
from leads.services.evaluation import evaluate_touched
from leadtrac.comparison import compared
from leadtrac.score_words import identity_lines, kind_lines, rule_lines, situation_lines, summary_lines, wrong_lines


class Command(BaseCommand):
    help = "Print how well leads and identities agree with the hidden truth of a simulated world. Prints counts only."

    def add_arguments(self, parser: CommandParser) -> None:
        """The truth file, whether to judge first, and how much to print."""
        parser.add_argument("--truth", type=Path, required=True, help="truth.jsonl.gz, as the simulator wrote it")
        parser.add_argument("--judge", action="store_true", help="first judge in this process whoever waits for it, as the workers do")
        parser.add_argument("--situations", action="store_true", help="also by situation: where the answers are wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, compare, print. Fails when the world of the truth file was never received here."""
        path: Path = options["truth"]
        if not path.is_file():
            message = f"There is no file {path}."
            raise CommandError(message)
        if options["judge"]:
            evaluate_touched(actor=service_actor("leads"), now=timezone.now())
        with acting_as(service_actor("leads")):
            comparison = compared(path)
        if comparison is None:
            message = "None of these people is a record here: receive and apply the extracts of this world first."
            raise CommandError(message)
        leads, closed = comparison.leads, comparison.closed
        for lines in (rule_lines(leads), kind_lines(leads), wrong_lines(leads, closed), summary_lines(leads, closed)):
            self._print(lines)
        if options["situations"]:
            self._print(situation_lines(leads))
        self._print(identity_lines(comparison.identities))

    def _print(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)
