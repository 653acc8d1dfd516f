"""Saved views of the queue: save as, share, let one stand guard, remove."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import parse_qsl

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput
from foundation.forms import object_to
from leads.filters import TABS, QueueQuery, chips, choices, read_query
from leads.models import SavedView
from leads.selectors.desk import view_for, views_for
from leads.services.saved_views import remove_view, save_view
from leads.views.people import came_from, who


class SaveForm(forms.Form):
    """A name, who sees it, whether it stands guard and why."""

    name = forms.CharField(label="Name", max_length=60, error_messages={"required": "Give it a name."})
    shared = forms.BooleanField(label="Share it with the desk", required=False)
    standing = forms.BooleanField(label="Tell me when leads come into it", required=False)
    why = forms.CharField(
        label="Why it exists",
        max_length=300,
        required=False,
        help_text="Needed when it tells you of new leads: you read it with each notice.",
    )


def words_of(query: QueueQuery) -> str:
    """A view in words: its tab and its filters."""
    return ", ".join([TABS[query.tab], *(chip.label for chip in chips(query, choices()))])


@require_safe
@requires(Permission.VIEW_QUEUE)
def view_list(request: HttpRequest) -> HttpResponse:
    """One's own views and those that are shared."""
    user = who(request)
    lines = [_line(view, user.pk) for view in views_for(user)]
    record(Act.LIST, object_kind="saved view", results=[line["view"].uuid for line in lines])
    return render(request, "leads/views.html", {"lines": lines})


def _line(view: SavedView, user_id: int) -> dict[str, Any]:
    query = read_query(dict(parse_qsl(view.query)))
    return {"view": view, "words": words_of(query), "url": query.url, "mine": view.owner_id == user_id}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_QUEUE)
def view_save(request: HttpRequest) -> HttpResponse:
    """Save the view of the queue that the person comes from."""
    query = came_from(request).but()
    form = SaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            view = save_view(actor=who(request), query=query.encoded, now=timezone.now(), **form.cleaned_data)
        except InvalidInput as error:
            object_to(form, error)
        except Conflict as error:
            form.add_error("name", error.message)
        else:
            messages.success(request, f"“{view.name}” is kept.")
            return HttpResponseRedirect(query.url)
    record(Act.PAGE, object_kind="saved view")
    context = {"form": form, "query": query, "words": words_of(query)}
    return render(request, "leads/view_save.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.VIEW_QUEUE)
def view_remove(request: HttpRequest, view_uuid: uuid.UUID) -> HttpResponse:
    """Remove one's own view."""
    view = view_for(who(request), view_uuid)
    remove_view(actor=who(request), view=view, now=timezone.now())
    messages.success(request, f"“{view.name}” is removed.")
    return HttpResponseRedirect(reverse("view_list"))
