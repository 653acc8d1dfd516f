"""Referring a lead: the office by address, the packet as it will be, then send; and the supervisor's list."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict
from leads.forms import DeclineForm, OfficeForm, ReviewForm
from leads.models import Draft, Lead
from leads.picture import Wish
from leads.rules.words import day
from leads.selectors.attachments import files_for
from leads.selectors.queue import QueueFilter, queue_for
from leads.services.referral import Proposal, ask_review, decline_review, propose_referral, refer_lead
from leads.states import LeadState
from leads.views.drafts import draft_of_lead
from leads.views.people import came_from, lead_of, lead_url, who

FORM_METHODS = ("GET", "HEAD", "POST")
SHOWN_ELSEWHERE = frozenset({"NameForm", "Identifier", "Address"})  # the packet lists names, numbers and addresses on their own


@require_http_methods(FORM_METHODS)
@requires(Permission.REFER_LEAD)
def lead_refer(request: HttpRequest, number: str) -> HttpResponse:
    """Step 1: the office that the address leads to, with the reason and the alternatives.

    Whoever may approve what waits comes to the review at once, with the office and the files that were asked for; `?change` leads
    back to the choice.
    """
    lead = lead_of(request, number)
    proposal = propose_referral(user=who(request), lead=lead, now=timezone.now())
    wish = _wish(request, lead, proposal)
    if wish and request.method != "POST" and "change" not in request.GET:
        return _review(request, lead, proposal, wish)
    draft = draft_of_lead(request, lead, Draft.Kind.REFER)
    form = _office_form(request, lead, proposal, {**(wish or {}), **draft.words})
    if request.method == "POST" and form.is_valid():
        return _review(request, lead, proposal, form.cleaned_data)
    record(Act.VIEW, object_kind="lead", object_uuid=lead.uuid)
    context = {**_context(request, lead, proposal), "form": form, "draft": draft, "step": 1}
    return render(request, "leads/refer.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@requires(Permission.REFER_LEAD)
def lead_refer_send(request: HttpRequest, number: str) -> HttpResponse:
    """Step 2 sent: refer the lead, or ask a supervisor where a rule wants a second person."""
    user = who(request)
    lead = lead_of(request, number)
    now = timezone.now()
    choices = _files(user, lead)
    form = ReviewForm(request.POST, files=choices)
    proposal = propose_referral(user=user, lead=lead, now=now)
    office = next((each for each in proposal.candidates if each.code == request.POST.get("office")), None)
    if not form.is_valid() or office is None:
        record(Act.VIEW, object_kind="lead", object_uuid=lead.uuid)
        messages.warning(request, "Nothing was sent: the office or a file was no longer there to choose. Choose again.")
        return HttpResponseRedirect(lead_url(number, came_from(request), page="lead_refer"))
    given = form.cleaned_data
    reason = given["reason"] or proposal.reason
    files = [uuid.UUID(each) for each in given["along"]]
    approved = lead.state == LeadState.IN_REVIEW and not proposal.must_ask
    try:
        if proposal.must_ask:
            asked = f"{office.name}: {reason}{_with_files(choices, given['along'])}"
            wish = Wish(office.code, given["reason"], tuple(files))
            ask_review(actor=user, lead=lead, reason=asked, now=now, version=given["version"], wish=wish)
            messages.success(request, f"{number} waits for a supervisor: {proposal.approval_because}")
        else:
            seen = {"digest": given["digest"], "version": given["version"]}
            refer_lead(actor=user, lead=lead, office=office, reason=reason, now=now, files=files, **seen)
            messages.success(request, f"{number} is referred to {office.name}, which answers by {day(proposal.accept_due_on)}.")
    except Conflict as error:
        again = {"office": office.code, "other_reason": given["reason"], "along": given["along"]}
        return _review(request, lead, proposal, again, problem=error.message)
    draft_of_lead(request, lead, Draft.Kind.REFER).end(request, now)
    if approved:  # on to the next that waits
        return HttpResponseRedirect(reverse("approval_queue"))
    return HttpResponseRedirect(lead_url(number, came_from(request), page="lead_referrals"))


@require_safe
@requires(Permission.APPROVE_REFERRAL)
def approval_queue(request: HttpRequest) -> HttpResponse:
    """The leads that wait for a supervisor."""
    page = queue_for(
        who(request), QueueFilter(state=LeadState.IN_REVIEW.value), now=timezone.now(), cursor=request.GET.get("cursor", "")[:300]
    )
    record(Act.LIST, object_kind="lead", results=[row.uuid for row in page.rows])
    return render(request, "leads/approvals.html", {"page": page})


@require_http_methods(FORM_METHODS)
@requires(Permission.APPROVE_REFERRAL)
def lead_decline(request: HttpRequest, number: str) -> HttpResponse:
    """Send a lead that waits for approval back to the desk, with a reason."""
    lead = lead_of(request, number)
    form = DeclineForm(request.POST or None, initial={"version": lead.version})
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            decline_review(
                actor=who(request),
                lead=lead,
                reason=form.cleaned_data["reason"],
                finding_is_wrong=form.cleaned_data["because"] == DeclineForm.WRONG,
                now=timezone.now(),
                version=form.cleaned_data["version"],
            )
        except Conflict as error:
            problem = error.message
        else:
            messages.success(request, f"{number} is back with the desk.")
            return HttpResponseRedirect(reverse("approval_queue"))
    record(Act.VIEW, object_kind="lead", object_uuid=lead.uuid)
    status = 409 if problem else 422 if request.method == "POST" else 200
    return render(request, "leads/decline.html", {"lead": lead, "form": form, "problem": problem}, status=status)


def _wish(request: HttpRequest, lead: Lead, proposal: Proposal) -> dict[str, Any] | None:
    """What the form holds when the asked office and files are taken over; None where there is nobody's wish to approve."""
    wish = proposal.asking.wish if proposal.asking else None
    if wish is None or proposal.must_ask or wish.office not in {office.code for office in proposal.candidates}:
        return None
    there = {value for value, _ in _files(who(request), lead)}
    return {"office": wish.office, "other_reason": wish.other_reason, "along": [str(each) for each in wish.files if str(each) in there]}


