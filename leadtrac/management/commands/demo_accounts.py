"""Print the demonstration's accounts as the launcher shows them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from leadtrac.demo.accounts import demo_accounts


class Command(BaseCommand):
    help = "List the accounts of the demonstration with their roles and offices."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a person."""
        if not settings.DEMO:
            message = "This is not a demonstration (LEADTRAC_DEMO=1)."
            raise CommandError(message)
        for account in demo_accounts():
            place = account["office"] or account["team"]
            self.stdout.write(f"  {account['username']:<12} {account['name']:<16} {account['role_label']:<16} {place}")
