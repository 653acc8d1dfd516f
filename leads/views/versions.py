"""Versions of the book: what is in force, replays of drafts with their effect, promotion by two people, stops of a rule."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.decorators import requires
from access.permissions import Permission
from access.policy import can
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, Forbidden, InvalidInput
from foundation.forms import DeskDateField, object_to
from leads.book import part_title
from leads.forms import REASON_LENGTH
from leads.selectors.book import (
    effects_for,
    open_stop_for,
    promotion_for,
    promotions_of,
    replay_for,
    replay_view,
    replays_for,
    stops_now,
    version_lines,
)
from leads.services.promotion import approve_promotion, propose_promotion, propose_roll_back
from leads.services.replays import ask_replay
from leads.services.stops import lift_stop, stop_rule
from leads.views.people import who

SHARES = ((1000, "everybody"), (100, "one person in ten"), (10, "one person in a hundred"))
FORM_METHODS = ("GET", "HEAD", "POST")


class ReplayForm(forms.Form):
    """From which day's knowledge, over which share of the people."""

    known_on = DeskDateField(label="As it was known on")
    share = forms.TypedChoiceField(label="Judge", choices=SHARES, coerce=int)


class LiftForm(forms.Form):
    """Why a rule may open leads again."""

    reason = forms.CharField(label="Reason", max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))


class StopForm(LiftForm):
    """Why a rule is stopped, and whether its leads stay open too."""

    closings = forms.BooleanField(label="It closes wrongly: its leads wait for a person instead of closing by themselves", required=False)


@require_safe
@requires(Permission.VIEW_RULE_BOOK)
def version_list(request: HttpRequest) -> HttpResponse:
    """Parts with more than one version, what is in force and what waits for a second person, and the newest replays."""
    user = who(request)
    record(Act.PAGE, object_kind="rule_book")
    context = {
        "versions": version_lines(user),
        "replays": [replay_view(replay) for replay in replays_for(user)],
        "may_promote": bool(can(user, Permission.PROMOTE_RULE)),
    }
    return render(request, "leads/versions.html", context)


@require_http_methods(FORM_METHODS)
@requires(Permission.PROMOTE_RULE)
def version_replay(request: HttpRequest, part: str, version: int) -> HttpResponse:
    """Ask for a replay of a version."""
    now = timezone.now()
    form = ReplayForm(request.POST or None, initial={"known_on": now.date(), "share": 1000})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            known_at = min(datetime.combine(form.cleaned_data["known_on"], time.max, UTC), now)
            if form.cleaned_data["known_on"] > now.date():
                form.add_error("known_on", "The day lies ahead.")
            else:
                try:
                    replay = ask_replay(
                        actor=who(request), part=part, version=version, known_at=known_at, permille=form.cleaned_data["share"], now=now
                    )
                except InvalidInput as error:
                    object_to(form, error)
                else:
                    return HttpResponseRedirect(reverse("replay_page", args=[replay.uuid]))
    record(Act.PAGE, object_kind="rule_book")
    return render(request, "leads/version_replay.html", {"form": form, "title": part_title(part), "version": version}, status=status)


@require_safe
@requires(Permission.VIEW_RULE_BOOK)
def replay_page(request: HttpRequest, replay_uuid: uuid.UUID) -> HttpResponse:
    """A replay: how far it is, what would change, for whom, and what people had decided."""
    user = who(request)
    replay = replay_for(user, replay_uuid)
    effects = effects_for(user, replay)
    promotions = promotions_of(user, replay)
    record(Act.LIST, object_kind="subject", results=[effect.subject.uuid for effect in effects])
    context = {
        "replay": replay,
        "view": replay_view(replay),
        "effects": effects,
        "promotions": promotions,
        "may_propose": bool(can(user, Permission.PROMOTE_RULE)) and replay.state == replay.State.DONE and not promotions,
        "may_approve": bool(can(user, Permission.PROMOTE_RULE)),
        "me": user,
    }
    return render(request, "leads/replay.html", context)


@require_safe
@requires(Permission.VIEW_RULE_BOOK)
def replay_progress(request: HttpRequest, replay_uuid: uuid.UUID) -> HttpResponse:
    """The bar alone, asked for again while it works."""
    replay = replay_for(who(request), replay_uuid)
    record(Act.PAGE, object_kind="rule_book")
    return render(request, "leads/_replay_progress.html", {"replay": replay, "view": replay_view(replay)})


@require_POST
@requires(Permission.PROMOTE_RULE)
def replay_propose(request: HttpRequest, replay_uuid: uuid.UUID) -> HttpResponse:
    """Propose the version that was replayed."""
    replay = replay_for(who(request), replay_uuid)
    try:
        propose_promotion(actor=who(request), replay=replay, now=timezone.now())
        messages.success(request, "Proposed. Another supervisor puts it in force.")
    except Conflict as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("replay_page", args=[replay.uuid]))


@require_POST
@requires(Permission.PROMOTE_RULE)
def version_roll_back(request: HttpRequest, part: str, version: int) -> HttpResponse:
    """Propose to go back to a version that was in force before."""
    try:
        propose_roll_back(actor=who(request), part=part, version=version, now=timezone.now())
        messages.success(request, "Proposed. Another supervisor puts it in force.")
    except (Conflict, InvalidInput) as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("version_list"))


@require_http_methods(FORM_METHODS)
@requires(Permission.PROMOTE_RULE, step_up=True)
def promotion_approve(request: HttpRequest, promotion_uuid: uuid.UUID) -> HttpResponse:
    """Put a proposed version in force: a page that says what will happen, then the act."""
    user = who(request)
    promotion = promotion_for(user, promotion_uuid)
    problem = ""
    if request.method == "POST":
        try:
            approve_promotion(actor=user, promotion=promotion, now=timezone.now())
        except (Conflict, Forbidden) as error:
            problem = error.message
        else:
            messages.success(request, f"{part_title(promotion.part)}: version {promotion.version} is in force. Everybody is judged again.")
            return HttpResponseRedirect(reverse("version_list"))
    record(Act.PAGE, object_kind="rule_book")
    context = {"promotion": promotion, "title": part_title(promotion.part), "problem": problem}
    return render(request, "leads/promotion.html", context, status=409 if problem else 200)


@require_http_methods(FORM_METHODS)
@requires(Permission.PROMOTE_RULE)
def rule_stop(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Stop a rule, or let a stopped one open leads again; both with a reason."""
    user = who(request)
    stop = stops_now(user).get(rule_id)
    form = LiftForm(request.POST or None) if stop else StopForm(request.POST or None)
    status, problem = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            reason, now = form.cleaned_data["reason"], timezone.now()
            try:
                if stop is None:
                    stop_rule(actor=user, rule_id=rule_id, because=reason, closings=form.cleaned_data["closings"], now=now)
                else:
                    lift_stop(actor=user, stop=open_stop_for(user, rule_id), reason=reason, now=now)
            except (Conflict, InvalidInput) as error:
                status, problem = 409, error.message
            else:
                words = "may open leads again" if stop else "is stopped: it opens nothing, and its open leads carry a stop sign"
                messages.success(request, f"{part_title(rule_id)} {words}.")
                return HttpResponseRedirect(f"{reverse('rule_book')}#{rule_id}")
    record(Act.PAGE, object_kind="rule_book")
    context = {"form": form, "title": part_title(rule_id), "stop": stop, "problem": problem}
    return render(request, "leads/rule_stop.html", context, status=status)
