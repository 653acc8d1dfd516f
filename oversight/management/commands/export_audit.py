"""`manage.py export_audit`: what the stand-alone verifier takes; proofs of single events; the public key."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.log.proofs import NoProof, prove_event, prove_growth
from audit.log.verifying import log_key
from audit.services import record
from oversight.services.log import export_to


class Command(BaseCommand):
    help = "Export the sealed log for verifier/verify_log.py, or one proof, or print the log's public key."

    def add_arguments(self, parser: CommandParser) -> None:
        """One of file, --public-key; --proof and --growth write a proof into the file instead of the log."""
        parser.add_argument("file", nargs="?", type=Path, help="Where to write; never overwritten.")
        parser.add_argument("--words", action="store_true", help="With the words: the file then holds personal data.")
        parser.add_argument("--proof", type=uuid.UUID, help="Prove that the event with this id stands in the signed log.")
        parser.add_argument("--growth", type=int, help="Prove that the checkpoint of this size is the beginning of the last one.")
        parser.add_argument("--public-key", action="store_true", help="Print the public key that verifiers take.")

    def handle(self, **options: Any) -> None:
        """Write what was asked for."""
        if options["public_key"]:
            self.stdout.write(log_key())
            return
        if options["file"] is None:
            message = "Name the file to write, or ask for --public-key."
            raise CommandError(message)
        try:
            with options["file"].open("xb") as target:
                self._write(target, options)
        except FileExistsError as error:
            message = "This file exists already; choose another name."
            raise CommandError(message) from error
        except NoProof as error:
            options["file"].unlink()
            message = "Nothing sealed has this id or size."
            raise CommandError(message) from error

    def _write(self, target: Any, options: dict[str, Any]) -> None:
        service = service_actor("audit")
        if options["proof"] is None and options["growth"] is None:
            count = export_to(target, actor=service, with_words=options["words"])
            self.stdout.write(f"{count:,} events written.")
            return
        with acting_as(service):
            proof = prove_event(options["proof"]) if options["proof"] else prove_growth(options["growth"])
            record(Act.EXPORT, object_kind="log", object_uuid=options["proof"], fields=["proof"])
        target.write(json.dumps(proof, indent=1).encode())
