"""Person search: a form that is posted, and results at an address that says nothing."""

from __future__ import annotations

import uuid
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from access.decorators import requires
from access.exports import exported
from access.models import User
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from subjects.forms import SearchForm
from subjects.search.export import search_export_for
from subjects.search.selectors import find, search_for
from subjects.search.services import start_search, state_purpose


@require_http_methods(["GET", "POST"])
@requires(Permission.SEARCH_PERSON)
def person_search(request: HttpRequest) -> HttpResponse:
    """Ask for name, date of birth, number, purpose; keep the search and lead to its results."""
    form = SearchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = cast(User, request.user)
        search = start_search(actor=user, terms=form.terms(), purpose=form.cleaned_data["purpose"], now=timezone.now())
        return redirect("search_results", search.uuid)
    record(Act.PAGE)
    return render(request, "subjects/search.html", {"form": form}, status=422 if request.method == "POST" else 200)


@require_GET
@requires(Permission.SEARCH_PERSON)
def search_results(request: HttpRequest, search_uuid: uuid.UUID) -> HttpResponse:
    """Who fits, best first, each with the reasons; found anew at each look, so that sight is never older than the page."""
    search, terms = search_for(cast(User, request.user), search_uuid, timezone.now())
    results = find(terms)
    state_purpose(search)
    record(
        Act.SEARCH,
        object_kind="search",
        object_uuid=search.uuid,
        results=[hit.subject.uuid for hit in results.hits],
        payload=terms.as_payload(),
    )
    again = SearchForm(initial={**terms.as_payload(), "purpose": search.purpose_kind})
    context = {"search": search, "results": results, "form": again, "terms": terms, "asked": _asked(form=again, terms=terms.as_payload())}
    return render(request, "subjects/results.html", context)


@require_GET
@requires(Permission.EXPORT)
def search_export(request: HttpRequest, search_uuid: uuid.UUID, form: str) -> HttpResponse:
    """The people whom one's own search finds now, as a file; what was asked stands in its event."""
    user, now = cast(User, request.user), timezone.now()
    search, terms = search_for(user, search_uuid, now)
    state_purpose(search)
    return exported(
        user=user,
        form=form,
        title="search",
        noun="people",
        listed=lambda limit: search_export_for(user, search_uuid, now=now, limit=limit),
        view=terms.as_payload(),
    )


def _asked(*, form: SearchForm, terms: dict[str, str]) -> list[str]:
    """What was asked, in a line: `Name: ...`."""
    chosen = {name: dict(form.fields[name].choices) for name in form.NARROWING}  # type: ignore[attr-defined]  # choice fields
    return [f"{form.fields[name].label}: {chosen.get(name, {}).get(value, value)}" for name, value in terms.items()]
