"""The second look of a supervisor: the list of drawn closings, and the review of one."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput
from foundation.forms import object_to
from leads.forms import REASON_LENGTH
from leads.models import QualitySample
from leads.models.quality import SAID
from leads.selectors.lead import lead_detail_for
from leads.selectors.quality import disagreement_by_rule, sample_for, waiting_samples_for
from leads.services.quality import review_sample
from leads.views.page import header_of
from leads.views.people import who

SAYINGS = [each for each in QualitySample.Verdict.choices if each[0] in SAID]


class ReviewForm(forms.Form):
    """The verdict, with words."""

    verdict = forms.ChoiceField(label="Was it right to close the lead?", choices=SAYINGS, widget=forms.RadioSelect)
    words = forms.CharField(label="In words", max_length=REASON_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3}))


@require_safe
@requires(Permission.REVIEW_SAMPLE)
def quality_list(request: HttpRequest) -> HttpResponse:
    """What waits, and how often the second person disagreed with each rule version."""
    samples = waiting_samples_for(who(request))
    referrals = waiting_samples_for(who(request), QualitySample.Kind.REFERRAL)
    record(Act.LIST, object_kind="lead", results=[each.lead.uuid for each in (*samples, *referrals)])
    context = {"samples": samples, "referrals": referrals, "rates": disagreement_by_rule(who(request))}
    return render(request, "leads/quality.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REVIEW_SAMPLE, hidden=True)
def quality_review(request: HttpRequest, sample_uuid: uuid.UUID) -> HttpResponse:
    """One drawn closing: the lead's answer first, then agree or disagree."""
    user, now = who(request), timezone.now()
    sample = sample_for(user, sample_uuid)
    form = ReviewForm(request.POST or None)
    status, problem = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                review_sample(actor=user, sample=sample, verdict=given["verdict"], words=given["words"], now=now)
            except InvalidInput as error:
                object_to(form, error)
            except Conflict as error:
                status, problem = 409, error.message
            else:
                messages.success(request, f"The closing of {sample.lead.number} is reviewed.")
                return HttpResponseRedirect(reverse("quality_list"))
    detail = lead_detail_for(user, sample.lead.number, now=now)
    record(Act.VIEW, object_kind="lead", object_uuid=sample.lead.uuid)
    context = {
        **header_of(user, detail),
        "sample": sample,
        "form": form,
        "problem": problem,
        "findings": detail.findings,
        "against": [rebuttal for verdict in detail.picture.verdicts for rebuttal in verdict.rebuttals],
        "facts": detail.picture.facts,
    }
    return render(request, "leads/quality_review.html", context, status=status)
