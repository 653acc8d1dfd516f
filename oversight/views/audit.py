"""The auditor's desk: what was done, what one account did, who looked at one record. Each of these looks is an event too."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from access.policy import can
from audit.acts import Act
from audit.changes import CHANGED
from audit.selectors import words_of
from audit.services import record
from foundation.errors import NotFound
from oversight.forms import EventFilter, RecordForm
from oversight.selectors.closed import closed_among
from oversight.selectors.events import (
    RESULTS_SHOWN,
    EventPage,
    account_for,
    event_for,
    events_for,
    line_of,
    looks_at,
    record_called,
)
from oversight.selectors.names import names_for
from oversight.selectors.people import Called, looks_at_person, people_called
from oversight.selectors.readings import waiting_for
from oversight.views.paging import cursor_of, next_address


@require_GET
@requires(Permission.VIEW_AUDIT)
def audit_desk(request: HttpRequest) -> HttpResponse:
    """Every act, newest first, narrowed by who, what and when; and the way to who looked at one record."""
    user = cast(User, request.user)
    form = EventFilter(request.GET or None)
    asked = {name: value for name, value in request.GET.items() if name in form.fields and value}
    chosen = form.cleaned_data if form.is_valid() else {}
    person = account_for(user, uuid.UUID(chosen["person"])) if chosen.get("person") else None
    page = events_for(
        user,
        person=person,
        act=chosen.get("act", ""),
        first=chosen.get("first"),
        last=chosen.get("last"),
        after=cursor_of(request),
    )
    _record_list(page, "event")
    context = {
        "page": page,
        "form": form,
        "record_form": RecordForm(),
        "chosen": asked,
        "next_url": next_address(page.next_after, asked),
        "who": True,
        "to_review": waiting_for(user),
    }
    return render(request, "oversight/desk.html", context, status=422 if asked and form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_AUDIT)
def audit_find(request: HttpRequest) -> HttpResponse:
    """From a name, a lead number or an id to who looked; a name that may mean several people lists them."""
    user = cast(User, request.user)
    form = RecordForm(request.POST or None)
    people: list[Called] | None = None
    if form.is_valid():
        asked = form.cleaned_data["record"]
        try:
            found = record_called(user, asked)
        except NotFound as error:
            form.add_error("record", error.message)
        else:
            if found is not None:
                record(Act.PAGE)
                return redirect("audit_object", found)
            people = people_called(user, asked)
            record(Act.SEARCH, object_kind="subject", results=[each.uuid for each in people], payload={"name": asked})
    if people is None:
        record(Act.PAGE)
    elif len(people) == 1:
        return redirect("audit_person", people[0].uuid)
    return render(request, "oversight/find.html", {"form": form, "people": people}, status=422 if form.is_bound and form.errors else 200)


@require_GET
@requires(Permission.VIEW_AUDIT)
def audit_person(request: HttpRequest, subject_uuid: uuid.UUID) -> HttpResponse:
    """One person: who looked at anything about them, in which search, for what purpose, and who received it."""
    user = cast(User, request.user)
    looks = looks_at_person(user, subject_uuid, cursor_of(request))
    shown = [*(line.uuid for line in looks.page.lines), *looks.opened]
    record(Act.LIST, object_kind="event", object_uuid=subject_uuid, results=shown, fields=["words"] if looks.opened else [])
    name = names_for(user, [subject_uuid]).get(subject_uuid, "")
    context = {
        "looks": looks,
        "page": looks.page,
        "object_uuid": subject_uuid,
        "name": name,
        "next_url": next_address(looks.page.next_after),
    }
    return render(request, "oversight/person.html", context)


@require_GET
@requires(Permission.WHO_LOOKED, hidden=True)
def audit_object(request: HttpRequest, object_uuid: uuid.UUID) -> HttpResponse:
    """Who looked at a record: when, in which search, for what purpose."""
    user = cast(User, request.user)
    page = looks_at(user, object_uuid, cursor_of(request))
    record(Act.LIST, object_kind="event", object_uuid=object_uuid, results=[line.uuid for line in page.lines])
    reads_all = bool(can(user, Permission.VIEW_AUDIT))
    name = names_for(user, [object_uuid]).get(object_uuid, "")
    context = {
        "page": page,
        "object_uuid": object_uuid,
        "name": name,
        "next_url": next_address(page.next_after),
        "reads_all": reads_all,
    }
    return render(request, "oversight/object.html", context)


@require_GET
@requires(Permission.VIEW_AUDIT)
def audit_actor(request: HttpRequest, account_uuid: uuid.UUID) -> HttpResponse:
    """Everything that one account did."""
    user = cast(User, request.user)
    account = account_for(user, account_uuid)
    page = events_for(user, person=account, after=cursor_of(request))
    record(Act.LIST, object_kind="user", object_uuid=account.uuid, results=[line.uuid for line in page.lines])
    return render(request, "oversight/actor.html", {"page": page, "account": account, "next_url": next_address(page.next_after)})


@require_GET
@requires(Permission.VIEW_AUDIT)
def audit_event(request: HttpRequest, event_uuid: uuid.UUID) -> HttpResponse:
    """One event with its words opened; that the words were opened is an event of its own."""
    user = cast(User, request.user)
    event = event_for(user, event_uuid)
    opened = words_of(event)
    record(Act.VIEW, object_kind="event", object_uuid=event.uuid, fields=["words"] if opened else [])
    closed = closed_among(event.result_uuids)
    visible = [each for each in event.result_uuids if each not in closed]
    shown = visible[:RESULTS_SHOWN]
    names = names_for(user, [*shown, *([event.object_uuid] if event.object_uuid else [])])
    context = {
        "event": event,
        "line": line_of(event),
        "words": _words(opened or {}),
        "had_words": event.commitment is not None,
        "withheld": bool(closed),
        "count": len(visible),
        "shown": [(each, names.get(each, "")) for each in shown],
        "name": names.get(event.object_uuid, "") if event.object_uuid else "",
        "more": max(0, len(visible) - RESULTS_SHOWN),
    }
    return render(request, "oversight/event.html", context)


def _words(opened: dict[str, Any]) -> list[tuple[str, str]]:
    """The payload as lines to read; what was changed as `old → new`."""
    lines = []
    for name, value in opened.items():
        if name == CHANGED and isinstance(value, dict):
            lines += [(_label(field), f"{_in_words(old) or '–'} → {_in_words(new) or '–'}") for field, (old, new) in value.items()]
        else:
            lines.append((_label(name), _in_words(value)))
    return lines


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_in_words(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(_in_words(part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _record_list(page: EventPage, kind: str) -> None:
    record(Act.LIST, object_kind=kind, results=[line.uuid for line in page.lines])
