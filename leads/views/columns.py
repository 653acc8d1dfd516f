"""Which columns of the queue a person wants to see: a personal setting."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from access.policy import roles_of
from audit.acts import Act
from audit.services import record
from leads.columns import COLUMNS, columns_of, kept
from leads.views.people import came_from, who


class ColumnsForm(forms.Form):
    """One box for each column; lead and subject stand always."""

    columns = forms.MultipleChoiceField(
        label="Beside lead and subject",
        choices=list(COLUMNS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one, or go back to those of your role."},
    )


def columns_for(user: User) -> tuple[str, ...]:
    """The columns of the queue as this person sees it."""
    return columns_of(user.queue_columns, [role.code for role in roles_of(user)])


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_QUEUE)
def queue_columns(request: HttpRequest) -> HttpResponse:
    """Choose columns, or go back to those of the role."""
    user = who(request)
    form = ColumnsForm(request.POST or None, initial={"columns": columns_for(user)})
    if request.method == "POST":
        back_to_the_roles = "role" in request.POST
        if back_to_the_roles or form.is_valid():
            user.queue_columns = "" if back_to_the_roles else ",".join(kept(form.cleaned_data["columns"]))
            user.save(update_fields=["queue_columns"])
            record(Act.PREFERENCE, object_kind="user", object_uuid=user.uuid, fields=["queue_columns"])
            messages.success(request, "The queue shows the columns of your role." if back_to_the_roles else "The queue shows your columns.")
            return HttpResponseRedirect(came_from(request).url)
    record(Act.PAGE)
    status = 422 if request.method == "POST" else 200
    return render(
        request, "leads/columns.html", {"form": form, "query": came_from(request), "own": bool(user.queue_columns)}, status=status
    )
