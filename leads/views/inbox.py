"""The field office: its inbox, the referral readable without the PDF, and the answers an office gives."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.context import name_purpose
from audit.services import record
from foundation.errors import Conflict, InvalidInput
from foundation.forms import object_to
from foundation.person_name import person_name
from leads.filters import with_query
from leads.forms import OutcomeForm, ReasonForm, ReturnForm
from leads.models import Draft, Referral
from leads.selectors.in_hand import errand_about_referral
from leads.selectors.referral import inbox_counts_for, inbox_for, recall_notices_for, referral_detail_for, referral_for
from leads.services import answer
from leads.services.referral import recall_referral
from leads.views.drafts import DraftPart, draft_of_referral
from leads.views.people import who

FORM_METHODS = ("GET", "HEAD", "POST")
SAFETY = "safety_answer"
TABS = {"open": "To do", "sent": "To accept", "accepted": "Accepted", "out_of_date": "Out of date", "done": "Done"}


@require_safe
@requires(Permission.ANSWER_REFERRAL)
def office_inbox(request: HttpRequest) -> HttpResponse:
    """What was referred to the person's office."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "open"
    now = timezone.now()
    page = inbox_for(who(request), now=now, state=tab, cursor=request.GET.get("cursor", "")[:300])
    record(Act.LIST, object_kind="referral", results=[row.referral.uuid for row in page.rows])
    counts = inbox_counts_for(who(request), now=now)
    numbers = {"open": counts.open, "sent": counts.sent, "accepted": counts.accepted, "out_of_date": counts.out_of_date}
    here = reverse("office_inbox")
    tabs = [
        {
            "label": label,
            "url": with_query(here, f"tab={name}" if name != "open" else ""),
            "current": name == tab,
            "count": str(numbers[name]) if name in numbers else None,
        }
        for name, label in TABS.items()
    ]
    notices = recall_notices_for(who(request))
    return render(request, "leads/inbox.html", {"page": page, "tab": tab, "tabs": tabs, "title": TABS[tab], "notices": notices})


@require_safe
@requires(Permission.VIEW_REFERRAL, hidden=True)
def referral_page(request: HttpRequest, referral_uuid: uuid.UUID) -> HttpResponse:
    """The referral and its packet, as the office reads it."""
    return _page(request, referral_uuid, safety=_answered(request, referral_uuid))


@require_POST
@requires(Permission.ANSWER_REFERRAL)
def referral_accept(request: HttpRequest, referral_uuid: uuid.UUID) -> HttpResponse:
    """Accept the referral."""
    return _answer(
        request,
        referral_uuid,
        lambda referral: answer.accept_referral(actor=who(request), referral=referral, now=timezone.now(), version=_version(request)),
        "Accepted. Report the outcome here when you have it.",
    )


@require_POST
@requires(Permission.ANSWER_REFERRAL)
def referral_take(request: HttpRequest, referral_uuid: uuid.UUID) -> HttpResponse:
    """Take the referral as one's own inside the office."""
    return _answer(
        request,
        referral_uuid,
        lambda referral: answer.take_referral(actor=who(request), referral=referral, now=timezone.now()),
        "It is yours.",
    )


@require_POST
@requires(Permission.ANSWER_REFERRAL)
def referral_acknowledge(request: HttpRequest, referral_uuid: uuid.UUID) -> HttpResponse:
    """Confirm to have read that the packet is out of date."""
    return _answer(
        request,
        referral_uuid,
        lambda referral: answer.acknowledge_out_of_date(actor=who(request), referral=referral, now=timezone.now()),
        "The desk sees that you have read it.",
    )


@require_POST
@requires(Permission.ANSWER_REFERRAL)
def referral_safe(request: HttpRequest, referral_uuid: uuid.UUID) -> HttpResponse:
    """Judge again on the newest facts and stamp the time."""
    referral = referral_for(who(request), referral_uuid)
    safety = answer.safe_to_act(actor=who(request), referral=referral, now=timezone.now())
    request.session[SAFETY] = {
        "referral": str(referral_uuid),
        "answer": safety.answer,
        "words": safety.words,
        "asked_at": safety.asked_at.isoformat(),
        "as_of": safety.as_of.isoformat() if safety.as_of else "",
    }
    return HttpResponseRedirect(reverse("referral_page", args=[referral_uuid]))


@require_http_methods(FORM_METHODS)
@requires(Permission.ANSWER_REFERRAL)
def referral_return(request: HttpRequest, referral_uuid: uuid.UUID) -> HttpResponse:
    """Send the referral back with a structured reason."""
    referral = referral_for(who(request), referral_uuid)
    draft = draft_of_referral(request, referral, Draft.Kind.RETURN)
    form = ReturnForm(request.POST or None, initial={"version": referral.version, **draft.words})

    def send_back(given: dict[str, Any]) -> str:
        answer.return_referral(
            actor=who(request),
            referral=referral,
            return_reason=given["code"],
            words=given["words"],
            now=timezone.now(),
            version=given["version"],
        )
        return "Returned to the desk."

    words = {"title": "Return to the desk", "lede": "The desk reads your reason and your words first.", "submit": "Return"}
    return form_page(request, referral, form, words, send_back, draft=draft)


