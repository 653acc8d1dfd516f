"""One act on many leads: order from the queue, preview with its exceptions, the typed count, live progress, retry, undo."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from access.policy import can
from access.selectors import people_with
from audit.acts import Act
from audit.services import record
from foundation.errors import InvalidInput
from foundation.forms import DeskDateField, object_to
from leads.forms import REASON_LENGTH, SYSTEM_REASONS
from leads.models import BulkItem, BulkRun
from leads.numbers import normalize
from leads.selectors import bulk as selectors
from leads.services import bulk as services
from leads.services.bulk_rules import PERMISSIONS
from leads.services.waiting import choices_of_waits
from leads.states import CloseReason
from leads.views.people import came_from, who

MOST_ROWS = 500  # of one page of the queue; "all that match" has no limit
NUMBER_LENGTH = 14


class StartForm(forms.Form):
    """The reason and the typed count; each act adds its own parameters before them."""

    reason = forms.CharField(
        label="Reason",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands in the history of each lead.",
        error_messages={"required": "Say why: the reason stands in the history of each lead."},
    )
    confirmation = forms.CharField(label="", max_length=12, error_messages={"required": "Type the number of leads."})

    def __init__(self, *args: Any, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["confirmation"].label = f"Type {count:,} (the number of leads that will be changed) to go on"
        self.order_fields([*(name for name in self.fields if name not in ("reason", "confirmation")), "reason", "confirmation"])

    def order(self) -> services.Order:
        """What the service is told."""
        return services.Order(reason=self.cleaned_data["reason"], **self.parameters())

    def parameters(self) -> dict[str, Any]:
        """The act's own parameters."""
        return {}


class CloseManyForm(StartForm):
    """Close with one reason from the list."""

    code = forms.ChoiceField(
        label="Why are they closed?",
        choices=[("", "choose"), *[(value, label) for value, label in CloseReason.choices if value not in SYSTEM_REASONS]],
        error_messages={"required": "Choose why the leads are closed."},
    )

    def parameters(self) -> dict[str, Any]:
        return {"close_reason": self.cleaned_data["code"]}


class SnoozeManyForm(StartForm):
    """Hold until a day, or until something happens, whichever comes first."""

    until = DeskDateField(label="Until", required=False)
    waits_for = forms.ChoiceField(label="Or as soon as", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["waits_for"]).choices = [("", "nothing else"), *choices_of_waits()]

    def parameters(self) -> dict[str, Any]:
        until: date | None = self.cleaned_data["until"]
        return {"hold_until": until, "waits_for": self.cleaned_data["waits_for"]}


