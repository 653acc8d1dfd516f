"""The desk: people of every role that works on leads, and the world as it is known on 22 Nov 2026."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from access.context import acting_as
from access.models import Office, User
from access.selectors import service_actor
from leads.models import Lead
from leads.services.evaluation import evaluate_subjects
from leads.services.evaluation_store import Written
from subjects.models import Subject
from tests.factories.facts import NOW, loaded
from tests.factories.people import person


@dataclass(frozen=True)
class Desk:
    """Who works here."""

    service: User
    analyst: User
    colleague: User
    supervisor: User
    boston: User
    atlanta: User
    operator: User

    @contextmanager
    def facts(self) -> Iterator[None]:
        """Let sources tell something."""
        with acting_as(self.service):
            yield

    def judge(self, *subjects: Subject, days: int = 0) -> Written:
        """Judge the subjects as the nightly work does."""
        return evaluate_subjects(actor=self.service, subject_ids=[subject.pk for subject in subjects], now=NOW + timedelta(days=days))

    def opened(self, make: Callable[[], Subject]) -> Lead:
        """A subject made by `make` and judged: its lead."""
        with self.facts():
            subject = make()
        self.judge(subject)
        with self.facts():
            return Lead.objects.select_related("subject", "access_class", "office", "organization").get(subject=subject)

    def fresh(self, lead: Lead) -> Lead:
        """The lead as it stands now."""
        with self.facts():
            return Lead.objects.select_related("subject", "access_class", "office", "organization").get(pk=lead.pk)


def people() -> Desk:
    """The cast, in whatever database is at hand."""
    boston, atlanta = Office.objects.get(code="HSI-BOS"), Office.objects.get(code="HSI-ATL")
    return Desk(
        service=service_actor("leads"),
        analyst=person("ana", "analyst"),
        colleague=person("ben", "analyst"),
        supervisor=person("sue", "supervisor"),
        boston=person("bob", "field_officer", office=boston),
        atlanta=person("abe", "field_officer", office=atlanta),
        operator=person("ola", "data_operator"),
    )


@pytest.fixture
def desk(db: None) -> Desk:
    cast = people()
    with acting_as(cast.service):
        loaded()
    return cast
