"""Whom a merge took into a compartment, and who by a split is another person again: ADR 26.

The merge remembers which marks it gave to whom. The split takes none off by itself: what was written in the person's lead while
the two were one may tell of the other. It asks for the way out in the name of whoever takes the merge back, and a privacy officer
who has looked agrees or refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from access.models import Compartment, User
from audit.acts import Act
from audit.context import current_work
from audit.services import record
from foundation.errors import NoActor
from oversight.models import CompartmentMove
from oversight.services.compartments import keep_move, protects
from subjects.models import Subject

REASON = (
    "Was taken for one person with somebody in this compartment, which was taken back. Nothing else is known that keeps this person in."
    " Look at what was written about them meanwhile before you agree."
)
Way, State = CompartmentMove.Way, CompartmentMove.State


def marks_of_a_merge(from_subject_id: int, to_subject_id: int, now: datetime) -> dict[str, Any]:
    """The compartments that each of the two has only from the other, by subject id; asked before the merge gives them."""
    both = Subject.objects.select_related("access_class").filter(pk__in=(from_subject_id, to_subject_id))
    own = {subject.pk: set(subject.access_class.compartments) for subject in both}
    everything = set().union(*own.values())
    given = {str(subject): sorted(everything - marks) for subject, marks in own.items() if everything - marks}
    return {"marks": given, "at": now.isoformat()} if given else {}


def ask_for_the_way_out(from_subject_id: int, to_subject_id: int, remembered: Mapping[str, Any], now: datetime) -> None:
    """Put the way out before the privacy officers for whoever is in a compartment by the merge alone.

    Not for whom a filing or a class of their own protects, nor where somebody moved the person in since, or has asked already.
    """
    for subject in Subject.objects.select_related("access_class").filter(pk__in=(from_subject_id, to_subject_id)):
        given = set(remembered.get("marks", {}).get(str(subject.pk), ())) & set(subject.access_class.compartments)
        for compartment in Compartment.objects.filter(pk__in=given).order_by("pk"):
            moves = CompartmentMove.objects.filter(subject_uuid=subject.uuid, compartment=compartment)
            by_hand = moves.filter(way=Way.IN, asked_at__gte=remembered["at"])
            if not protects(subject, compartment) and not by_hand.exists() and not moves.filter(state=State.WAITING).exists():
                _ask(subject, compartment, now)


def _ask(subject: Subject, compartment: Compartment, now: datetime) -> None:
    under_way = current_work()
    if under_way is None or under_way.actor_id is None:
        raise NoActor("a merge is taken back by somebody")
    asker = User.objects.get(pk=under_way.actor_id)
    keep_move(asker, subject, compartment, Way.OUT, State.WAITING, REASON, set(subject.access_class.compartments), now)
    record(
        Act.COMPARTMENT_ASKED,
        object_kind="subject",
        object_uuid=subject.uuid,
        payload={"compartment": compartment.pk, "reason": REASON},
        scope=subject.uuid,
    )
