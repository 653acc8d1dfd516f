"""The demonstration's world: simulated drops, really received and applied, the legacy leads, the schedule in force.

Every step looks at what is there first, so that a killed start goes on where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from ingest.models import Extract
from ingest.services.receive import receive_directory
from ingest.simulator.world import LEGACY, TRUTH, simulate
from ingest.states import ExtractState
from leads.services.evaluation import evaluate_touched, sweep_due
from leadtrac.demo.history import play_history
from leadtrac.demo.people import make_people
from retention.models import Schedule
from retention.services.schedules import FICTIONAL_AUTHORITY, approve_schedule
from subjects.services.drain import drain

SEED = 20261122
PROGRESS_SECONDS = 5


@dataclass(frozen=True, slots=True)
class World:
    """How large the demonstration is."""

    people: int = 20_000
    days: int = 120
    every_days: int = 14
    until: date = date(2026, 11, 22)

    @property
    def folder(self) -> Path:
        """Where its drops are written."""
        return Path(settings.DROP_DIR) / "simulated"


def make_world(world: World, say: Callable[[str], None]) -> None:
    """Make what is missing of the demonstration, saying each step with its seconds."""
    steps: tuple[tuple[str, Callable[[World], str]], ...] = (
        ("people", _people),
        ("simulated drops", _drops),
        ("received and applied", partial(_apply, say=say)),
        ("legacy leads", _legacy),
        ("schedule", _schedule),
        ("verdicts", _verdicts),
        ("history", _history),
    )
    for name, step in steps:
        started = time.monotonic()
        result = step(world)
        say(f"  {name:<22} {result} ({time.monotonic() - started:.0f} s)")


def _people(world: World) -> str:
    return f"{make_people()} accounts made"


def _drops(world: World) -> str:
    if (world.folder / TRUTH).exists() and (world.folder / LEGACY).exists():
        return "there already"
    report = simulate(people=world.people, days=world.days, seed=SEED, out=world.folder, until=world.until, every_days=world.every_days)
    return f"{report.rows:,} rows in {report.drops} drops of nine sources"


def _apply(world: World, say: Callable[[str], None]) -> str:
    operator = User.objects.get(username="yamada")
    now = timezone.now()
    with acting_as(operator):
        received = receive_directory(actor=operator, directory=world.folder, now=now, apply=True)
    parts = drain(now=now, after_each=_Progress(say))
    return f"{len(received)} drops, {parts} pieces of work"


class _Progress:
    """Says every few seconds how many drops are applied."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._next = time.monotonic() + PROGRESS_SECONDS

    def __call__(self) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + PROGRESS_SECONDS
            applied = Extract.objects.filter(state=ExtractState.APPLIED).count()
            self._say(f"    {applied} of {Extract.objects.count()} drops applied")


def _legacy(world: World) -> str:
    call_command("migrate_legacy", world.folder / LEGACY, verbosity=0)
    return "taken over with their own creation dates"


def _schedule(world: World) -> str:
    officer = User.objects.get(username="novak")
    with acting_as(officer):
        proposed = Schedule.objects.filter(version=2, status=Schedule.Status.PROPOSED).first()
        if proposed is None:
            return "decided already"
        approve_schedule(actor=officer, schedule=proposed, authority=FICTIONAL_AUTHORITY, now=timezone.now())
    return "20 + 5 years in force under a fictional authority"


def _verdicts(world: World) -> str:
    actor = service_actor("leads")
    now: datetime = timezone.now()
    evaluate_touched(actor=actor, now=now)
    sweep_due(actor=actor, now=now)
    return "every subject judged"


def _history(world: World) -> str:
    return f"{play_history(now=timezone.now())} acts of the demonstration's people"
