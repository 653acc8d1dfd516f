"""What is due, under which schedule, and what stops it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Least

from access.context import through_service
from access.selectors import service_actor
from foundation.errors import NotFound
from foundation.templatetags.desk import format_date
from retention.conditions import BY_CODE
from retention.longest import applying
from retention.models import ArchivePackage, DispositionItem, Extension, HoldLead, Restatement, RetentionClock, Schedule
from retention.models.schedule import GENERAL
from retention.removal import judging
from retention.states import OPEN_RUNS, ItemOutcome

if TYPE_CHECKING:
    import uuid

    from access.models import User

PAGE_ROWS = 50


def schedule_in_force() -> Schedule:
    """The approved version of the series for every record; raises `Schedule.DoesNotExist` when there is none."""
    return Schedule.objects.get(series=GENERAL, status=Schedule.Status.APPROVED)


def schedules_in_force() -> list[Schedule]:
    """The approved version of every series: the one for every record first, then the longest."""
    approved = Schedule.objects.filter(status=Schedule.Status.APPROVED)
    return sorted(approved, key=lambda each: (bool(each.condition), -each.total_years, each.series))


def dated_by() -> list[tuple[Schedule, int]]:
    """Each schedule in force with the number of records, live and sealed, that it dates, of those that the user may know of."""
    counts: Counter[int] = Counter()
    for model in (RetentionClock, ArchivePackage):
        counts.update(dict(model.objects.values_list("schedule").annotate(records=Count("pk")).order_by()))
    return [(schedule, counts[schedule.pk]) for schedule in schedules_in_force()]


def restatement_under_way() -> Restatement | None:
    """The dating anew that is not finished yet, for those who keep records."""
    return Restatement.objects.select_related("schedule").filter(finished_at=None).first()


def schedules_for(user: User) -> QuerySet[Schedule]:
    """Every version, newest first, for the schedule page (permission of the view: VIEW_RETENTION)."""
    return Schedule.objects.select_related("approved_by", "proposed_by").order_by("series", "-version")


def get_schedule_for(user: User, schedule_uuid: uuid.UUID) -> Schedule:
    """One version, or `NotFound`."""
    found = schedules_for(user).filter(uuid=schedule_uuid).first()
    if found is None:
        raise NotFound
    return found


def clock_of(lead_id: int) -> RetentionClock | None:
    """The clock of a lead that the user of the current context may see, with what keeps it longest (`kept_until`, `kept_by`)."""
    kept = Extension.objects.filter(lead_uuid=OuterRef("lead__uuid")).order_by("-ends_on")
    clocks = RetentionClock.objects.select_related("schedule").annotate(
        kept_until=Subquery(kept.values("ends_on")[:1]), kept_by=Subquery(kept.values("authority_kind")[:1])
    )
    return clocks.filter(pk=lead_id).first()


@dataclass(frozen=True, slots=True)
class Due:
    """One record that is due: a live lead or a sealed one, by number and dates only."""

    number: str
    lead_uuid: uuid.UUID | None  # of a sealed record
    created_on: date
    archive_on: date | None
    destroy_on: date
    due_on: date
    schedule: Schedule
    sealed: bool
    conditions: Sequence[str] = ()
    stops: tuple[str, ...] = ()  # sentences; empty: nothing stops it
    package: uuid.UUID | None = None  # of a sealed record
    longest: str = ""  # which schedules apply beside the one that dates it, and why they do not count; empty: none

    @property
    def why(self) -> str:
        """Why it is due on that day, in one sentence, or two where several schedules apply."""
        schedule, archived = self.schedule, self.due_on == self.archive_on and not self.sealed
        years = schedule.active_years if archived else schedule.total_years
        title = f"{schedule.title}; {schedule.authority}" if schedule.fictional else schedule.title
        said = f"{years} years after its creation on {format_date(self.created_on)}, under version {schedule.version} ({title})."
        return f"{said} {self.longest}".strip()


def why_longest(schedule: Schedule, conditions: Collection[str], in_force: Iterable[Schedule]) -> str:
    """Where several schedules apply to a record: why the one that dates it does, which others do and lost; empty for one."""
    others = [each for each in applying(in_force, conditions) if each.pk != schedule.pk]
    if not others:
        return ""
    lost = "; ".join(f"{each.title} ({_because(each)})" for each in others)
    return f"The longest of {len(others) + 1} schedules that apply ({_because(schedule)}). Not used, because not longer: {lost}."


def _because(schedule: Schedule) -> str:
    return BY_CODE[schedule.condition].because if schedule.condition else "it is for every record"


LEAVES = Least("archive_on", "destroy_on")  # when a live record is sealed; nulls are skipped: without archived years, on its last day


def due_for(user: User, *, what: str, as_of: date, after: tuple[date, str] | None = None) -> list[Due]:
    """A page of records that are due on or before `as_of`, one more than a page when there are more; keyset by (day, number).

    "archive": live leads to be sealed. "destroy": sealed records whose last day has come, and live ones that were due for it
    and must be sealed first.
    """
    clocks = RetentionClock.objects.select_related("schedule").annotate(day=LEAVES if what == "archive" else F("destroy_on"))
    rows = [_live(clock) for clock in _page(clocks, "day", as_of, after)]
    if what == "destroy":
        packages = ArchivePackage.objects.select_related("schedule").annotate(day=F("destroy_on"))
        rows += [_sealed(package) for package in _page(packages, "day", as_of, after)]
    shown = sorted(rows, key=lambda row: (row.due_on, row.number))[: PAGE_ROWS + 1]
    stops, in_force = what_stops(as_of, [row.number for row in shown]), schedules_in_force()
    return [replace(row, stops=stops.get(row.number, ()), longest=why_longest(row.schedule, row.conditions, in_force)) for row in shown]


def what_stops(as_of: date, numbers: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each of the records what keeps it from being archived or destroyed on that day, in sentences without content.

    Holds and extensions by name, an open lead, what other desks say, and an open run that lists it already.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for held in HoldLead.objects.select_related("hold").filter(lead_number__in=numbers, hold__released_at=None).order_by("added_at"):
        hold = held.hold
        found[held.lead_number].append(f"{hold.get_kind_display()} hold of {hold.issuer} since {format_date(hold.placed_at.date())}.")
    for kept in Extension.objects.filter(lead_number__in=numbers, ends_on__gt=as_of).order_by("ends_on"):
        found[kept.lead_number].append(f"Kept until {format_date(kept.ends_on)} under {kept.authority}.")
    with through_service(service_actor("retention")):
        for number, (outcome, sentence) in judging.standing_of(as_of, numbers).items():
            if outcome not in (ItemOutcome.HELD, ItemOutcome.EXTENDED):  # named above
                found[number].append(sentence)
    items = DispositionItem.objects.select_related("disposition").filter(
        lead_number__in=numbers, outcome=ItemOutcome.PENDING, disposition__state__in=OPEN_RUNS
    )
    for item in items:
        found[item.lead_number].append(f"In the run of {format_date(item.disposition.proposed_at.date())}, position {item.position:,}.")
    return {number: tuple(sentences) for number, sentences in found.items()}


def _page(rows: QuerySet[Any], field: str, as_of: date, after: tuple[date, str] | None) -> list[Any]:
    rows = rows.filter(**{f"{field}__lte": as_of}).order_by(field, "lead_number")
    if after is not None:
        day, number = after
        rows = rows.filter(**{f"{field}__gte": day}).exclude(**{field: day, "lead_number__lte": number})
    return list(rows[: PAGE_ROWS + 1])


def _live(clock: Any) -> Due:
    return Due(
        clock.lead_number,
        None,
        clock.record_created_on,
        clock.archive_on,
        clock.destroy_on,
        clock.day,
        clock.schedule,
        sealed=False,
        conditions=clock.conditions,
    )


def _sealed(package: Any) -> Due:
    return Due(
        package.lead_number,
        package.lead_uuid,
        package.record_created_on,
        package.sealed_at.date(),
        package.destroy_on,
        package.day,
        package.schedule,
        sealed=True,
        conditions=package.conditions,
        package=package.uuid,
    )


def due_counts(as_of: date) -> tuple[int, int]:
    """(live leads to be sealed, records due for destruction) on `as_of`, as many as `due_for` lists of each.

    A live lead whose last day has come is in both: it is sealed first.
    """
    return (
        RetentionClock.objects.annotate(day=LEAVES).filter(day__lte=as_of).count(),
        RetentionClock.objects.filter(destroy_on__lte=as_of).count() + ArchivePackage.objects.filter(destroy_on__lte=as_of).count(),
    )
