"""The work of `leads` without a person: judging what was touched, sweeping what is due, ending leases. Thin: services do it."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from access.context import acting_as
from access.selectors import service_actor
from access.tasks import ActorTask
from leads.services import (
    attachments,
    bulk,
    bulk_work,
    drafts,
    evaluation,
    group_counts,
    measuring,
    notices,
    organizations,
    quality,
    replays,
    saved_views,
    stops,
    telling,
    triage,
    waiting,
    workload,
)

ME = "leads"


@shared_task(base=ActorTask)
def evaluate_touched(*, actor: str) -> None:  # `ActorTask` demands it
    """Judge every subject of whom a fact changed, then wake what waited for it; may run in several workers at once."""
    service = service_actor(ME)
    evaluation.evaluate_touched(actor=service, now=timezone.now())
    with acting_as(service):
        waiting.wake_waiting(actor=service, now=timezone.now())


@shared_task(base=ActorTask)
def work_bulk_runs(*, actor: str) -> None:
    """Carry out what people ordered for many leads; a lost message costs the time until the next sweep."""
    bulk_work.work_bulk_runs(now=timezone.now())


@shared_task(base=ActorTask)
def sweep_due(*, actor: str) -> None:
    """Judge the subjects whose day has come."""
    evaluation.sweep_due(actor=service_actor(ME), now=timezone.now())


@shared_task(base=ActorTask)
def release_expired_claims(*, actor: str) -> None:
    """End the leases and the holds whose time is over."""
    service = service_actor(ME)
    with acting_as(service):
        triage.release_expired_claims(actor=service, now=timezone.now())
    with acting_as(service):
        triage.end_expired_holds(actor=service, now=timezone.now())
    with acting_as(service):
        workload.release_absent(actor=service, now=timezone.now())
    with acting_as(service):
        bulk.forget_reasons(actor=service, now=timezone.now())


@shared_task(base=ActorTask)
def check_standing_views(*, actor: str) -> None:
    """Ask the standing views, each as its owner, what has come into them."""
    saved_views.check_standing_views(service=service_actor(ME), now=timezone.now())


@shared_task(base=ActorTask)
def evaluate_organizations(*, actor: str) -> None:
    """Judge schools, programs and employers by their numbers."""
    organizations.evaluate_organizations(actor=service_actor(ME), now=timezone.now())


@shared_task(base=ActorTask)
def tell_people(*, actor: str) -> None:
    """Write to the offices whose packet no longer holds, and to supervisors where nobody has read that in time."""
    telling.tell_offices(actor=service_actor(ME), now=timezone.now())
    telling.tell_supervisors(actor=service_actor(ME), now=timezone.now())


@shared_task(base=ActorTask)
def draw_samples(*, actor: str) -> None:
    """Draw the closings that a second person looks at, and stop the rules with which second looks surely disagree."""
    service = service_actor(ME)
    with acting_as(service):
        quality.draw_samples(actor=service, now=timezone.now())
    with acting_as(service):
        stops.stop_disputed_rules(actor=service, now=timezone.now())


@shared_task(base=ActorTask)
def measure_rates(*, actor: str) -> None:
    """Count from outcomes how often each band of presence and risk proved true, and people and leads by group."""
    service = service_actor(ME)
    with acting_as(service):
        measuring.measure_rates(actor=service, now=timezone.now())
    with acting_as(service):
        group_counts.count_groups(actor=service, now=timezone.now())


@shared_task(base=ActorTask)
def work_replays(*, actor: str) -> None:
    """Judge past knowledge by the versions that people asked about; may be killed and run again."""
    replays.work_replays(actor=service_actor(ME), now=timezone.now())


@shared_task(base=ActorTask)
def sweep_papers(*, actor: str) -> None:
    """Remove files that a killed request left, those of leads that have left, and the words of old drafts."""
    with acting_as(service_actor(ME)):
        attachments.sweep_stray(now=timezone.now())
    with acting_as(service_actor(ME)):
        drafts.forget_drafts()


@shared_task(base=ActorTask)
def forget_notices(*, actor: str) -> None:
    """Delete notices that nobody is shown any more."""
    service = service_actor(ME)
    with acting_as(service):
        notices.forget_notices(actor=service, now=timezone.now())


@shared_task(base=ActorTask)
def drop_expired_grants(*, actor: str) -> None:
    """Delete grants of sight that are over."""
    service = service_actor(ME)
    with acting_as(service):
        triage.drop_expired_grants(actor=service, now=timezone.now())
