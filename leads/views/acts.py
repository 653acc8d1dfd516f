"""What a person does to a lead: claim, release, note, hold, close, reopen, override, assign.

A form that was sent for an older version of the lead comes back with both versions and every word that was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from access.decorators import requires
from access.permissions import Permission
from access.selectors import people_with
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput
from foundation.forms import object_to
from leads.forms import AssignForm, CloseForm, HoldForm, NoteForm, OverrideForm, ReasonForm, VersionedForm
from leads.models import Draft, Lead
from leads.selectors.lead import history_for, lead_detail_for, notes_for
from leads.services import triage
from leads.services.waiting import choices_of_waits
from leads.views.drafts import DraftPart, draft_of_lead
from leads.views.page import header_of
from leads.views.people import came_from, lead_of, lead_url, who
from leads.views.undo import remember

FORM_METHODS = ("GET", "HEAD", "POST")


@dataclass(frozen=True, slots=True)
class ActPage:
    """The words of a page with one form."""

    title: str
    lede: str
    submit: str
    kind: str = "primary"


@require_POST
@requires(Permission.CLAIM_LEAD)
def lead_claim(request: HttpRequest, number: str) -> HttpResponse:
    """Claim the lead; from a row of the queue the person stays in the queue."""
    lead = lead_of(request, number)
    triage.claim_lead(actor=who(request), lead=lead, now=timezone.now())
    remember(request, "claim", lead)
    messages.success(request, f"{number} is yours.")
    return _back(request, number, stay="stay" in request.POST)


@require_POST
@requires(Permission.CLAIM_LEAD)
def lead_release(request: HttpRequest, number: str) -> HttpResponse:
    """Give the lead back to the queue."""
    lead = lead_of(request, number)
    triage.release_lead(actor=who(request), lead=lead, now=timezone.now())
    messages.success(request, f"{number} is back in the queue.")
    return _back(request, number)


@require_POST
@requires(Permission.DECIDE_LEAD)
def lead_unhold(request: HttpRequest, number: str) -> HttpResponse:
    """Take the lead off hold."""
    lead = lead_of(request, number)
    triage.unhold_lead(actor=who(request), lead=lead, now=timezone.now())
    messages.success(request, f"{number} is off hold.")
    return _back(request, number)


@require_http_methods(FORM_METHODS)
@requires(Permission.DECIDE_LEAD)
def lead_hold(request: HttpRequest, number: str) -> HttpResponse:
    """Put the lead on hold until a day, with a reason."""
    lead = lead_of(request, number)
    now = timezone.now()
    draft = draft_of_lead(request, lead, Draft.Kind.HOLD)
    initial = {"version": lead.version, **draft.words}
    form = HoldForm(request.POST or None, today=now.date(), waits=choices_of_waits(), initial=initial)

    def hold(given: dict[str, Any]) -> str:
        triage.hold_lead(
            actor=who(request),
            lead=lead,
            reason=given["reason"],
            until=given["until"],
            waits_for=given["waits_for"],
            now=now,
            version=given["version"],
        )
        remember(request, "hold", lead)
        return f"{number} is on hold."

    page = ActPage(
        "Hold",
        "It leaves your queue and comes back by itself on its day, or as soon as what it waits for has happened.",
        "Hold",
    )
    return form_page(request, lead, form, page, hold, leave=True, draft=draft)


@require_http_methods(FORM_METHODS)
@requires(Permission.DECIDE_LEAD)
def lead_close(request: HttpRequest, number: str) -> HttpResponse:
    """Close the lead with a reason from the list."""
    lead = lead_of(request, number)
    draft = draft_of_lead(request, lead, Draft.Kind.CLOSE)
    form = CloseForm(request.POST or None, initial={"version": lead.version, **draft.words})

    def close(given: dict[str, Any]) -> str:
        triage.close_lead(
            actor=who(request),
            lead=lead,
            close_reason=given["code"],
            reason=form.words(),
            now=timezone.now(),
            version=given["version"],
        )
        remember(request, "close", lead)
        return f"{number} is closed: {dict(form.fields['code'].choices)[given['code']]}."  # type: ignore[attr-defined]

    page = ActPage(
        "Close", "What you saw is frozen with the decision. New evidence that contradicts it reopens the lead.", "Close the lead"
    )
    return form_page(request, lead, form, page, close, leave=True, draft=draft)


@require_http_methods(FORM_METHODS)
@requires(Permission.DECIDE_LEAD)
def lead_reopen(request: HttpRequest, number: str) -> HttpResponse:
    """Reopen a closed lead, with a reason."""
    lead = lead_of(request, number)
    form = ReasonForm(request.POST or None, initial={"version": lead.version})

    def reopen(given: dict[str, Any]) -> str:
        triage.reopen_lead(actor=who(request), lead=lead, reason=given["reason"], now=timezone.now(), version=given["version"])
        return f"{number} is open again."

    page = ActPage("Reopen", "The decision that closed it stays in the history.", "Reopen the lead")
    return form_page(request, lead, form, page, reopen)


@require_http_methods(FORM_METHODS)
@requires(Permission.OVERRIDE_STOP_SIGN)
def lead_override(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Take responsibility, by name and with a reason, for one stop sign."""
    lead = lead_of(request, number)
    form = OverrideForm(request.POST or None, initial={"version": lead.version})

    def override(given: dict[str, Any]) -> str:
        triage.override_stop_sign(actor=who(request), lead=lead, key=key, reason=given["reason"], now=timezone.now())
        return "The stop sign is overridden under your name."

    page = ActPage("Override a stop sign", "It holds for what is known now: new evidence asks again.", "Override under my name", "danger")
    return form_page(request, lead, form, page, override, sign_key=key)


