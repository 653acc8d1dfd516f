"""One associate of a person: their number, a correction, a link to a record of their own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import cast

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from access.policy import can
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput
from foundation.forms import LookForm
from foundation.person_name import person_name
from foundation.templatetags.desk import desk_date
from ingest.codes import countries
from subjects.forms import AssociateForm, AssociateLinkForm
from subjects.models import Associate, Subject
from subjects.search.selectors import find
from subjects.search.terms import Terms
from subjects.selectors.subjects import associate_for, subject_for
from subjects.services.associates import MANUAL, correct_associate, link_associate, remove_associate, reveal_associate

MOST_LIKELY = 6


@require_http_methods(["GET", "HEAD"])
@requires(Permission.VIEW_SUBJECT, hidden=True)
def associate_detail(request: HttpRequest, associate_uuid: uuid.UUID) -> HttpResponse:
    """What is known of one associate, and what may be done."""
    user = cast(User, request.user)
    associate = associate_for(user, associate_uuid)
    record(Act.VIEW, object_kind="subject", object_uuid=associate.subject.uuid, results=[associate.uuid], fields=["associate"])
    return render(request, "subjects/associate_detail.html", _context(user, associate))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REVEAL_IDENTIFIER, hidden=True)
def associate_reveal(request: HttpRequest, associate_uuid: uuid.UUID) -> HttpResponse:
    """Show the whole number: at once for the work in hand, else for a reason."""
    user = cast(User, request.user)
    associate = associate_for(user, associate_uuid)
    asked = "reason" in request.POST
    form = LookForm(request.POST if asked else None)
    value = ""
    if request.method == "POST" and (form.is_valid() or not asked):
        reason = form.cleaned_data["reason"] if asked else ""
        try:
            value = reveal_associate(actor=user, associate=associate, reason=reason, now=timezone.now())
        except (InvalidInput, Conflict) as error:
            if asked:
                form.add_error(getattr(error, "field", "") or None, error.message)
    if not value:
        record(Act.PAGE, object_kind="subject", object_uuid=associate.subject.uuid)
    context = {"associate": associate, "subject": associate.subject, "form": form, "value": value}
    return render(request, "subjects/associate_reveal.html", context, status=422 if asked and not value else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADD_ASSOCIATE, hidden=True)
def associate_correct(request: HttpRequest, associate_uuid: uuid.UUID) -> HttpResponse:
    """Correct an associate that was entered by hand."""
    user = cast(User, request.user)
    associate = associate_for(user, associate_uuid)
    known = {name: getattr(associate, name) for name in AssociateForm.base_fields if name not in {"identifying_number", "us_person"}}
    known["us_person"] = {True: "yes", False: "no", None: ""}[associate.us_person]
    form = AssociateForm(request.POST or None, initial=known)
    if associate.identifiers_sealed is not None:
        form.fields["identifying_number"].help_text = "A number is known. Leave this empty to keep it."

    def act() -> str:
        correct_associate(actor=user, associate=associate, now=timezone.now(), **form.cleaned_data)
        return "The associate is corrected."

    return _done(request, associate, form, act, title="Correct an associate", submit="Correct")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADD_ASSOCIATE, hidden=True)
def associate_remove(request: HttpRequest, associate_uuid: uuid.UUID) -> HttpResponse:
    """Take an associate that was entered by hand off the record, with a reason."""
    user = cast(User, request.user)
    associate = associate_for(user, associate_uuid)
    form = LookForm(request.POST or None)
    form.fields["reason"].label = "Why does this associate go?"
    form.fields["reason"].help_text = "Kept with the record of this act."

    def act() -> str:
        remove_associate(actor=user, associate=associate, reason=form.cleaned_data["reason"], now=timezone.now())
        return "The associate is off the record."

    return _done(request, associate, form, act, title="Remove an associate", submit="Remove")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.JUDGE_IDENTITY, hidden=True)
def associate_link(request: HttpRequest, associate_uuid: uuid.UUID) -> HttpResponse:
    """Say whose record the associate has, among the people that look like it."""
    user = cast(User, request.user)
    associate = associate_for(user, associate_uuid)
    likely = _likely(associate)
    linked = associate.linked_subject
    initial = {"record": str(linked.uuid)} if linked else None
    form = AssociateLinkForm(request.POST or None, likely=[(str(each.uuid), _in_words(each)) for each in likely], initial=initial)

    def act() -> str:
        chosen = form.cleaned_data["record"]
        other = None if chosen == form.NOBODY else subject_for(user, uuid.UUID(chosen))
        link_associate(actor=user, associate=associate, other=other, reason=form.cleaned_data["reason"], now=timezone.now())
        return "The associate is linked to that record." if other else "The associate is linked to no record."

    return _done(request, associate, form, act, title="Link to a record", submit="Link", shown=likely)


def _likely(associate: Associate) -> list[Subject]:
    """The people who look like the associate, best first, the one who is linked among them."""
    born = associate.date_of_birth.isoformat() if associate.date_of_birth else ""
    name = f"{associate.given_name} {associate.family_name}".strip()
    found = [hit.subject for hit in find(Terms(name=name, birth=born)).hits] if name or born else []
    linked = [associate.linked_subject] if associate.linked_subject else []
    others = [each for each in found if each.pk not in {associate.subject_id, associate.linked_subject_id}]
    return [*linked, *others][:MOST_LIKELY]


def _in_words(subject: Subject) -> str:
    born = f"born {desk_date(subject.date_of_birth)}" if subject.date_of_birth else ""
    country = countries.names().get(subject.citizenship, subject.citizenship)
    return ", ".join(part for part in (person_name(subject), born, country) if part)


def _done(
    request: HttpRequest,
    associate: Associate,
    form: Form,
    act: Callable[[], str],
    *,
    title: str,
    submit: str,
    shown: Sequence[Subject] = (),
) -> HttpResponse:
    """The page of one act; done, back to the person."""
    if request.method == "POST" and form.is_valid():
        try:
            said = act()
        except (InvalidInput, Conflict) as error:
            form.add_error(getattr(error, "field", "") or None, error.message)
        else:
            messages.success(request, said)
            return redirect("subject_detail", associate.subject.uuid)
    results = [associate.uuid, *(each.uuid for each in shown)]
    record(Act.VIEW, object_kind="subject", object_uuid=associate.subject.uuid, results=results, fields=["associate"])
    context = {"associate": associate, "subject": associate.subject, "form": form, "title": title, "submit": submit}
    return render(request, "subjects/associate_act.html", context, status=422 if request.method == "POST" else 200)


def _context(user: User, associate: Associate) -> dict[str, object]:
    own = associate.source == MANUAL
    return {
        "associate": associate,
        "subject": associate.subject,
        "from_source": not own,
        "may_reveal": associate.identifiers_sealed is not None and can(user, Permission.REVEAL_IDENTIFIER),
        "may_change": own and can(user, Permission.ADD_ASSOCIATE),
        "may_link": bool(associate.family_name) and can(user, Permission.JUDGE_IDENTITY),
    }
