"""The desk's own pace: what came due in past weeks was worked on when it was due, all but a few, as at any desk.

Nothing is set by hand: leads on which nobody was seen are closed and the others put on hold by ordered acts on many leads, holds
are looked at again, and returned leads are taken up, each by the real services at the moment at which it was due.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.context import Work
from foundation.errors import DomainError
from leads.models import BulkItem, BulkRun, Lead, Notice
from leads.services.bulk import Order, order_bulk, start_bulk
from leads.services.bulk_work import work_batch
from leads.services.deciding import hold_lead, unhold_lead
from leads.services.notices import mark_read
from leads.services.triage import claim_lead
from leads.states import CloseReason, LeadState

ANALYSTS = ("osei", "lindqvist")
LEFT_OVER = 8  # of the last weeks one of so many is late: a desk is never quite on time
LATE_AT_MOST = 35  # days
ZONE = ZoneInfo("America/New_York")
CLOSED = Order(
    reason="Every address was asked about and is left; no source has seen the person since. Reviewed in the weekly round.",
    close_reason=CloseReason.NO_VIABLE_ADDRESS,
)
HOLD_STEPS = (6, 9, 13, 16, 20, 27, 34)  # days from now on which the held ones come back, so that they do not come at once


def work_off(*, now: datetime) -> int:
    """Play how the desk worked off what was due before `now` (aware); returns how many leads were worked on."""
    with acting_as(service_actor("leads")):
        late = list(_late(LeadState.QUEUED, now).order_by("clock_due_on", "pk"))
    long_ago = now.date() - timedelta(days=LATE_AT_MOST)
    months: defaultdict[date, list[Lead]] = defaultdict(list)
    for lead in late:
        if lead.clock_due_on is not None and (lead.pk % LEFT_OVER or lead.clock_due_on < long_ago):
            months[lead.clock_due_on.replace(day=1)].append(lead)
    worked = 0
    for number, month in enumerate(sorted(months)):
        worked += _round(months[month], ANALYSTS[number % len(ANALYSTS)], number, now)
    return worked + _look_again(now) + _take_up(now)


def _late(state: str, now: datetime) -> QuerySet[Lead]:
    return Lead.objects.filter(state=state, legacy_number="", clock_due_on__lt=now.date())


def _round(leads: Sequence[Lead], username: str, number: int, now: datetime) -> int:
    """One weekly round over what was due in a month: held is whom a source shows here, closed who was seen nowhere."""
    due = max(lead.clock_due_on for lead in leads if lead.clock_due_on)
    when = min(datetime.combine(due, time(15, 20), ZONE), now - timedelta(hours=2))
    until = now.date() + timedelta(days=HOLD_STEPS[number % len(HOLD_STEPS)])
    held = Order(reason="The newest address is being asked about with the carrier and the landlord.", hold_until=until)
    here = [lead for lead in leads if lead.presence == Lead.Presence.LIKELY or lead.blocking_signs]
    nowhere = [lead for lead in leads if lead not in here]
    done = 0
    for kind, order, chosen in ((BulkRun.Kind.SNOOZE, held, here), (BulkRun.Kind.CLOSE, CLOSED, nowhere)):
        if chosen:
            done += _carried_out(username, kind, order, chosen, when)
    return done


def _carried_out(username: str, kind: str, order: Order, leads: Sequence[Lead], when: datetime) -> int:
    user = User.objects.get(username=username, demonstration=True)
    with acting_as(user, Work(actor_id=user.pk, clock=when, view="history")):
        run = order_bulk(actor=user, kind=kind, now=when, numbers=[lead.number for lead in leads])
        waiting = run.items.filter(state=BulkItem.State.WAITING).count()
        if not waiting:
            return 0
        start_bulk(actor=user, run=run, order=order, typed=str(waiting), now=when)
    while work_batch(run.pk, now=when + timedelta(minutes=2)):
        pass
    with acting_as(user, Work(actor_id=user.pk, clock=when, view="history")):
        for notice_id in Notice.objects.filter(user=user, run=run).values_list("pk", flat=True):
            mark_read(actor=user, now=when + timedelta(minutes=30), notice_id=notice_id)
        return run.items.filter(state=BulkItem.State.DONE).count()


def _look_again(now: datetime) -> int:
    """What the evidence put on hold without an end is looked at again after its time, and waits on for the decision."""
    with acting_as(service_actor("leads")):
        held = list(_late(LeadState.ON_HOLD, now).filter(hold_until=None).order_by("pk"))
    looked = 0
    for lead in held:
        user = User.objects.get(username=ANALYSTS[lead.pk % len(ANALYSTS)], demonstration=True)
        when = now - timedelta(days=1 + lead.pk % 5, hours=lead.pk % 6)
        until = now.date() + timedelta(days=HOLD_STEPS[lead.pk % len(HOLD_STEPS)])
        words = "Asked the service center: the filing is still open."
        with acting_as(user, Work(actor_id=user.pk, clock=when, view="history")):
            try:
                fresh = unhold_lead(actor=user, lead=lead, now=when)
                hold_lead(actor=user, lead=fresh, reason=words, until=until, waits_for="decision", now=when)
            except DomainError:
                continue
            looked += 1
    return looked


def _take_up(now: datetime) -> int:
    """What came back from an office and is overdue is with an analyst again."""
    with acting_as(service_actor("leads")):
        returned = list(_late(LeadState.RETURNED, now).order_by("pk"))
    for lead in returned:
        user = User.objects.get(username=ANALYSTS[lead.pk % len(ANALYSTS)], demonstration=True)
        when = now - timedelta(hours=3 + lead.pk % 4)
        with acting_as(user, Work(actor_id=user.pk, clock=when, view="history")):
            claim_lead(actor=user, lead=lead, now=when)
    return len(returned)