@require_http_methods(FORM_METHODS)
@requires(Permission.ASSIGN_LEAD)
def lead_assign(request: HttpRequest, number: str) -> HttpResponse:
    """Give the lead to a person of the desk."""
    lead = lead_of(request, number)
    people = people_with(Permission.CLAIM_LEAD)
    form = AssignForm(request.POST or None, people=people, initial={"version": lead.version})

    def assign(given: dict[str, Any]) -> str:
        triage.assign_lead(actor=who(request), lead=lead, user=given["user"], reason=given["reason"], now=timezone.now())
        return f"{number} is with {given['user'].label}."

    page = ActPage("Assign", "The person finds it in the own queue, with your reason.", "Assign")
    return form_page(request, lead, form, page, assign)


@require_POST
@requires(Permission.WRITE_NOTE)
def lead_note(request: HttpRequest, number: str) -> HttpResponse:
    """Write a note; what was typed comes back when it could not be kept."""
    lead = lead_of(request, number)
    form = NoteForm(request.POST)
    draft = draft_of_lead(request, lead, Draft.Kind.NOTE)
    problem = ""
    if form.is_valid():
        try:
            triage.write_note(
                actor=who(request),
                lead=lead,
                text=form.cleaned_data["text"],
                audience=form.cleaned_data["audience"],
                now=timezone.now(),
                replaces=form.cleaned_data["replaces"],
            )
        except Conflict as error:
            problem = error.message
        else:
            if not form.cleaned_data["replaces"]:  # a correction is no draft of a new note
                draft.end(request, timezone.now())
            messages.success(request, "The note is kept.")
            return HttpResponseRedirect(lead_url(number, came_from(request), page="lead_notes"))
    record(Act.VIEW, object_kind="lead", object_uuid=lead.uuid)
    kept_as = None if form.data.get("replaces") else draft
    context = {
        "lead": lead,
        "form": form,
        "draft": kept_as,
        "problem": problem,
        "notes": notes_for(who(request), lead),
        "from_query": came_from(request),
    }
    return render(request, "leads/note.html", context, status=409 if problem else 422)


def form_page(
    request: HttpRequest,
    lead: Lead,
    form: VersionedForm,
    page: ActPage,
    act: Callable[[dict[str, Any]], str],
    *,
    leave: bool = False,
    sign_key: str = "",
    draft: DraftPart | None = None,
) -> HttpResponse:
    """Show the form, or do what it says. `leave`: afterwards the person goes back to the list."""
    status = 200
    stale = ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = act(form.cleaned_data)
            except InvalidInput as error:
                object_to(form, error)
            except Conflict as error:
                stale, status = error.message, 409
            else:
                if draft is not None:
                    draft.end(request, timezone.now())
                messages.success(request, done)
                return _back(request, lead.number, stay=leave)
    return _show(request, lead, form, page, status=status, stale=stale, sign_key=sign_key, draft=draft)


def _show(
    request: HttpRequest, lead: Lead, form: VersionedForm, page: ActPage, *, status: int, stale: str, sign_key: str, draft: DraftPart | None
) -> HttpResponse:
    user = who(request)
    detail = lead_detail_for(user, lead.number, now=timezone.now())
    record(Act.VIEW, object_kind="lead", object_uuid=lead.uuid)
    seen = ""
    if stale:
        seen = form.data.get("version", "")
        form.data = {**form.data.dict(), "version": str(detail.lead.version)}  # type: ignore[attr-defined]  # a QueryDict; sent again for what stands now
    context = {
        **header_of(user, detail),
        "page": page,
        "form": form,
        "draft": draft,
        "stale": stale,
        "since": history_for(user, detail.lead)[:3] if stale else (),
        "seen_version": seen,
        "sign": next((sign for sign in detail.picture.stop_signs if sign.key == sign_key), None),
        "from_query": came_from(request),
        "back_url": lead_url(lead.number, came_from(request)),
    }
    return render(request, "leads/act.html", context, status=status)


def _back(request: HttpRequest, number: str, *, stay: bool = False) -> HttpResponseRedirect:
    """To the lead; or, when the work on it is over, to the same place of the list."""
    query = came_from(request)
    return HttpResponseRedirect(f"{query.url}#{number}" if stay else lead_url(number, query))
