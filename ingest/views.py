"""Extracts: the list, one extract with its live progress, receiving, previewing, applying, un-importing, repairing rows."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import Any, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from access.policy import can
from audit.acts import Act
from audit.covering import PARAMETER, is_covered, ticket
from audit.keys import KeyDestroyed
from audit.services import record
from foundation.errors import Conflict, InvalidInput, NotFound
from ingest.drops import DATA_SUFFIX, MANIFEST_SUFFIX, Drop
from ingest.forms import DiscardForm, DropForm, ExtractFilter, RepairForm, UnimportForm
from ingest.models import Extract, QuarantinedRow
from ingest.names import full_name, short_name
from ingest.selectors.pages import (
    extract_for,
    extracts_for,
    figures_of,
    preview_figures,
    previewed_rows,
    previews_unimport,
    quarantine_page,
    quarantined_row_for,
    source_freshness,
    steps_of,
    taken_apart,
)
from ingest.selectors.work import Progress, progress
from ingest.services.quarantine import repair
from ingest.services.receive import receive_drop
from ingest.services.requests import discard, request_apply, request_preview, request_unimport
from ingest.sources.registry import SOURCES
from ingest.states import ExtractState, Foreseen


@require_GET
@requires(Permission.VIEW_EXTRACT)
def extract_list(request: HttpRequest) -> HttpResponse:
    """Every extract, newest first, and how fresh each source is."""
    user = cast(User, request.user)
    form = ExtractFilter(request.GET or None)
    chosen = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    page = extracts_for(user, **chosen, after=_cursor(request))
    today = timezone.localdate()
    record(Act.LIST, object_kind="extract", results=[row.uuid for row in page.rows])
    context = {
        "rows": [(row, short_name(row.source)) for row in page.rows],
        "form": form,
        "chosen": chosen,
        "sources": source_freshness(today),
        "today": today,
        "may_handle": can(user, Permission.HANDLE_EXTRACT),
        "next_url": f"?{urlencode({**chosen, 'after': str(page.next_after)})}" if page.next_after else "",
    }
    return render(request, "ingest/list.html", context)


@require_GET
@requires(Permission.VIEW_EXTRACT)
def extract_detail(request: HttpRequest, extract_uuid: uuid.UUID) -> HttpResponse:
    """One extract: where it stands, figures that add up, what would change, rows that could not be used."""
    user = cast(User, request.user)
    extract = extract_for(user, extract_uuid)
    after = request.GET.get("after", "")
    rows, next_line = quarantine_page(user, extract, int(after) if after.isdecimal() and len(after) < 15 else 0)
    foreseen = previewed_rows(user, extract)
    shown = [*(row.uuid for row in rows), *(each.row.uuid for each in foreseen)]
    event = record(Act.VIEW, object_kind="extract", object_uuid=extract.uuid, results=shown)
    context = {
        **_state(extract, ticket(event, extract.uuid)),
        "source": SOURCES.get(extract.source),
        "preview": preview_figures(extract),
        "of_unimport": previews_unimport(extract),
        "foreseen": [each for each in foreseen if each.row.kind != Foreseen.UNUSABLE],
        "unusable": [each for each in foreseen if each.row.kind == Foreseen.UNUSABLE],
        "quarantined": rows,
        "next_url": f"?after={next_line}#quarantine" if next_line else "",
        "may_handle": can(user, Permission.HANDLE_EXTRACT),
    }
    return render(request, "ingest/detail.html", context)


@require_GET
@requires(Permission.VIEW_EXTRACT)
def extract_progress(request: HttpRequest, extract_uuid: uuid.UUID) -> HttpResponse:
    """The part of the page that moves while work goes on; when work ends the page is read anew."""
    extract = extract_for(cast(User, request.user), extract_uuid)
    seen = request.GET.get(PARAMETER, "")
    if not is_covered(seen, extract.uuid):
        seen = ticket(record(Act.PAGE, object_kind="extract", object_uuid=extract.uuid), extract.uuid)
    state = _state(extract, seen)
    response = render(request, "ingest/_state.html", state)
    if not state["progress"].working:
        response.headers["HX-Refresh"] = "true"
    return response


@require_http_methods(["GET", "POST"])
@requires(Permission.HANDLE_EXTRACT)
def extract_receive(request: HttpRequest) -> HttpResponse:
    """Take a drop in by upload: manifest and data file."""
    form = DropForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        user = cast(User, request.user)
        with tempfile.TemporaryDirectory() as folder:
            received = receive_drop(actor=user, drop=_laid_down(form, Path(folder)), now=timezone.now())
        if received.extract is not None:
            if not received.new:
                messages.info(request, "This very file is here already; nothing was done.")
            if not received.new:
                record(Act.VIEW, object_kind="extract", object_uuid=received.extract.uuid)
            return redirect("extract_detail", received.extract.uuid)
        form.add_error(None, received.refused)
    record(Act.PAGE)
    return render(request, "ingest/receive.html", {"form": form}, status=422 if request.method == "POST" else 200)


def _laid_down(form: DropForm, folder: Path) -> Drop:
    """Write the two uploads side by side, under names that cannot leave the folder."""
    stem = get_valid_filename(Path(str(form.cleaned_data["data_file"].name)).name).split(".")[0][:80] or "upload"
    drop = Drop(folder / f"{stem}{MANIFEST_SUFFIX}", folder / f"{stem}{DATA_SUFFIX}")
    for path, name in ((drop.manifest_path, "manifest"), (drop.data_path, "data_file")):
        upload = cast("UploadedFile[bytes]", form.cleaned_data[name])
        with path.open("wb") as target:
            for chunk in upload.chunks():
                target.write(chunk)
    return drop


@require_POST
@requires(Permission.HANDLE_EXTRACT)
def extract_apply(request: HttpRequest, extract_uuid: uuid.UUID) -> HttpResponse:
    """Ask for the rows to be applied."""
    return _asked(request, extract_uuid, request_apply)


@require_POST
@requires(Permission.HANDLE_EXTRACT)
def extract_preview(request: HttpRequest, extract_uuid: uuid.UUID) -> HttpResponse:
    """Ask what applying, or un-importing, would change."""
    return _asked(request, extract_uuid, request_preview)


def _asked(request: HttpRequest, extract_uuid: uuid.UUID, ask: Any) -> HttpResponse:
    user = cast(User, request.user)
    extract = extract_for(user, extract_uuid)
    try:
        ask(actor=user, extract=extract, now=timezone.now())
    except Conflict as error:
        messages.error(request, error.message)
        record(Act.VIEW, object_kind="extract", object_uuid=extract.uuid)
    return redirect("extract_detail", extract.uuid)


@require_http_methods(["GET", "POST"])
@requires(Permission.HANDLE_EXTRACT)
def extract_discard(request: HttpRequest, extract_uuid: uuid.UUID) -> HttpResponse:
    """Throw a checked extract away, for a reason."""
    user = cast(User, request.user)
    extract = extract_for(user, extract_uuid)
    form = DiscardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            discard(actor=user, extract=extract, reason=form.cleaned_data["reason"])
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            return redirect("extract_detail", extract.uuid)
    record(Act.VIEW, object_kind="extract", object_uuid=extract.uuid)
    return render(request, "ingest/discard.html", {"form": form, "extract": extract}, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.HANDLE_EXTRACT)
def extract_unimport(request: HttpRequest, extract_uuid: uuid.UUID) -> HttpResponse:
    """Take an extract's facts back, for a reason, with the count typed once more."""
    user = cast(User, request.user)
    extract = extract_for(user, extract_uuid)
    form = UnimportForm(request.POST or None, extract=extract)
    if request.method == "POST" and form.is_valid():
        try:
            request_unimport(actor=user, extract=extract, reason=form.cleaned_data["reason"], now=timezone.now())
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            return redirect("extract_detail", extract.uuid)
    record(Act.VIEW, object_kind="extract", object_uuid=extract.uuid)
    preview = preview_figures(extract) if previews_unimport(extract) else []
    context = {"form": form, "extract": extract, "preview": preview}
    return render(request, "ingest/unimport.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_EXTRACT, hidden=True)
def quarantined_row(request: HttpRequest, row_uuid: uuid.UUID) -> HttpResponse:
    """A row that could not be used: the wrong cells marked, each with its reason, to repair and replay."""
    user = cast(User, request.user)
    row = quarantined_row_for(user, row_uuid)
    rejected = _apart(row)
    form = RepairForm(request.POST or None, rejected=rejected, whole="whole" in request.GET)
    if request.method == "POST" and form.is_valid():
        try:
            repair(actor=user, row=row, text=form.text(), now=timezone.now())
        except InvalidInput as error:
            form.blame(error.field, error.message)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"Row {row.line:,} is repaired; it is applied within a moment.")
            return redirect(f"{reverse('extract_detail', args=[row.extract.uuid])}#quarantine")
    record(Act.VIEW, object_kind="quarantined_row", object_uuid=row.uuid)
    open_for_repair = row.replayed_at is None and row.extract.state == ExtractState.APPLIED and can(user, Permission.HANDLE_EXTRACT)
    context = {"row": row, "rejected": rejected, "form": form, "may_repair": open_for_repair}
    return render(request, "ingest/quarantined.html", context, status=422 if request.method == "POST" else 200)


def _apart(row: QuarantinedRow) -> Any:
    try:
        return taken_apart(row)
    except KeyDestroyed as gone:
        message = "The row was destroyed on schedule; its count remains."
        raise NotFound(message) from gone


def _state(extract: Extract, seen: str) -> dict[str, Any]:
    now = timezone.now()
    moving = progress(extract, now=now)
    return {
        "extract": extract,
        "steps": steps_of(extract),
        "figures": figures_of(extract, "#quarantine"),
        "progress": moving,
        "rate": f"{moving.rows_per_second:,} rows a second" if moving.rows_per_second else "",
        "left": _left(moving),
        "shows_bar": extract.state == ExtractState.APPLYING,
        "source_name": _source_name(extract),
        "poll_url": f"{reverse('extract_progress', args=[extract.uuid])}?{urlencode({PARAMETER: seen})}",
    }


def _left(moving: Progress) -> str:
    seconds = moving.seconds_left
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds} seconds left"
    return f"{round(seconds / 60)} minutes left" if seconds >= 90 else "1 minute left"


def _source_name(extract: Extract) -> str:
    return full_name(extract.source)


def _cursor(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get("after", ""))
    except ValueError:
        return None
