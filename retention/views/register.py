"""The register of what is kept elsewhere; the yearly review of the schedules; reports of unauthorized destruction."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.errors import NotFound
from retention.forms import RegisterForm, ReportForm, ReviewForm, SentForm
from retention.selectors import runs as selectors
from retention.services import register as services
from retention.tabs import tabs
from retention.views.answers import attempt, who


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_DISPOSITION)
def register(request: HttpRequest) -> HttpResponse:
    """What of the legacy records lies elsewhere: location, schedule, disposition. No content.

    `?entry=` changes one: what is written replaces it, and the old entry is kept.
    """
    asked = request.GET.get("entry", "")
    old = selectors.get_register_entry_for(who(request), asked) if asked else None
    form = RegisterForm(request.POST or None, initial=model_to_dict(old) if old else None)
    if request.method == "POST" and form.is_valid():
        entry = services.Elsewhere(**form.cleaned_data)
        if attempt(form, lambda: services.enter_register(actor=who(request), entry=entry, now=timezone.now(), replaces=old)):
            messages.success(request, "The entry stands in the register.")
            return HttpResponseRedirect(reverse("retention_register"))
    record(Act.LIST, object_kind="register")
    context = {"entries": selectors.register_for(who(request))[:200], "form": form, "old": old, "tabs": tabs("register")}
    return render(request, "retention/register.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_DISPOSITION)
def reviews(request: HttpRequest) -> HttpResponse:
    """The yearly reviews and the reports, with the days on which they are due; a form that opens a report."""
    form = ReportForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: services.report_destruction(actor=who(request), now=timezone.now(), **form.cleaned_data)) is not None
    ):
        messages.success(request, "The report is open. Send it by the day shown.")
        return HttpResponseRedirect(reverse("retention_reviews"))
    record(Act.LIST, object_kind="reviews and reports")
    context = {
        "reviews": selectors.reviews_for(who(request))[:20],
        "reports": selectors.reports_for(who(request))[:100],
        "form": form,
        "today": timezone.now().date(),
        "tabs": tabs("reviews"),
    }
    return render(request, "retention/reviews.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_SCHEDULE)
def review(request: HttpRequest, year: int) -> HttpResponse:
    """The review of one year: its finding."""
    found = selectors.reviews_for(who(request)).filter(year=year).first()
    if found is None:
        raise NotFound
    form = ReviewForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: services.finish_review(actor=who(request), review=found, now=timezone.now(), **form.cleaned_data))
        is not None
    ):
        messages.success(request, "The review is done.")
        return HttpResponseRedirect(reverse("retention_reviews"))
    record(Act.VIEW, object_kind="schedule review")
    context = {"heading": f"Review of the schedules, {year}", "item": found, "form": form, "submit": "Finish the review"}
    return render(request, "retention/answer.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_DISPOSITION)
def report(request: HttpRequest, report_uuid: uuid.UUID) -> HttpResponse:
    """One report of unauthorized destruction: note that it was sent."""
    found = selectors.reports_for(who(request)).filter(uuid=report_uuid).first()
    if found is None:
        raise NotFound
    form = SentForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: services.send_report(actor=who(request), report=found, **form.cleaned_data)) is not None
    ):
        messages.success(request, "The report is marked as sent.")
        return HttpResponseRedirect(reverse("retention_reviews"))
    record(Act.VIEW, object_kind="unauthorized destruction", object_uuid=found.uuid)
    context = {"heading": "Report of unauthorized destruction", "report": found, "form": form, "submit": "Mark as sent"}
    return render(request, "retention/answer.html", context, status=422 if form.is_bound else 200)
