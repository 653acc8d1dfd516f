"""The lead's page: the answer first, then what supports and contradicts it, then the tabs."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from access.policy import can
from audit.acts import Act
from audit.services import record
from foundation.errors import NotFound
from foundation.registries import filled_panels
from leads.filters import QueueQuery
from leads.forms import FileForm, NoteForm
from leads.models import Draft, Lead
from leads.rules.freshness import WORDS
from leads.selectors.attachments import files_for
from leads.selectors.checks import checks_for
from leads.selectors.lead import LeadDetail, decision_for, history_for, lead_detail_for, notes_for
from leads.selectors.queue import Position, position_for
from leads.services.visits import visit
from leads.states import CLEARED_REASONS, CLOSED_STATES
from leads.views.drafts import draft_of_lead
from leads.views.identifiers import masked_identifiers
from leads.views.page import buttons_of, header_of, lead_tabs
from leads.views.people import came_from, lead_of, lead_url, name_purpose_of, who
from leads.views.undo import undoable
from subjects.selectors.comparison import facts_by_source
from subjects.selectors.facts import standing_facts
from subjects.selectors.timeline import timeline_of


@require_safe
@requires(Permission.VIEW_LEAD, hidden=True)
def lead_page(request: HttpRequest, number: str, tab: str = "") -> HttpResponse:
    """One lead under one of its tabs; a closed lead opens with what cleared it."""
    now = timezone.now()
    user = who(request)
    detail = lead_detail_for(user, number, now=now)
    lead = detail.lead
    name_purpose_of(lead)
    record(Act.VIEW, object_kind="lead", object_uuid=lead.uuid, results=detail.named, fields=[tab] if tab else [])
    since = visit(actor=user, lead=lead, now=now)
    closed = lead.state in CLOSED_STATES
    shown = tab or ("findings" if closed else "facts")
    query = came_from(request)
    position = _position(request, lead, query, now)
    context = {
        **header_of(user, detail),
        "since": since,
        "identifiers": masked_identifiers(user, detail.subject),
        "copies": detail.mine,
        "buttons": buttons_of(user, detail, query),
        "tab": shown,
        "tabs": lead_tabs(user, detail, shown, query),
        "position": position,
        "neighbors": _neighbors(position, query),
        "from_query": query,
        "slots": filled_panels("lead", user, lead),
        "undo": undoable(request, lead.number),
        **_tab_context(request, detail, shown),
    }
    return render(request, "leads/lead.html", context)


@require_safe
@requires(Permission.VIEW_LEAD, hidden=True)
def lead_decision(request: HttpRequest, number: str, decision_uuid: uuid.UUID) -> HttpResponse:
    """A decision as it was seen: the frozen picture, not today's."""
    user = who(request)
    lead = lead_of(request, number)
    decision = decision_for(user, decision_uuid)
    if decision.lead.pk != lead.pk:  # the event would name a lead that was not shown
        raise NotFound
    record(Act.VIEW, object_kind="decision", object_uuid=decision_uuid, results=[lead.uuid])
    back = lead_url(number, came_from(request), page="lead_history")
    return render(request, "leads/decision.html", {"lead": lead, "decision": decision, "picture": decision.picture, "back_url": back})


def _tab_context(request: HttpRequest, detail: LeadDetail, tab: str) -> dict[str, Any]:
    """What the chosen tab shows; only that is read."""
    user, lead = who(request), detail.lead
    if tab in ("facts", "timeline"):
        return _facts(user, detail, tab)
    if tab == "notes":
        return _notes(request, lead, request.GET.get("correct", ""))
    if tab == "files":
        return {"files": files_for(user, lead), "file_form": FileForm()}
    if tab == "history":
        return {"history": history_for(user, lead)}
    entered = checks_for(user, lead) if tab == "findings" and detail.checked else ()
    return {"entered": entered, "cleared": lead.state in CLOSED_STATES and lead.close_reason in CLEARED_REASONS}


def _notes(request: HttpRequest, lead: Lead, correct: str) -> dict[str, Any]:
    """The notes, and the form: empty, or with one's own note to correct. The old version stays and says that it was replaced."""
    notes = notes_for(who(request), lead)
    old = next((note for note in notes if str(note.uuid) == correct and note.mine and not note.replaced), None)
    may = bool(can(who(request), Permission.WRITE_NOTE))
    draft = draft_of_lead(request, lead, Draft.Kind.NOTE) if may and old is None else None
    initial = {"text": old.text, "audience": old.audience, "replaces": old.uuid} if old else draft.words if draft else {}
    form = NoteForm(initial={"version": lead.version, **initial})
    return {"notes": notes, "note_form": form, "correcting": old is not None, "draft": draft}


def _facts(user: User, detail: LeadDetail, tab: str) -> dict[str, Any]:
    if detail.subject is None:
        return {}
    facts = standing_facts(user, detail.subject)
    if tab == "facts":
        table = facts_by_source(facts)
        return {"comparison": replace(table, sources=tuple((code, WORDS.get(code, name)) for code, name in table.sources))}
    return {"timeline": timeline_of(facts, detail.picture.as_of or timezone.now().date())}


def _position(request: HttpRequest, lead: Lead, query: QueueQuery, now: datetime) -> Position | None:
    """Where the lead stands in the list that the page was opened from; None when it was not, or stands there no more."""
    if "from" not in request.GET and not query.filtered:
        return None
    position = position_for(who(request), lead, query.wanted, now=now)
    return position if position.place and position.place <= position.of.number else None


def _neighbors(position: Position | None, query: QueueQuery) -> dict[str, str]:
    """The addresses of the leads before and after this one in that list."""
    if position is None:
        return {"previous": "", "next": ""}
    return {
        "previous": lead_url(position.previous, query) if position.previous else "",
        "next": lead_url(position.next, query) if position.next else "",
    }
