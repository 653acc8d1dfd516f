"""The page of a person, and the source behind each fact."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from access.policy import can, require
from audit.acts import Act
from audit.keys import KeyDestroyed
from audit.services import record
from foundation.errors import NotFound
from foundation.forms import LookForm
from foundation.registries import filled_panels, shown_in
from ingest.selectors.work import row_cells
from ingest.sources.registry import SOURCES
from subjects.errands import name_errand
from subjects.forms import FactFilter
from subjects.models import FactBase, PersonSearch
from subjects.search.selectors import search_for
from subjects.search.services import state_purpose
from subjects.selectors.described import TITLES, lines_of
from subjects.selectors.facts import fact_for, standing_facts
from subjects.selectors.page import fact_lines, picture_of
from subjects.selectors.subjects import subject_for


@require_GET
@requires(Permission.VIEW_SUBJECT, hidden=True)
def subject_detail(request: HttpRequest, subject_uuid: uuid.UUID) -> HttpResponse:
    """One person: who, when, what each source says, what belongs to them."""
    user = cast(User, request.user)
    subject = subject_for(user, subject_uuid)
    if subject.uuid != subject_uuid:
        record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid)
        return redirect("subject_detail", subject.uuid)
    name_errand(user, subject)
    search = _search_behind(request, user)
    picture = picture_of(user, subject, timezone.now().date())
    slots = filled_panels("subject", user, subject)
    record(
        Act.VIEW,
        object_kind="subject",
        object_uuid=subject.uuid,
        results=[
            *(entry.uuid for entry in picture.associates),
            *(organization.uuid for organization, _ in picture.organizations),
            *shown_in(slots),
        ],
    )
    context = {"picture": picture, "subject": subject, "search": search, "slots": slots, "may_add": can(user, Permission.ADD_ASSOCIATE)}
    return render(request, "subjects/detail.html", context)


@require_GET
@requires(Permission.VIEW_SUBJECT, hidden=True)
def subject_facts(request: HttpRequest, subject_uuid: uuid.UUID) -> HttpResponse:
    """All that the sources state about one person."""
    user = cast(User, request.user)
    subject = subject_for(user, subject_uuid)
    name_errand(user, subject)
    lines = fact_lines(standing_facts(user, subject))
    form = FactFilter(request.GET, lines=lines)
    record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid, fields=["all facts"])
    return render(request, "subjects/facts.html", {"subject": subject, "lines": form.kept, "all": len(lines), "form": form})


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_SUBJECT, hidden=True)
def fact_source(request: HttpRequest, kind: str, fact_uuid: uuid.UUID) -> HttpResponse:
    """Where a value comes from: extract, line, day; and, for a stated reason, the row as its source wrote it."""
    user = cast(User, request.user)
    fact = fact_for(user, kind, fact_uuid)
    form = LookForm(request.POST or None)
    name_errand(user, fact.subject, reason=form.cleaned_data["reason"] if form.is_valid() else "")
    cells: list[tuple[str, str]] | None = None
    if request.method == "POST":
        require(user, Permission.REVEAL_IDENTIFIER)
        if form.is_valid():
            cells = _written(fact)
            _record_look(fact, Act.REVEAL, reason=form.cleaned_data["reason"])
    if cells is None:
        _record_look(fact, Act.VIEW)
    wrong = request.method == "POST" and cells is None
    return render(request, "subjects/fact.html", _fact_context(user, kind, fact, form, cells), status=422 if wrong else 200)


def _fact_context(user: User, kind: str, fact: FactBase, form: LookForm, cells: list[tuple[str, str]] | None) -> dict[str, Any]:
    return {
        "fact": fact,
        "title": TITLES[kind],
        "lines": lines_of(fact),
        "form": form,
        "cells": cells,
        "source": SOURCES.get(fact.source),
        "may_open": bool(fact.source_row_id) and bool(can(user, Permission.REVEAL_IDENTIFIER)),
    }


def _record_look(fact: FactBase, act: Act, *, reason: str = "") -> None:
    payload = {"reason": reason} if reason else None
    record(
        act,
        object_kind="subject",
        object_uuid=fact.subject.uuid,
        results=[fact.uuid],
        fields=["source row"] if reason else [],
        payload=payload,
        scope=fact.subject.uuid,
    )


def _written(fact: FactBase) -> list[tuple[str, str]]:
    if fact.source_row is None:
        raise NotFound
    try:
        return row_cells(fact.source_row)
    except KeyDestroyed as gone:
        message = "The row was destroyed on schedule with its extract; the fact is what remains of it."
        raise NotFound(message) from gone


def _search_behind(request: HttpRequest, user: User) -> PersonSearch | None:
    """The user's own search that led here (`?search=`); its purpose stands in the events of this page."""
    try:
        search_uuid = uuid.UUID(request.GET.get("search", ""))
    except ValueError:
        return None
    try:
        search, _ = search_for(user, search_uuid, timezone.now())
    except NotFound:
        return None
    state_purpose(search)
    return search