def _office_form(request: HttpRequest, lead: Lead, proposal: Proposal, begun: dict[str, Any]) -> OfficeForm:
    return OfficeForm(
        request.POST or None,
        offices=[(office.code, office.name) for office in proposal.candidates],
        proposed=proposal.office.code if proposal.office else "",
        files=_files(who(request), lead),
        initial={"version": lead.version, "office": proposal.office.code if proposal.office else "", **begun},
    )


def _review(request: HttpRequest, lead: Lead, proposal: Proposal, given: dict[str, Any], *, problem: str = "") -> HttpResponse:
    """Step 2: what the packet will say, what stops it, what speaks against the lead."""
    record(Act.VIEW, object_kind="lead", object_uuid=lead.uuid, fields=["packet preview"])
    office = next(each for each in proposal.candidates if each.code == given["office"])
    initial = {"version": lead.version, "digest": proposal.digest, "office": office.code, "reason": given.get("other_reason", "")}
    choices = dict(_files(who(request), lead))
    form = ReviewForm(initial={**initial, "along": given["along"]}, files=list(choices.items()))
    context = {
        **_context(request, lead, proposal),
        "form": form,
        "draft": draft_of_lead(request, lead, Draft.Kind.REFER),
        "against": [rebuttal for verdict in proposal.picture.verdicts for rebuttal in verdict.rebuttals],
        "office": office,
        "other_reason": given.get("other_reason", ""),
        "along": [choices[each] for each in given["along"]],
        "problem": problem,
        "asks": proposal.must_ask,
        "step": 2,
    }
    return render(request, "leads/refer_review.html", context, status=409 if problem else 200)


def _files(user: User, lead: Lead) -> list[tuple[str, str]]:
    """The lead's files as choices: a file's id and its words."""
    return [(str(each.uuid), f"{each.name} ({each.about})" if each.about else each.name) for each in files_for(user, lead)]


def _with_files(choices: list[tuple[str, str]], chosen: list[str]) -> str:
    """The names of the chosen files for whoever approves: who sends, chooses."""
    names = [label for value, label in choices if value in chosen]
    return f" Files to send along: {'; '.join(names)}." if names else ""


def _context(request: HttpRequest, lead: Lead, proposal: Proposal) -> dict[str, Any]:
    query = came_from(request)
    return {
        "lead": lead,
        "proposal": proposal,
        "picture": proposal.picture,
        "facts": [fact for fact in proposal.picture.facts if fact.kind not in SHOWN_ELSEWHERE],
        "steps": ["Office", "Review", "Sent"],
        "from_query": query,
        "back_url": lead_url(lead.number, query),
    }
