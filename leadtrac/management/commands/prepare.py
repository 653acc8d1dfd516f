"""Bring reference data up to date. Runs as the owner (LEADTRAC_AS_OWNER=1), after `migrate`; safe to run again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from leadtrac.reference import prepare


class Command(BaseCommand):
    help = "Write roles, service actors, compartments, offices, schedules and the context secret into the database."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse under the application role, which may not write these tables."""
        if not settings.AS_OWNER:
            message = "Run this as the owner: LEADTRAC_AS_OWNER=1 manage.py prepare (the launcher does it for you)."
            raise CommandError(message)
        prepare()
        self.stdout.write("Reference data is up to date.")
