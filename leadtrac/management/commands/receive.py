"""Receive the drops of a folder; with --apply their rows are applied once checked, with --wait by this very process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from access.context import acting_as
from access.models import User
from ingest.models import Extract
from ingest.services.receive import receive_directory
from ingest.states import ExtractState
from subjects.services.drain import drain


class Command(BaseCommand):
    help = "Receive every drop (NAME.csv.gz with NAME.json) of a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder, and how far to go."""
        parser.add_argument("directory", type=Path)
        parser.add_argument("--apply", action="store_true", help="apply the rows as soon as a file is checked")
        parser.add_argument("--wait", action="store_true", help="do the work in this process instead of leaving it to the workers")
        parser.add_argument("--as", dest="username", default="svc-ingest", help="who receives (default: the system)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what became of each drop; exit non-zero when one was refused."""
        directory: Path = options["directory"]
        if not directory.is_dir():
            raise CommandError(f"There is no folder {directory}.")
        actor = User.objects.filter(username=options["username"], is_active=True).first()
        if actor is None:
            raise CommandError(f"Nobody is called {options['username']}.")
        now = timezone.now()
        with acting_as(actor):
            received = receive_directory(actor=actor, directory=directory, now=now, apply=options["apply"])
        if not received:
            raise CommandError(f"There is no drop in {directory}: a drop is NAME.csv.gz with NAME.json beside it.")
        if options["wait"]:
            drain(now=now)
        refused = 0
        for each in received:
            extract = Extract.objects.get(pk=each.extract.pk) if each.extract is not None else None
            reason = extract.refused_because if extract is not None else each.refused
            refused += bool(reason)
            self.stdout.write(f"{each.name}: {reason or self._words(extract, new=each.new)}")
        if refused:
            raise CommandError(f"{refused} of {len(received)} drops were refused.")

    @staticmethod
    def _words(extract: Extract | None, *, new: bool) -> str:
        if extract is None:
            return "not here"
        words = ExtractState(extract.state).label
        if extract.state == ExtractState.APPLIED:
            words += (
                f": {extract.row_count:,} rows = {extract.rows_applied:,} applied + {extract.rows_unchanged:,} unchanged"
                f" + {extract.rows_buffered:,} buffered + {extract.rows_quarantined:,} quarantined"
            )
        return words if new else f"was here already, {words}"
