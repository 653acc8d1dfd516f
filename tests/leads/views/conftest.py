"""The desk's pages on the morning of 23 Nov 2026: the process's clock stands there, facts are a day old."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
import time_machine
from django.test import Client, override_settings
from django.utils import timezone

from access.context import acting_as
from access.models import Office
from leads.models import Lead, Referral
from leads.services.referral import propose_referral, refer_lead
from leadtrac.bench.client import signed_in
from subjects.models import Subject
from tests.factories.facts import NOW, a_subject, admitted, lives, numbered
from tests.leads.conftest import Desk

Opened = Callable[..., Lead]


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def analyst(desk: Desk) -> Client:
    return signed_in(desk.analyst)


@pytest.fixture
def supervisor(desk: Desk) -> Client:
    return signed_in(desk.supervisor)


@pytest.fixture
def officer(desk: Desk) -> Client:
    return signed_in(desk.boston)


def visitor(place: int = 0) -> Subject:
    """A B-2 visitor in Boston who stayed; `place` tells one from the other."""
    subject = a_subject("DOE EXAMPLE", f"ANA {place}", born=date(1991, 3, 1 + place % 28), citizenship="PRT")
    until = date(2026, 7, 10) - timedelta(days=place)
    admitted(subject, until, arrived=until - timedelta(days=180))
    lives(subject)
    numbered(subject, "passport", f"ZZ{place:07d}", country="UTO")
    return subject


@pytest.fixture
def lead(desk: Desk) -> Lead:
    return desk.opened(visitor)


@pytest.fixture
def many(desk: Desk) -> tuple[Lead, ...]:
    return tuple(desk.opened(partial(visitor, place)) for place in range(20))


@pytest.fixture
def referral(desk: Desk, lead: Lead) -> Referral:
    """The lead, referred to Boston."""
    with acting_as(desk.analyst):
        proposal = propose_referral(user=desk.analyst, lead=lead, now=timezone.now())
        boston = Office.objects.get(code="HSI-BOS")
        return refer_lead(actor=desk.analyst, lead=lead, office=boston, reason="", now=timezone.now(), digest=proposal.digest)


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    """The folder of what people attach."""
    with override_settings(ATTACHMENT_DIR=tmp_path / "attachments"):
        yield tmp_path / "attachments"
