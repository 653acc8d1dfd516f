"""Runs, holds and the archive as the records desk shows them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from access.context import through_service
from access.selectors import service_actor
from foundation.errors import NotFound
from foundation.templatetags.desk import format_date
from leads.models import Lead
from leads.sealing import read_words
from retention.models import (
    ArchiveOpening,
    ArchivePackage,
    Certificate,
    Disposition,
    DispositionItem,
    Extension,
    Hold,
    HoldLead,
    RegisterEntry,
    RetentionClock,
    ScheduleReview,
    Tombstone,
    UnauthorizedDestruction,
)
from retention.models.archive import AUTHORITIES
from retention.states import ItemOutcome, RunState

if TYPE_CHECKING:
    from access.models import User

ITEMS_SHOWN = 100
PEOPLE = ("proposed_by", "reviewed_by", "first_approver", "second_approver", "started_by", "schedule")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: records by outcome, and the files that still have to go."""

    total: int
    waiting: int
    outcomes: dict[str, int]
    files_left: int

    @property
    def done(self) -> int:
        """Records that have an outcome."""
        return self.total - self.waiting


def marks_in_sight() -> list[tuple[int, ...]]:
    """The sets of compartments whose records the user of the context may dispose of; none first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT compartments FROM access_accessclass WHERE audience = 'records' AND phase = 'live' "
            "AND id = ANY ((SELECT access_classes())::int[]) ORDER BY cardinality(compartments), compartments"
        )
        return [tuple(row[0]) for row in cursor.fetchall()] or [()]


def runs_for(user: User) -> QuerySet[Disposition]:
    """Every run, newest first (permission of the view: VIEW_RETENTION)."""
    # counted run by run, so that a page of runs counts the lists of those that it shows
    items = DispositionItem.objects.filter(disposition=OuterRef("pk")).order_by().values("disposition").annotate(records=Count("pk"))
    counted = Coalesce(Subquery(items.values("records")), 0)
    return Disposition.objects.select_related(*PEOPLE).annotate(records=counted).order_by("-proposed_at", "-id")


def runs_by_state(user: User) -> dict[str, int]:
    """How many runs are in each state."""
    return dict(Disposition.objects.values_list("state").annotate(runs=Count("pk")).order_by())


def get_run_for(user: User, run_uuid: uuid.UUID) -> Disposition:
    """One run, or `NotFound`."""
    found = Disposition.objects.select_related(*PEOPLE).filter(uuid=run_uuid).first()
    if found is None:
        raise NotFound
    return found


def progress_of(run: Disposition) -> Progress:
    """The outcomes of a run's records now."""
    items = DispositionItem.objects.filter(disposition=run)
    outcomes = Counter(dict(items.values_list("outcome").annotate(records=Count("pk")).order_by("outcome")))
    total, waiting = sum(outcomes.values()), outcomes.pop(ItemOutcome.PENDING, 0)
    return Progress(total, waiting, dict(outcomes), items.exclude(file_name="").count())


def items_of(run: Disposition, *, outcome: str = "", after: int = 0) -> list[DispositionItem]:
    """A page of a run's frozen list, one more than a page when there are more."""
    items = DispositionItem.objects.filter(disposition=run, position__gt=after).order_by("position")
    return list((items.filter(outcome=outcome) if outcome else items)[: ITEMS_SHOWN + 1])


def signatures_missing(run: Disposition) -> int:
    """How many people have still to sign before the run may start."""
    if run.state not in (RunState.PROPOSED, RunState.REVIEWED):
        return 0
    needed = 1 if run.kind == Disposition.Kind.ARCHIVE else 2
    return needed - sum(1 for signed in (run.first_approver_id, run.second_approver_id) if signed)


def tables_with_keys(run: Disposition) -> list[str]:
    """The tables in whose files the keys and packages that a run destroyed may still stand, as deleted rows."""
    if run.kind != Disposition.Kind.DESTROY:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT retention_not_rewritten(%s)", [run.pk])
        return list(cursor.fetchone()[0])


