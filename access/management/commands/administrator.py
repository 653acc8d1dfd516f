"""The first account of an installation, by whoever keeps the server: `manage.py administrator NAME --reason WORDS`.

Works only while nobody is an administrator; everybody else's account is made on the page of accounts.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from access.checks import refuse_unbound_role
from access.context import acting_as
from access.forms import AccountForm
from access.selectors import service_actor
from access.services.accounts import make_administrator
from foundation.errors import DomainError


class Command(BaseCommand):
    """Thin: one service."""

    help = "Make the account of an administrator where nobody is one, and print its first passphrase."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, and why."""
        parser.add_argument("username", metavar="NAME", help="the sign-in name: small letters, digits, dots")
        parser.add_argument("--display-name", default="", metavar="NAME", help="the name that colleagues see")
        parser.add_argument("--email", default="", help="the office email")
        parser.add_argument("--reason", required=True, metavar="WORDS", help="why; it goes on record")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the passphrase once; it is kept nowhere."""
        refuse_unbound_role()
        name = options["display_name"] or options["username"]
        form = AccountForm({"username": options["username"], "display_name": name, "email": options["email"]})
        if not form.is_valid():
            raise CommandError(" ".join(f"{field}: {' '.join(map(str, words))}" for field, words in form.errors.items()))
        given = {key: form.cleaned_data[key] for key in ("username", "display_name", "email")}
        service = service_actor("audit")
        try:
            with acting_as(service):
                _, passphrase = make_administrator(actor=service, reason=options["reason"], now=timezone.now(), **given)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"First passphrase of {given['username']}: {passphrase}")
        self.stdout.write("It is shown this once. At the first sign-in it is changed and a second step is set up.")
