"""People without a lead: fed by extracts and judged, or made directly, and what the last night says of them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings as configured

from access.context import acting_as
from access.selectors import service_actor
from leads.services.evaluation import evaluate_subjects
from retention.models import ForgettingNight
from subjects.models import Subject
from tests.factories import cases
from tests.factories.drops import AS_OF, NOW, load

ANSWERED = timedelta(days=configured.ANSWERED_PERSON_DAYS)
WAITING = timedelta(days=configured.WAITING_PERSON_DAYS)
EMPTIED = timedelta(days=configured.EMPTIED_PERSON_DAYS)
OVER = NOW + WAITING + timedelta(days=9)
SECOND = timedelta(seconds=1)


def feed(folder: Path, *rows: dict[str, str], source: str = "adis", at: datetime = AS_OF, **options: Any) -> Any:
    """An extract of a source, loaded and judged."""
    folder.mkdir(exist_ok=True)
    now = max(at, NOW)
    with acting_as(service_actor("ingest")):
        extract = load(folder, rows, source=source, as_of=at, now=now, name=f"{source}-{at:%Y%m%d%H}", **options)
    judge(now)
    return extract


def judge(now: datetime) -> None:
    """Judge everybody, as the system does."""
    service = service_actor("leads")
    with acting_as(service):
        everybody = list(Subject.objects.values_list("pk", flat=True))
    evaluate_subjects(actor=service, subject_ids=everybody, now=now)


def here() -> int:
    """How many people are here."""
    with acting_as(service_actor("leads")):
        return Subject.objects.count()


def kept() -> Counter[str]:
    """Why people are kept, as the last night counted."""
    with acting_as(service_actor("retention")):
        return sum((Counter(night.kept) for night in ForgettingNight.objects.filter(finished_at__isnull=False)), Counter())


def quiet(family: str = "QUIET", **values: Any) -> Subject:
    """A judged person of whom nothing is alleged and nothing was heard since the extracts of the tests' day."""
    subject = cases.subject(family, **values)
    Subject.objects.filter(pk=subject.pk).update(touched_at=NOW, evaluated_at=NOW)
    return subject
