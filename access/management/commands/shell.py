"""Django's shell, on condition that somebody acts: `manage.py shell --as USER` opens the database's context for USER.

The whole session is one transaction; leaving it commits, an exception rolls back. Without `--as` protected tables are empty.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.shell import Command as DjangoShell

from access.checks import refuse_unbound_role
from access.context import acting_as
from access.models import User
from audit.acts import Act
from audit.services import record


class Command(DjangoShell):
    help = "Run a Python shell as a named user; row-level security and the audit log hold here too."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add `--as`."""
        super().add_arguments(parser)
        parser.add_argument("--as", dest="username", default="", help="The user who acts; without one protected tables show no rows.")

    def handle(self, **options: Any) -> None:
        """Open the context, then Django's shell."""
        refuse_unbound_role()
        username = options.pop("username", "")
        if not username:
            super().handle(**options)
            return
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            message = "There is no active user of that name."
            raise CommandError(message)
        with acting_as(user):
            record(Act.PAGE, payload={"shell": True})
            super().handle(**options)