@require_http_methods(FORM_METHODS)
@requires(Permission.REPORT_OUTCOME)
def referral_outcome(request: HttpRequest, referral_uuid: uuid.UUID) -> HttpResponse:
    """Report what the office found; the same form sent twice makes one outcome."""
    referral = referral_for(who(request), referral_uuid)
    now = timezone.now()
    draft = draft_of_referral(request, referral, Draft.Kind.OUTCOME)
    initial = {"version": referral.version, "occurred_on": now.date(), **draft.words}
    form = OutcomeForm(request.POST or None, today=now.date(), initial=initial)

    def report(given: dict[str, Any]) -> str:
        answer.report_outcome(
            actor=who(request),
            referral=referral,
            code=given["code"],
            occurred_on=given["occurred_on"],
            remarks=given["remarks"],
            now=now,
            version=given["version"],
        )
        return "The outcome is on record and the lead was judged again."

    words = {"title": "Report the outcome", "lede": "It reaches the desk at once.", "submit": "Send the outcome"}
    return form_page(request, referral, form, words, report, draft=draft)


@require_http_methods(FORM_METHODS)
@requires(Permission.RECALL_REFERRAL)
def referral_recall(request: HttpRequest, referral_uuid: uuid.UUID) -> HttpResponse:
    """Headquarters takes a referral back, with a reason that the office reads."""
    referral = referral_for(who(request), referral_uuid)
    form = ReasonForm(request.POST or None, initial={"version": referral.version})

    def recall(given: dict[str, Any]) -> str:
        recall_referral(actor=who(request), referral=referral, reason=given["reason"], now=timezone.now(), version=given["version"])
        return "Recalled: the office sees at once that it must not act on the packet."

    words = {"title": "Recall", "lede": "The office sees it at once; its packet reads “recalled” from now on.", "submit": "Recall"}
    return form_page(request, referral, form, words, recall)


def _page(
    request: HttpRequest, referral_uuid: uuid.UUID, *, safety: dict[str, Any] | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    user = who(request)
    now = timezone.now()
    detail = referral_detail_for(user, referral_uuid, now=now)
    errand = errand_about_referral(user, detail.referral, now)
    if errand is not None:
        name_purpose(*errand)
    record(Act.VIEW, object_kind="referral", object_uuid=referral_uuid, results=[detail.referral.lead_uuid])
    answers = errand is not None and errand[0] == "referral"
    context = {
        "detail": detail,
        "referral": detail.referral,
        "body": detail.body,
        "actions": {each.action: each for each in detail.actions},
        "safety": safety,
        "problem": problem,
        "answers": answers,
        "asks_why": errand is None and bool(detail.body.get("identifiers")),
        "list_url": reverse("office_inbox" if answers else "referral_list"),
        "list_name": "Inbox" if answers else "Referrals",
    }
    return render(request, "leads/referral.html", context, status=status)


def _answered(request: HttpRequest, referral_uuid: uuid.UUID) -> dict[str, Any] | None:
    """The answer to "safe to act now?", shown once after it was asked; it has no content of the lead."""
    held = request.session.get(SAFETY)
    if held is None or held["referral"] != str(referral_uuid):
        return None
    del request.session[SAFETY]
    as_of = parse_date(held["as_of"]) if held["as_of"] else None
    return {**held, "asked_at": parse_datetime(held["asked_at"]), "as_of": as_of}


def _answer(request: HttpRequest, referral_uuid: uuid.UUID, act: Callable[[Referral], object], done: str) -> HttpResponse:
    """Do it, or show the referral as it stands now with the reason why not."""
    referral = referral_for(who(request), referral_uuid)
    try:
        act(referral)
    except Conflict as error:
        return _page(request, referral_uuid, problem=error.message, status=409)
    messages.success(request, done)
    return HttpResponseRedirect(reverse("referral_page", args=[referral_uuid]))


def form_page(
    request: HttpRequest,
    referral: Referral,
    form: Any,
    words: dict[str, str],
    act: Callable[[dict[str, Any]], str],
    *,
    draft: DraftPart | None = None,
) -> HttpResponse:
    """Show the form, or do what it says; a form for an older version comes back with every word that was typed."""
    status, problem = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = act(form.cleaned_data)
            except InvalidInput as error:
                object_to(form, error)
            except Conflict as error:
                problem, status = error.message, 409
                form.data = form.data.copy()
                form.data["version"] = str(referral_for(who(request), referral.uuid).version)
            else:
                if draft is not None:
                    draft.end(request, timezone.now())
                messages.success(request, done)
                return HttpResponseRedirect(reverse("referral_page", args=[referral.uuid]))
    record(Act.VIEW, object_kind="referral", object_uuid=referral.uuid, results=[referral.lead_uuid])
    back = reverse("referral_page", args=[referral.uuid])
    context = {
        "referral": referral,
        "name": person_name(referral),
        "form": form,
        "draft": draft,
        "problem": problem,
        "back_url": back,
        **words,
    }
    return render(request, "leads/referral_form.html", context, status=status)


def _version(request: HttpRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isdigit() and len(given) < 10 else None
