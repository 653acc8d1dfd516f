"""`manage.py restore`: see `retention.services.restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from foundation.errors import DomainError
from retention.services import restore


class Command(BaseCommand):
    """Put a backup back, then destroy again what was destroyed since it was made."""

    help = "Restore a backup into the database of DATABASE_OWNER_URL and replay the ledger of destruction before it serves."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which backup."""
        parser.add_argument("folder", type=Path, help="The folder of one backup.")
        parser.add_argument("--without-ledger", default="", metavar="REASON", help="Restore though the ledger of destruction is lost.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, replay."""
        try:
            gone = restore.restore(options["folder"], now=timezone.now(), without_ledger=options["without_ledger"].strip())
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Restored. {gone:,} records that the backup still held were destroyed again.")
        self.stdout.write(
            "A hold keeps every record: holds, extensions and schedules entered since the backup are not in it. "
            "Enter them again (Records, Holds), then release that hold."
        )
