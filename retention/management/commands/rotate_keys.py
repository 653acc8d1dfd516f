"""`manage.py rotate_keys NEW_FILE`: see `retention.services.rotation`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.errors import DomainError
from retention.services.rotation import rotate


class Command(BaseCommand):
    """Wrap every data key anew."""

    help = "Wrap every data key under the key-encryption key in NEW_FILE; then put that file in place and start the application."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file of the new key."""
        parser.add_argument("new_file", type=Path, help="32 random bytes.")

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing."""
        try:
            count = rotate(options["new_file"])
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{count:,} data keys are wrapped under the new key. Put {options['new_file'].name} in place now.")
