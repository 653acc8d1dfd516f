"""The work of `retention` without a person. Beat proposes; people sign; workers carry out what is signed."""

from __future__ import annotations

from itertools import product

from celery import shared_task
from django.utils import timezone

from access.clock import agreed_now
from access.context import acting_as
from access.selectors import service_actor
from access.tasks import ActorTask
from foundation.errors import Conflict
from foundation.headquarters import desk_day
from retention.models import Disposition
from retention.removal.holding import follow_live_holds
from retention.selectors import schedules_in_force
from retention.selectors.runs import marks_in_sight
from retention.services import clocks, execute, fixity, forgetting, gathering, register, upkeep
from retention.services.runs import propose_run

ME = "retention"


@shared_task(base=ActorTask)
def execute_runs(*, actor: str) -> None:
    """Carry out every run that people have started; a lost message costs the time until the next sweep.

    Records that are just being dated anew, and holds that are just finding theirs, are waited for: done here first, whatever
    became of the message about them.
    """
    clocks.finish_restatement(now=timezone.now())
    gathering.finish_gathering(now=timezone.now())
    for run_id in execute.running_runs():
        execute.execute_run(run_id, now=timezone.now())


@shared_task(base=ActorTask)
def restate_clocks(*, actor: str) -> None:
    """Date the records anew that an approval left to the workers."""
    clocks.finish_restatement(now=timezone.now())


@shared_task(base=ActorTask)
def gather_holds(*, actor: str) -> None:
    """Find the records of live holds that have not found all of theirs."""
    gathering.finish_gathering(now=timezone.now())


@shared_task(base=ActorTask)
def propose_due(*, actor: str) -> None:
    """Freeze the lists of what has become due; nothing happens to a record before people have signed."""
    now = timezone.now()
    clocks.finish_restatement(now=now)  # nothing is proposed while records are being dated anew
    service = service_actor(ME)
    with acting_as(service):
        marks, schedules = marks_in_sight(), schedules_in_force()
    for kind, of_them, schedule in product(Disposition.Kind.values, marks, schedules):
        try:
            with acting_as(service):
                propose_run(actor=service, kind=kind, as_of=desk_day(now), now=now, marks=of_them, schedule=schedule)
        except Conflict:
            continue  # nothing is due


@shared_task(base=ActorTask)
def keep_up(*, actor: str) -> None:
    """Nightly: forget suppressions whose time is over, sweep stray files, ask live holds again, open this year's review, read some sealed
    records again."""
    service = service_actor(ME)
    with acting_as(service):
        now = agreed_now()
        follow_live_holds(now=now)
        upkeep.forget_suppressions(now=now)
        upkeep.sweep_stray_files(now=now)
        register.open_review(year=now.year)
        to_read = fixity.due_tonight()
    for _ in range(to_read):
        with acting_as(service):
            if not fixity.check_next(now=now):
                break


@shared_task(base=ActorTask)
def forget_people(*, actor: str) -> None:
    """Nightly: forget people without a lead whom nobody needs any more."""
    with acting_as(service_actor(ME)):
        now = agreed_now()
    forgetting.forget_people(now=now)
