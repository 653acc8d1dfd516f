"""The records officer's desk: what is due, under which schedule, and what another schedule would change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.errors import InvalidInput
from foundation.headquarters import desk_day
from retention import selectors
from retention.forms import ApprovalForm, AsOfForm, CompareForm, ProposalForm
from retention.selectors.runs import damaged_for, ids_of
from retention.services.schedules import approve_schedule, propose_schedule
from retention.tabs import tabs

if TYPE_CHECKING:
    import uuid

    from access.models import User
    from retention.models import Schedule


DATED = "Every record is dated by the longest schedule that applies to it."
DATED_LATER = "Records are being dated anew; nothing is disposed of before that is finished."


def _as_of(request: HttpRequest) -> tuple[date, AsOfForm]:
    """The day that is asked for, today without one, and the form that shows it."""
    day: date = desk_day(timezone.now())
    if request.GET.get("as_of"):
        form = AsOfForm(request.GET)
        if not form.is_valid():
            return day, form
        day = form.cleaned_data["as_of"]
    return day, AsOfForm(initial={"as_of": day})  # said as the desk says dates, however it was asked


def _year(request: HttpRequest) -> int | None:
    text = request.GET.get("year", "")
    return int(text) if text.isdigit() and len(text) == 4 else None


@require_GET
@requires(Permission.VIEW_RETENTION)
def desk(request: HttpRequest) -> HttpResponse:
    """The calendar by year, or by month of one year, under the schedule in force and beside it under the one being considered."""
    user = cast("User", request.user)
    as_of, form = _as_of(request)
    in_force = selectors.schedules_in_force()
    proposed = [version for version in selectors.schedules_for(user) if version.status == "proposed"]
    asked = request.GET.get("beside", "")
    considered = next((version for version in proposed if str(version.uuid) == asked), proposed[0] if proposed else None)
    beside = selectors.in_place(considered) if considered else None
    archive_due, destroy_due = selectors.due_counts(as_of)
    year = _year(request)
    record(Act.LIST, object_kind="retention calendar")
    context = {
        "as_of": as_of,
        "form": form,
        "in_force": in_force,
        "considered": considered,
        "others": [version for version in proposed if version != considered],
        "fictional": any(schedule.fictional for schedule in in_force),
        "damaged": damaged_for(user)[:100],
        "restatement": selectors.restatement_under_way(),
        "year": year,
        "periods": selectors.compare_months(in_force, beside, year) if year else selectors.compare_years(in_force, beside),
        **_columns(in_force, beside),
        "tabs": tabs("calendar"),
        "figures": _figures(archive_due, destroy_due, as_of),
    }
    return render(request, "retention/desk.html", context)


def _columns(now: Sequence[Schedule], then: Sequence[Schedule] | None) -> dict[str, bool]:
    """Which of the two have a phase in the archive at all."""
    return {"archives_now": any(each.archived_years for each in now), "archives_then": any(each.archived_years for each in then or ())}


def _figures(archive_due: int, destroy_due: int, as_of: date) -> list[dict[str, Any]]:
    day = urlencode({"as_of": f"{as_of:%Y-%m-%d}"})
    return [
        {"label": "due for archive", "value": archive_due, "url": f"{reverse('retention_due', args=['archive'])}?{day}"},
        {"label": "due for destruction", "value": destroy_due, "url": f"{reverse('retention_due', args=['destroy'])}?{day}"},
    ]


@require_GET
@requires(Permission.VIEW_RETENTION)
def due(request: HttpRequest, what: str) -> HttpResponse:
    """The leads that are due on a day, oldest first, by number: no content."""
    user = cast("User", request.user)
    as_of, form = _as_of(request)
    rows = selectors.due_for(user, what=what, as_of=as_of, after=_cursor(request.GET.get("after", "")))
    shown, more = rows[: selectors.PAGE_ROWS], len(rows) > selectors.PAGE_ROWS
    record(Act.LIST, object_kind=f"leads due ({what})", results=ids_of([row.number for row in shown]))
    last = shown[-1] if more else None
    context = {
        "what": what,
        "as_of": as_of,
        "form": form,
        "rows": shown,
        "fictional": any(row.schedule.fictional for row in shown),
        "older": f"?as_of={as_of:%Y-%m-%d}&after={last.due_on:%Y-%m-%d}.{last.number}" if last else "",
        "first": "after" not in request.GET,
        "tabs": tabs(what),
    }
    return render(request, "retention/due.html", context)


@require_GET
@requires(Permission.VIEW_RETENTION)
def compare(request: HttpRequest) -> HttpResponse:
    """What would change between two versions, whatever their status: by year, and with `what` and `year` record by record."""
    user = cast("User", request.user)
    form, old, new = _two_versions(request)
    what, year, before = request.GET.get("what", ""), _year(request), request.GET.get("with") == "old"
    now, then = selectors.both_ways(old, new)
    rows, listed = [], year is not None and what in ("archive", "destroy")
    if listed and year:
        after = _cursor(request.GET.get("after", ""))
        rows = selectors.changes_for(user, old=now, new=then, what=what, year=year, before=before, after=after)
    shown, last = rows[: selectors.LISTED_ROWS], rows[selectors.LISTED_ROWS - 1] if len(rows) > selectors.LISTED_ROWS else None
    record(Act.LIST, object_kind="schedules compared", results=ids_of([row.number for row in shown]) if shown else ())
    pair = urlencode({"old": str(old.uuid), "new": str(new.uuid)})
    list_url = f"?{pair}&what={what}&year={year}{'&with=old' if before else ''}"
    context = {
        "form": form,
        "old": old,
        "new": new,
        "pair": pair,
        "periods": selectors.compare_years(now, then),
        **_columns(now, then),
        "several": len(now) > 1 or len(then) > 1,
        "listed": listed,
        "what": what,
        "year": year,
        "rows": shown,
        "by": old if before else new,
        "list_url": list_url,
        "older": f"{list_url}&after={last.created_on:%Y-%m-%d}.{last.number}" if last else "",
        "first": "after" not in request.GET,
        "tabs": tabs("schedules"),
    }
    return render(request, "retention/compare.html", context, status=422 if form.errors else 200)


def _two_versions(request: HttpRequest) -> tuple[CompareForm, Schedule, Schedule]:
    """The form, and the two versions that it asks for; without one the schedule in force and the first that is proposed."""
    versions = list(selectors.schedules_for(cast("User", request.user)))
    in_force = selectors.schedule_in_force()
    other = next((version for version in versions if version.status == "proposed"), None)
    other = other or next((version for version in versions if version != in_force), in_force)
    form = CompareForm(request.GET if "old" in request.GET else None, versions=versions, initial={"old": in_force.uuid, "new": other.uuid})
    old, new = in_force, other
    if form.is_bound and form.is_valid():
        old, new = (next(each for each in versions if str(each.uuid) == form.cleaned_data[name]) for name in ("old", "new"))
    return form, old, new


def _cursor(text: str) -> tuple[date, str] | None:
    day, _, number = text.partition(".")
    try:
        return (date.fromisoformat(day), number) if text else None
    except ValueError as error:
        message = "The address of this page is not complete. Go back to the first page."
        raise InvalidInput(message) from error


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_SCHEDULE)
def schedules(request: HttpRequest) -> HttpResponse:
    """All versions; a form that proposes the next one."""
    user = cast("User", request.user)
    form = ProposalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        propose_schedule(actor=user, **form.cleaned_data)
        messages.success(request, "The version is proposed. Another records officer can approve it.")
        return HttpResponseRedirect(reverse("retention_schedules"))
    record(Act.LIST, object_kind="retention schedules")
    context = {
        "schedules": selectors.schedules_for(user),
        "dated": selectors.dated_by(),
        "restatement": selectors.restatement_under_way(),
        "form": form,
        "tabs": tabs("schedules"),
    }
    return render(request, "retention/schedules.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.APPROVE_SCHEDULE, step_up=True)
def approve(request: HttpRequest, schedule_uuid: uuid.UUID) -> HttpResponse:
    """What approval would change, then the typed authority."""
    user = cast("User", request.user)
    schedule = selectors.get_schedule_for(user, schedule_uuid)
    form = ApprovalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        approve_schedule(actor=user, schedule=schedule, authority=form.cleaned_data["authority"], now=timezone.now())
        under_way = selectors.restatement_under_way()
        messages.success(request, f"The version is in force. {DATED_LATER if under_way else DATED}")
        return HttpResponseRedirect(reverse("retention_desk"))
    in_force, beside = selectors.schedules_in_force(), selectors.in_place(schedule)
    record(Act.VIEW, object_kind="schedule", object_uuid=schedule.uuid)
    context = {
        "schedule": schedule,
        "in_force": in_force,
        "replaced": next((each for each in in_force if each.series == schedule.series), None),
        "periods": selectors.compare_years(in_force, beside),
        **_columns(in_force, beside),
        "form": form,
        "own_proposal": schedule.proposed_by_id == user.pk,
    }
    return render(request, "retention/approve.html", context, status=422 if form.is_bound else 200)
