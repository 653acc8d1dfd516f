"""Pairs as they are shown: each side as the person whom it is merged into, where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from subjects.models import Judgement

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

SIDES = ("left", "right", "left_now", "right_now")


class Shown(TypedDict):
    """The ids of the two as whom a pair is shown."""

    left_as: int
    right_as: int


def pairs() -> QuerySet[WithAnnotations[Judgement, Shown]]:
    """All pairs in the reader's sight, with `left_as` and `right_as`: the ids of the two as whom they are shown."""
    return Judgement.objects.annotate(left_as=Coalesce(F("left_now_id"), F("left_id")), right_as=Coalesce(F("right_now_id"), F("right_id")))


def names(subjects: object) -> Q:
    """Pairs that name one of the subjects, or show one of their sides as one; each of the four by its index."""
    return Q(left__in=subjects) | Q(right__in=subjects) | Q(left_now__in=subjects) | Q(right_now__in=subjects)


def between(one: int, other: int) -> Q:
    """Of `pairs`, those that show these two."""
    return Q(left_as=one, right_as=other) | Q(left_as=other, right_as=one)


def said_different(one: int, other: int) -> list[Judgement]:
    """The standing words that these two differ, the newest first; also one said of somebody who is merged into one of them."""
    said = pairs().filter(between(one, other), names([one]), verdict="different", undone_at=None)
    return list(said.select_related(*SIDES, "judged_by").order_by("-judged_at", "-id"))
