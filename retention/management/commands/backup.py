"""`manage.py backup`: see `retention.services.restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.clock import agreed_now
from foundation.errors import DomainError
from retention.services import restore


class Command(BaseCommand):
    """Dump the database and copy the archive."""

    help = "Write a backup to a new folder, and remove the backups that are older than the horizon."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where backups lie."""
        parser.add_argument("target", type=Path, help="The folder of all backups.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make one."""
        try:
            made = restore.backup(options["target"], now=agreed_now())  # whose clock is wrong would remove backups too early or too late
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{made.folder.name}: {made.size_bytes:,} bytes; {made.removed} older than the horizon removed.")
