"""`manage.py retention archive|propose|execute|maintain|canary|replay`: what a records officer's day needs, from a terminal.

`--as-of DATE` plays a day: ahead of the calendar only under a fictional authority (the demonstration's 25 years in a
minute). `--dry-run` says what would happen and rolls everything back. People sign on the pages; no command signs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from foundation.errors import Conflict, DomainError
from foundation.headquarters import desk_day
from retention.models import Disposition, DispositionItem
from retention.selectors import due_counts, schedules_in_force
from retention.selectors.runs import marks_in_sight
from retention.services import canary, restore
from retention.services.clocks import finish_restatement
from retention.services.execute import execute_run, running_runs
from retention.services.forget_again import still_here
from retention.services.gathering import finish_gathering
from retention.services.maintenance import STATISTICS, maintain, tables_waiting
from retention.services.runs import due_records, propose_run


class Command(BaseCommand):
    """Thin: each action is one service."""

    help = "Archive, propose, execute, maintain: retention from a terminal."

    def add_arguments(self, parser: CommandParser) -> None:
        """The action, the day, who acts."""
        parser.add_argument("action", choices=["archive", "propose", "execute", "maintain", "canary", "replay"])
        parser.add_argument("--as-of", type=date.fromisoformat, default=None, help="The day to play, YYYY-MM-DD; today without it.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen; change nothing.")
        parser.add_argument("--as", dest="username", default="", help="The records officer who acts; the retention service without it.")
        parser.add_argument("--without-ledger", default="", metavar="REASON", help="replay: though the ledger of destruction is lost.")
        parser.add_argument("--values", type=Path, default=None, help="canary: a file with one value a line to look for.")
        parser.add_argument("--logs", type=Path, nargs="*", default=[], help="canary: log files or folders beside LEADTRAC_LOG_PATHS.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it as the named person or service; a refusal is printed in the words of the desk."""
        actions: dict[str, Callable[[dict[str, Any]], None]] = {
            "archive": lambda given: self._propose(["archive"], given),
            "propose": lambda given: self._propose(["archive", "destroy"], given),
            "execute": self._execute,
            "maintain": self._maintain,
            "canary": self._canary,
            "replay": self._replay,
        }
        try:
            actions[options["action"]](options)
        except DomainError as error:
            raise CommandError(error.message) from error

    def _actor(self, options: dict[str, Any]) -> User:
        if not options["username"]:
            return service_actor("retention")
        actor = User.objects.filter(username=options["username"], is_active=True).first()
        if actor is None:
            message = "There is no active user of that name."
            raise CommandError(message)
        return actor

    def _propose(self, kinds: list[str], options: dict[str, Any]) -> None:
        now = timezone.now()
        day, actor = options["as_of"] or desk_day(now), self._actor(options)
        with acting_as(service_actor("retention")):
            archive, destroy = due_counts(day)
            self.stdout.write(f"Due on {day:%d %b %Y}: {archive:,} to archive, {destroy:,} to destroy.")
        with acting_as(actor):
            sets, schedules = marks_in_sight(), schedules_in_force()
        with acting_as(service_actor("retention")):
            listed = [
                (kind, marks, schedule, len(due_records(kind, day, marks=marks, schedule=schedule)))
                for kind, marks, schedule in product(kinds, sets, schedules)
            ]
        for kind, marks, schedule, records in listed:
            if (marks or schedule.condition) and not records:
                continue
            where = f"{kind} in compartment {', '.join(map(str, marks))}" if marks else kind
            where = f"{where} under {schedule.title}" if len(schedules) > 1 else where
            if options["dry_run"] or not records:
                self.stdout.write(f"{where}: a run would list {records:,} records.")
                continue
            try:
                with acting_as(actor):
                    run = propose_run(actor=actor, kind=kind, as_of=day, now=now, marks=marks, schedule=schedule)
            except Conflict as refused:  # nothing of the others waits for it
                self.stdout.write(f"{where}: {refused.message}")
                continue
            self.stdout.write(f"{where}: run {run.uuid} lists {records:,} records and waits for its review.")

    def _execute(self, options: dict[str, Any]) -> None:
        if not options["dry_run"]:
            finish_restatement(now=timezone.now())
            finish_gathering(now=timezone.now())
        waiting = running_runs()
        if not waiting:
            self.stdout.write("No run has been started.")
        for run_id in waiting:
            with acting_as(service_actor("retention")):
                run = Disposition.objects.get(pk=run_id)
                pending = DispositionItem.objects.filter(disposition=run, outcome="pending").count()
            if options["dry_run"]:
                self.stdout.write(f"run {run.uuid} ({run.kind}): {pending:,} records wait.")
                continue
            done = execute_run(run_id, now=timezone.now())
            self.stdout.write(f"run {run.uuid} ({run.kind}): {done:,} records left the list.")

    def _maintain(self, options: dict[str, Any]) -> None:
        if options["dry_run"]:
            with acting_as(service_actor("retention")):
                waiting = tables_waiting()
            self.stdout.write(f"{len(waiting)} tables wait to be rewritten: {', '.join(waiting) or 'none'}.")
            return
        done = maintain(actor=self._actor(options))
        for each in done:
            seconds = (each.finished_at - each.started_at).total_seconds()
            kept = f", {each.left_behind:,} dead rows kept by an old transaction: run it again" if each.left_behind else ""
            self.stdout.write(f"{each.table}: {each.bytes_before:,} to {each.bytes_after:,} bytes in {seconds:.1f} s{kept}")
        if done and STATISTICS not in {each.table for each in done}:
            self.stdout.write(f"{STATISTICS} may still quote values of deleted rows: run it again with DATABASE_OWNER_URL set.")

    def _canary(self, options: dict[str, Any]) -> None:
        if options["values"] is None:
            message = "Name a file with --values: one value a line that must be nowhere."
            raise CommandError(message)
        values = [line for line in options["values"].read_text().splitlines() if line.strip()]
        found = canary.scan(values, logs=options["logs"])
        for each in found:
            self.stdout.write(f"FOUND in {each.place}: value {each.value_number}")
        looked = canary.looked_at()
        for place, size in looked.items():
            self.stdout.write(f"looked through {place}: {size}")
        if found:
            message = f"{len(found)} places still hold what should be gone."
            raise CommandError(message)
        unread = ", ".join(place for place, size in looked.items() if size == canary.NOTHING)
        self.stdout.write(f"Nothing is left where something was read; nothing was read of {unread}." if unread else "Nothing is left.")

    def _replay(self, options: dict[str, Any]) -> None:
        lost = options["without_ledger"].strip()
        here = still_here() if options["dry_run"] else restore.replay(now=timezone.now(), without_ledger=lost)
        self.stdout.write(f"{here:,} records of the ledger were still here.{'' if options['dry_run'] else ' The database may serve.'}")
        if restore.keeps_everything():
            self.stdout.write("A hold keeps every record until somebody has entered again what the backup lacks (Records, Holds).")
