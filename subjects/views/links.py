"""The link chart of a person."""

from __future__ import annotations

import uuid
from typing import cast
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.forms import DeskDateField
from subjects.errands import name_errand
from subjects.links.selectors import MOST_STEPS, THROUGH, Wanted, links_of
from subjects.selectors.subjects import subject_for

MOST_LETTERS = 60  # of a node's id


class LinkFilter(forms.Form):
    """Through what people are tied, and in which days it was stated."""

    through = forms.ChoiceField(label="Through", required=False, choices=[("", "everything"), *THROUGH.items()])
    since = DeskDateField(label="Stated since", required=False)
    until = DeskDateField(label="Until", required=False)


@require_GET
@requires(Permission.VIEW_SUBJECT, hidden=True)
def subject_links(request: HttpRequest, subject_uuid: uuid.UUID) -> HttpResponse:
    """Who and what is tied to one person: a table, and the same as a picture. `open` names the nodes that were expanded."""
    user = cast(User, request.user)
    subject = subject_for(user, subject_uuid)
    if subject.uuid != subject_uuid:
        record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid)
        return redirect("subject_links", subject.uuid)
    name_errand(user, subject)
    form = LinkFilter(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    wanted = Wanted(asked.get("through") or "", asked.get("since"), asked.get("until"))
    opened = [node for node in dict.fromkeys(request.GET.getlist("open")) if len(node) <= MOST_LETTERS][:MOST_STEPS]
    graph = links_of(user, subject, wanted, opened)
    shown = [node.record for node in graph.nodes.values() if node.record]
    record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid, results=shown, fields=["links", wanted.through or "everything"])
    kept = [(name, value) for name in form.fields if (value := request.GET.get(name))]
    here = reverse("subject_links", args=[subject.uuid])
    steps = {
        node.id: f"{here}?{urlencode([*kept, *(('open', each) for each in (*opened, node.id))])}"
        for node in graph.nodes.values()
        if node.may_expand and len(opened) < MOST_STEPS
    }
    context = {
        "subject": subject,
        "form": form,
        "opened": opened,
        "nodes": [(node, steps.get(node.id, "")) for node in graph.nodes.values()],
        "links": list(graph),
        "first_url": f"{here}?{urlencode(kept)}" if opened else "",
    }
    return render(request, "subjects/links.html", context, status=200 if not form.is_bound or form.is_valid() else 422)
