"""The demonstration's world: simulated drops, really received and applied, the legacy leads, the schedule in force.

Every step looks at what is there first, so that a killed start goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from time import monotonic

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.context import Work, work
from ingest.drops import Drop, find_drops, read_manifest
from ingest.services.receive import receive_drop
from ingest.simulator.world import LEGACY, TRUTH, simulate
from leads.services.evaluation import evaluate_touched, sweep_due
from leads.services.group_counts import count_groups
from leads.services.organizations import evaluate_organizations
from leads.services.quality import draw_samples
from leadtrac.demo.history import play_history
from leadtrac.demo.people import make_people
from leadtrac.demo.reading import play_reading
from leadtrac.demo.seldom import play_seldom
from retention.models import Schedule
from retention.services.clocks import finish_restatement
from retention.services.forgetting import forget_people
from retention.services.schedules import FICTIONAL_AUTHORITY, approve_schedule, propose_schedule
from subjects.services.drain import drain

SEED = 20261122


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
        ("legacy leads", _legacy),
        ("schedule", _schedule),
        ("extracts and verdicts", partial(_weeks, say=say)),
        ("history", _history),
        ("what happens seldom", _seldom),
        ("reading", _reading),
        ("a night", _night),
    )
    for name, step in steps:
        started = monotonic()
        result = step(world)
        say(f"  {name:<22} {result} ({monotonic() - started:.0f} s)")


def _night(world: World) -> str:
    return f"{forget_people(now=datetime.now(UTC))} people without a lead went, the others are counted"


def _people(world: World) -> str:
    return f"{make_people()} accounts made"


def _drops(world: World) -> str:
    if (world.folder / TRUTH).exists() and (world.folder / LEGACY).exists():
        return "there already"
    report = simulate(people=world.people, days=world.days, seed=SEED, out=world.folder, until=world.until, every_days=world.every_days)
    return f"{report.rows:,} rows in {report.drops} drops of nine sources"


def _weeks(world: World, say: Callable[[str], None]) -> str:
    days = bring_in(world.folder, operator=User.objects.get(username="yamada"), say=say)
    return f"{days} days of extracts"


def bring_in(folder: Path, *, operator: User, say: Callable[[str], None]) -> int:
    """Receive, apply and judge the drops of a folder day by day, as they came: leads open, and close when the truth arrives.

    Each day at noon UTC of the drops' own day. Returns how many days there were.
    """
    judge = service_actor("leads")
    days: dict[date, list[Drop]] = {}
    for drop in find_drops(folder):
        days.setdefault(read_manifest(drop.manifest_path).as_of.date(), []).append(drop)
    for day in sorted(days):
        moment = datetime.combine(day, time(12), tzinfo=UTC)
        with work(Work(clock=moment, view="history")):
            with acting_as(operator):
                for drop in days[day]:
                    receive_drop(actor=operator, drop=drop, now=moment, apply=True)
            drain(now=moment)
            evaluate_touched(actor=judge, now=moment)
            sweep_due(actor=judge, now=moment)
            evaluate_organizations(actor=judge, now=moment)
            with acting_as(judge):
                draw_samples(actor=judge, now=moment)
                count_groups(actor=judge, now=moment)
        say(f"    {day:%d %b %Y}: {len(days[day])} drops")
    return len(days)


def _legacy(world: World) -> str:
    call_command("migrate_legacy", world.folder / LEGACY, verbosity=0)
    return "taken over with their own creation dates"


def _schedule(world: World) -> str:
    officer = User.objects.get(username="novak")
    with acting_as(officer):
        proposed = Schedule.objects.filter(series="leads", version=2, status=Schedule.Status.PROPOSED).first()
        if proposed is None:
            return "decided already"
        approve_schedule(actor=officer, schedule=proposed, authority=FICTIONAL_AUTHORITY, now=timezone.now())
    finish_restatement(now=timezone.now())
    colleague = User.objects.get(username="okafor")
    with acting_as(colleague):  # for a colleague to compare and approve: the longest of two dates such a lead
        propose_schedule(
            actor=colleague,
            title="40 years from creation: 25 active, 15 archived",
            active_years=25,
            archived_years=15,
            condition="referral_accepted",
        )
    return "20 + 5 years in force under a fictional authority; 25 + 15 for accepted leads proposed"


def _history(world: World) -> str:
    return f"{play_history(now=timezone.now())} acts of the demonstration's people"


def _seldom(world: World) -> str:
    return f"{play_seldom(now=timezone.now())} acts"


def _reading(world: World) -> str:
    return f"{play_reading(now=timezone.now())} findings of unusual reading"
