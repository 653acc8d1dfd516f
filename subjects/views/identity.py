"""Of what a person is made up, and the acts on it: not this person, hold against another."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from access.policy import can
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput
from subjects.errands import name_errand
from subjects.forms import WrongPersonForm
from subjects.selectors.identity import identity_of, record_for
from subjects.selectors.subjects import subject_for
from subjects.services.detach import detach
from subjects.services.propose import propose


@require_safe
@requires(Permission.VIEW_SUBJECT, hidden=True)
def subject_identity(request: HttpRequest, subject_uuid: uuid.UUID) -> HttpResponse:
    """The records of one person with the reason for each, merges that can be split, pairs, and who looks alike."""
    user = cast(User, request.user)
    subject = subject_for(user, subject_uuid)
    if subject.uuid != subject_uuid:
        record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid)
        return redirect("subject_identity", subject.uuid)
    name_errand(user, subject)
    identity = identity_of(user, subject)
    shown = {each.subject.uuid for each in identity.alike}
    shown |= {other.uuid for pair in (*identity.waiting, *identity.judged) for other in pair.shown if other.pk != subject.pk}
    shown |= {question.uuid for question in identity.possible}
    record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid, results=sorted(shown), fields=["identity"])
    context = {"subject": subject, "identity": identity, "may_judge": can(user, Permission.JUDGE_IDENTITY)}
    return render(request, "subjects/identity.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.JUDGE_IDENTITY, hidden=True)
def record_detach(request: HttpRequest, subject_uuid: uuid.UUID) -> HttpResponse:
    """Say why one record is about somebody else, and take it away."""
    user = cast(User, request.user)
    subject = subject_for(user, subject_uuid)
    asked = "reason" in request.POST
    form = WrongPersonForm(request.POST if asked else None, initial={"record": request.POST.get("record")})
    number = request.POST.get("record", "")
    if not number.isdigit():
        record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid)
        return redirect("subject_identity", subject.uuid)
    link = record_for(user, subject, int(number))
    if asked and form.is_valid():
        try:
            made = detach(actor=user, link=link, reason=form.cleaned_data["reason"], now=timezone.now())
        except (InvalidInput, Conflict) as error:
            form.add_error(getattr(error, "field", "") or None, error.message)
        else:
            messages.success(request, "The record is a person of its own now. Whatever comes for it later goes there too.")
            return redirect("subject_identity", made.uuid)
    record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid, fields=["identity"])
    return render(request, "subjects/wrong_person.html", {"subject": subject, "link": link, "form": form}, status=422 if asked else 200)


@require_POST
@requires(Permission.JUDGE_IDENTITY, hidden=True)
def subject_compare(request: HttpRequest, subject_uuid: uuid.UUID) -> HttpResponse:
    """Hold a person against another one, named by the address of their page, and judge the pair."""
    user = cast(User, request.user)
    subject = subject_for(user, subject_uuid)
    try:
        other = subject_for(user, uuid.UUID(request.POST.get("other", "")))
    except ValueError as error:
        raise Http404 from error
    try:
        pair = propose(actor=user, subject=subject, other=other)
    except Conflict as error:
        messages.error(request, error.message)
        record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid)
        return redirect("subject_identity", subject.uuid)
    return redirect("judging_pair", pair.uuid)
