"""`manage.py verify_audit`: recompute the sealed log in place and compare it with every published checkpoint."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from access.selectors import service_actor
from oversight.services.log import verify_log
from verifier.verify_log import told


class Command(BaseCommand):
    help = "Verify the sealed log against the published checkpoints; exits with 1 when something was touched."

    def handle(self, **options: Any) -> None:
        """Verify, tell, and exit with 1 when something was touched."""
        report = verify_log(actor=service_actor("audit"), now=timezone.now())
        for line in told(report):
            self.stdout.write(line)
        if not report.sound:
            sys.exit(1)