def keys_in_files(certificates: Sequence[Certificate]) -> set[int]:
    """Of these, the certificates of destructions whose keys may still stand in the files of tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id FROM retention_certificate c JOIN retention_disposition d ON d.id = c.disposition_id "
            "WHERE c.id = ANY (%s) AND d.kind = 'destroy' AND retention_not_rewritten(d.id) <> '{}'",
            [[each.pk for each in certificates]],
        )
        return {row[0] for row in cursor.fetchall()}


def certificate_of(run: Disposition) -> Certificate | None:
    """The certificate of a finished run."""
    return Certificate.objects.filter(disposition=run).first()


def certificates_for(user: User) -> QuerySet[Certificate]:
    """Every certificate, newest first."""
    return Certificate.objects.select_related("disposition", "disposition__schedule").defer("document", "pdf").order_by("-issued_at", "-id")


def get_certificate_for(user: User, certificate_uuid: uuid.UUID) -> Certificate:
    """One certificate, or `NotFound`."""
    found = Certificate.objects.select_related("disposition").filter(uuid=certificate_uuid).first()
    if found is None:
        raise NotFound
    return found


def holds_for(user: User) -> QuerySet[Hold]:
    """Every hold with the number of records under it at issue and now, as far as the user may know of them; standing ones first."""
    at_issue = Count("leads", filter=Q(leads__added_at=F("placed_at")))
    return (
        Hold.objects.select_related("placed_by", "released_by")
        .annotate(count_now=Count("leads"), count_at_issue=at_issue)
        .order_by(F("released_at").desc(nulls_first=True), "-placed_at")
    )


def holds_by_release(user: User) -> dict[bool, int]:
    """How many holds are released, and how many are not."""
    released = Hold.objects.annotate(over=Q(released_at__isnull=False))
    return dict(released.values_list("over").annotate(holds=Count("pk")).order_by())


def get_hold_for(user: User, hold_uuid: uuid.UUID, *, counted: bool = True) -> Hold:
    """One hold, with its numbers of records unless they are not asked for, or `NotFound`."""
    found = (holds_for(user) if counted else Hold.objects.all()).filter(uuid=hold_uuid).first()
    if found is None:
        raise NotFound
    return found


def is_finding(hold: Hold) -> bool:
    """Whether a hold is still finding its records."""
    return hold.gathered_at is None and hold.released_at is None


def reason_of(hold: Hold) -> str:
    """Why the records are held, in the words of whoever placed it (permission of the view: MANAGE_HOLD)."""
    return read_words(hold.uuid, bytes(hold.reason_sealed))


def held_leads(hold: Hold) -> list[HoldLead]:
    """The first records under a hold, newest first."""
    return list(HoldLead.objects.filter(hold=hold).order_by("-added_at", "lead_number")[:ITEMS_SHOWN])


def holds_on(lead_uuid: uuid.UUID) -> list[Hold]:
    """The standing holds on one record, live or archived."""
    return list(Hold.objects.filter(leads__lead_uuid=lead_uuid, released_at=None).order_by("placed_at"))


def kept_of(lead_uuid: uuid.UUID) -> str:
    """Until when a record is kept beyond its day, and by what, as `kept_words` says it."""
    kept = Extension.objects.filter(lead_uuid=lead_uuid).order_by("-ends_on").first()
    return kept_words(kept.ends_on, kept.authority_kind) if kept else ""


def kept_words(ends_on: date | None, authority_kind: str | None) -> str:
    """ "2 Aug 2060 (a court order)": until when a record is kept beyond its day, and by what; empty where nothing keeps it now."""
    if ends_on is None or authority_kind is None or ends_on <= timezone.now().date():
        return ""
    kind = dict(AUTHORITIES)[authority_kind]
    return f"{format_date(ends_on)} ({kind[:1].lower()}{kind[1:]})"


def ids_of(numbers: Sequence[str]) -> list[uuid.UUID]:
    """The opaque ids of listed records, live or archived: what the log keeps of a page that shows their numbers."""
    with through_service(service_actor("retention")):
        live = list(Lead.objects.filter(number__in=numbers).values_list("uuid", flat=True))
        return live + list(ArchivePackage.objects.filter(lead_number__in=numbers).values_list("lead_uuid", flat=True))


def extensions_for(user: User) -> list[Extension]:
    """Extensions of records that the user may know of, the last to end first."""
    known = Exists(RetentionClock.objects.filter(lead_number=OuterRef("lead_number"))) | Exists(
        ArchivePackage.objects.filter(lead_number=OuterRef("lead_number"))
    )
    return list(Extension.objects.select_related("granted_by").filter(known)[:ITEMS_SHOWN])


def get_package_for(user: User, package_uuid: uuid.UUID) -> ArchivePackage:
    """What is known of a sealed record without opening it, or `NotFound`."""
    found = ArchivePackage.objects.select_related("schedule").filter(uuid=package_uuid).first()
    if found is None:
        raise NotFound
    return found


def damaged_for(user: User) -> QuerySet[ArchivePackage]:
    """Sealed records that could not be read, those found last first."""
    return ArchivePackage.objects.exclude(damaged_at=None).order_by("-damaged_at", "lead_number")


def packages_of(items: Sequence[DispositionItem]) -> dict[uuid.UUID, uuid.UUID]:
    """The packages of listed records, by the opaque ids of their leads."""
    return dict(ArchivePackage.objects.filter(lead_uuid__in=[item.lead_uuid for item in items]).values_list("lead_uuid", "uuid"))


def openings_of(package: ArchivePackage) -> list[ArchiveOpening]:
    """Who opened a package, newest first."""
    return list(ArchiveOpening.objects.select_related("opened_by").filter(package_uuid=package.uuid)[:ITEMS_SHOWN])


def stone_of(lead_number: str) -> Tombstone | None:
    """The tombstone of a lead that the user of the context could see; None for any other number."""
    return Tombstone.objects.filter(lead_number=lead_number).first()


def register_for(user: User) -> QuerySet[RegisterEntry]:
    """The entries in force: those that no later entry replaced."""
    return RegisterEntry.objects.select_related("entered_by").filter(replaced_by=None)


def get_register_entry_for(user: User, entry_uuid: str) -> RegisterEntry:
    """One entry in force, or `NotFound`."""
    try:
        found = register_for(user).filter(uuid=uuid.UUID(entry_uuid)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound
    return found


def reviews_for(user: User) -> QuerySet[ScheduleReview]:
    """The yearly reviews, newest first."""
    return ScheduleReview.objects.select_related("schedule", "done_by")


def reports_for(user: User) -> QuerySet[UnauthorizedDestruction]:
    """Reports of unauthorized destruction, newest first."""
    return UnauthorizedDestruction.objects.select_related("entered_by")
