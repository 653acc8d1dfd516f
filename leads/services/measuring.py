"""Measured, not invented: how often a band of presence or risk proved true, counted from what offices reported.

Presence: the person was found here (arrested, located, in lawful status) or was not (not located, departed). Risk: the person was
arrested. Outcomes that say that the lead was about somebody else (wrong person, deceased, citizen) measure neither.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import islice

from django.db import transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from leads.book import PRESENCE, RISK
from leads.judging import judge
from leads.models import MeasuredRate, Outcome
from leads.selectors.book import book_now
from leads.snapshots import snapshots
from leads.states import OutcomeCode

FOUND_HERE = frozenset({OutcomeCode.ARRESTED, OutcomeCode.LOCATED, OutcomeCode.IN_STATUS})
NOT_HERE = frozenset({OutcomeCode.NOT_LOCATED, OutcomeCode.DEPARTED})
NEWEST = 5_000  # older outcomes speak of another time


@transaction.atomic
def measure_rates(*, actor: User, now: datetime) -> int:
    """Count the newest outcomes by the bands that the leads had when they were sent; returns how many outcomes counted.

    The bands are those of the version in force, judged on what was known when the referral was sent.
    """
    require(actor, Permission.SERVICE)
    hits: Counter[tuple[str, str]] = Counter()
    samples: Counter[tuple[str, str]] = Counter()
    book, counted = book_now(), 0
    outcomes = Outcome.objects.filter(code__in=FOUND_HERE | NOT_HERE, referral__lead__subject__isnull=False).order_by("-pk")
    for outcome in islice(outcomes.select_related("referral__lead__subject__access_class").iterator(), NEWEST):
        subject, referral = outcome.referral.lead.subject, outcome.referral
        if subject is None:
            continue
        judged = judge(snapshots([subject], known_at=referral.sent_at)[subject.pk], book=book)
        counted += 1
        for kind, band, hit in (
            (PRESENCE, judged.presence.band, outcome.code in FOUND_HERE),
            (RISK, referral.risk or judged.risk.band, outcome.code == OutcomeCode.ARRESTED),
        ):
            samples[kind, band] += 1
            hits[kind, band] += hit
    MeasuredRate.objects.exclude(pk__in=[_keep(key, hits[key], sample, now).pk for key, sample in samples.items()]).delete()
    return counted


def _keep(key: tuple[str, str], hits: int, sample: int, now: datetime) -> MeasuredRate:
    figures = {"hits": hits, "sample": sample, "measured_at": now}
    return MeasuredRate.objects.update_or_create(kind=key[0], band=key[1], defaults=figures)[0]