class AssignManyForm(StartForm):
    """Give them to one person."""

    user = forms.ChoiceField(label="To", error_messages={"required": "Choose a person."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people: dict[str, User] = {str(user.uuid): user for user in people_with(Permission.CLAIM_LEAD)}
        choices = [("", "choose"), *[(key, user.label) for key, user in self.people.items()]]
        cast(forms.ChoiceField, self.fields["user"]).choices = choices

    def parameters(self) -> dict[str, Any]:
        return {"assignee": self.people[self.cleaned_data["user"]]}


FORMS: dict[str, type[StartForm]] = {
    BulkRun.Kind.CLOSE.value: CloseManyForm,
    BulkRun.Kind.SNOOZE.value: SnoozeManyForm,
    BulkRun.Kind.ASSIGN.value: AssignManyForm,
}
WORDS = {
    BulkRun.Kind.CLOSE.value: "Close",
    BulkRun.Kind.SNOOZE.value: "Hold",
    BulkRun.Kind.ASSIGN.value: "Assign",
}


def bulk_choices(user: User) -> list[tuple[str, str]]:
    """The acts that the user's role may do on many leads: value and words."""
    return [(kind, words) for kind, words in WORDS.items() if can(user, PERMISSIONS[kind])]


@require_POST
@requires(Permission.DECIDE_LEAD)
def bulk_order(request: HttpRequest) -> HttpResponse:
    """Freeze the list: the rows that were selected, or all that the view finds. Nothing is changed yet."""
    query = came_from(request)
    numbers = [normalize(number[:NUMBER_LENGTH]) for number in request.POST.getlist("row")[:MOST_ROWS]]
    everything = request.POST.get("scope") == "all"
    try:
        run = services.order_bulk(
            actor=who(request),
            kind=request.POST.get("act", ""),
            now=timezone.now(),
            numbers=[] if everything else numbers,
            wanted=query.wanted if everything else None,
        )
    except InvalidInput as error:
        messages.warning(request, error.message)
        record(Act.PAGE, object_kind="bulk run")
        return HttpResponseRedirect(query.url)
    return HttpResponseRedirect(reverse("bulk_run", args=[run.uuid]))


@require_safe
@requires(Permission.DECIDE_LEAD)
def bulk_list(request: HttpRequest) -> HttpResponse:
    """What was ordered for many leads."""
    runs = selectors.bulk_runs_for(who(request))
    record(Act.LIST, object_kind="bulk run", results=[run.uuid for run in runs])
    return render(request, "leads/bulk_list.html", {"runs": runs})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DECIDE_LEAD)
def bulk_run(request: HttpRequest, run_uuid: uuid.UUID) -> HttpResponse:
    """One run: before its start the preview and the form that starts it, then its progress and the result of each row."""
    user = who(request)
    run = selectors.bulk_run_for(user, run_uuid)
    figures = selectors.figures_of(run)
    form = FORMS[run.kind](request.POST or None, count=figures.waiting)
    if request.method == "POST" and form.is_valid():
        try:
            services.start_bulk(actor=user, run=run, order=form.order(), typed=form.cleaned_data["confirmation"], now=timezone.now())
        except InvalidInput as error:
            object_to(form, error)
        else:
            return HttpResponseRedirect(reverse("bulk_run", args=[run.uuid]))
    state, after = request.GET.get("rows", ""), request.GET.get("after", "0")
    rows = selectors.items_of(run, state=state, after=int(after) if after.isdecimal() else 0)
    shown = rows[: selectors.ROWS_SHOWN]
    record(Act.VIEW, object_kind="bulk run", object_uuid=run.uuid, results=[item.lead.uuid for item in shown])
    context = {
        **_standing(run, figures),
        "form": form,
        "mine": run.ordered_by_id == user.pk,
        "act": WORDS[run.kind],
        "chips": selectors.chips_of(run),
        "reason": services.reason_of(run),
        "exceptions": selectors.exceptions_of(run),
        "items": shown,
        "row_tabs": _row_tabs(figures, state),
        "next_url": f"?rows={state if state in BulkItem.State.values else ''}&after={shown[-1].pk}" if len(rows) > len(shown) else "",
        "undo_days": services.UNDO_DAYS,
    }
    return render(request, "leads/bulk_run.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(Permission.DECIDE_LEAD)
def bulk_progress(request: HttpRequest, run_uuid: uuid.UUID) -> HttpResponse:
    """The progress bar alone, for the page that asks again while the run is under way."""
    run = selectors.bulk_run_for(who(request), run_uuid)
    record(Act.VIEW, object_kind="bulk run", object_uuid=run.uuid, fields=["progress"])
    return render(request, "leads/_bulk_progress.html", {**_standing(run, selectors.figures_of(run)), "polled": True})


ACTS: dict[str, tuple[Callable[..., BulkRun], str]] = {
    "cancel": (services.cancel_bulk, "The run is stopped; what it has done stands and can be undone."),
    "retry": (services.retry_bulk, "The failed rows are tried again."),
    "undo": (services.undo_bulk, "The run is being taken back."),
}


@require_POST
@requires(Permission.DECIDE_LEAD)
def bulk_act(request: HttpRequest, run_uuid: uuid.UUID, act: str) -> HttpResponse:
    """Cancel, retry or undo a run."""
    run = selectors.bulk_run_for(who(request), run_uuid)
    service, words = ACTS[act]
    service(actor=who(request), run=run, now=timezone.now())
    messages.success(request, words)
    return HttpResponseRedirect(reverse("bulk_run", args=[run.uuid]))


def _standing(run: BulkRun, figures: selectors.Figures) -> dict[str, Any]:
    undoing = run.state in (BulkRun.State.UNDOING, BulkRun.State.UNDONE)
    finished = figures.undone + figures.kept if undoing else figures.done + figures.failed
    rate, left = selectors.pace_of(run, figures, timezone.now())
    return {
        "run": run,
        "figures": figures,
        "finished": finished,
        "rate": rate,
        "left": left,
        "under_way": run.state in (BulkRun.State.PREPARING, BulkRun.State.RUNNING, BulkRun.State.UNDOING),
    }


def _row_tabs(figures: selectors.Figures, current: str) -> list[dict[str, Any]]:
    counts = {state.value: getattr(figures, state.value) for state in BulkItem.State}
    every = [{"label": "All rows", "url": "?", "current": current not in counts, "count": None}]
    return every + [
        {"label": str(BulkItem.State(state).label), "url": f"?rows={state}", "current": state == current, "count": count}
        for state, count in counts.items()
        if count
    ]
