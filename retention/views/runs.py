"""Runs: the frozen list, what stopped items, the signatures still missing, live progress, the certificate."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from access.context import through_service
from access.decorators import requires
from access.markings import marking_of
from access.permissions import Permission
from access.selectors import service_actor
from audit.acts import Act
from audit.covering import PARAMETER, is_covered, ticket
from audit.services import record
from foundation.exports import in_file_names
from foundation.headquarters import desk_day
from retention.forms import ReasonForm, RejectForm, RunForm, SignForm
from retention.models import Certificate, Disposition
from retention.removal.destroy import tables_not_rewritten
from retention.selectors import runs as selectors
from retention.selectors import schedules_in_force
from retention.services import runs as services
from retention.services.certificates import proof_of, signing_keys
from retention.states import ItemOutcome, RunState
from retention.tabs import tabs
from retention.views.answers import attempt, who

RATE_AFTER_SECONDS = 2
FILE_ENDING = {"json": "json", "pdf": "pdf", "proof": "proof.json"}


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_DISPOSITION)
def runs(request: HttpRequest) -> HttpResponse:
    """Every run; a form that freezes the next list."""
    form = RunForm(
        request.POST or None,
        initial={"as_of": desk_day(timezone.now())},
        marks=selectors.marks_in_sight(),
        schedules=schedules_in_force(),
    )
    if request.method == "POST" and form.is_valid():
        run = attempt(form, lambda: services.propose_run(actor=who(request), now=timezone.now(), **form.cleaned_data))
        if run is not None:
            messages.success(request, "The list is frozen. Review it, then others sign.")
            return HttpResponseRedirect(_address(run))
    record(Act.LIST, object_kind="runs")
    context = {"runs": selectors.runs_for(who(request))[:50], "form": form, "tabs": tabs("runs")}
    return render(request, "retention/runs.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires(Permission.VIEW_RETENTION)
def run_page(request: HttpRequest, run_uuid: uuid.UUID) -> HttpResponse:
    """One run: where it stands, who signed, its list."""
    run = selectors.get_run_for(who(request), run_uuid)
    outcome = request.GET.get("outcome", "")
    after = request.GET.get("after", "0")
    rows = selectors.items_of(run, outcome=outcome if outcome in ItemOutcome.values else "", after=int(after) if after.isdigit() else 0)
    shown, more = rows[: selectors.ITEMS_SHOWN], len(rows) > selectors.ITEMS_SHOWN
    event = record(Act.VIEW, object_kind="run", object_uuid=run.uuid, results=[item.lead_uuid for item in shown])
    return render(request, "retention/run.html", _run_context(request, run, RejectForm()) | {
        "items": shown,
        "poll_url": _poll_url(run, ticket(event, run.uuid)),
        "outcome": outcome,
        "older": f"?outcome={outcome}&after={shown[-1].position}" if more else "",
    })  # fmt: skip


def _run_context(request: HttpRequest, run: Disposition, form: RejectForm) -> dict[str, Any]:
    progress = selectors.progress_of(run)
    in_review = run.state == RunState.PROPOSED
    sample = services.sample_of(run) if in_review and run.kind == Disposition.Kind.DESTROY else []
    packages = selectors.packages_of(sample) if sample else {}
    unopened = {item.pk for item in services.sample_not_opened(run)} if sample else set()
    waiting_for_tables = tables_not_rewritten(run) if run.kind == Disposition.Kind.DESTROY and run.state == RunState.APPROVED else []
    return {
        "run": run,
        "form": form,
        "steps": _steps(run),
        "progress": progress,
        "outcomes": [(code, ItemOutcome(code).label, count) for code, count in progress.outcomes.items()],
        "pace": _pace(run, progress),
        "missing": selectors.signatures_missing(run),
        "mine": who(request).pk in (run.proposed_by_id, run.reviewed_by_id, run.first_approver_id),
        "sample": [(item, packages.get(item.lead_uuid), item.pk not in unopened) for item in sample],
        "unopened": len(unopened),
        "tables_waiting": waiting_for_tables,
        "tables_with_keys": selectors.tables_with_keys(run),
        "certificate": selectors.certificate_of(run),
        "tabs": tabs("runs"),
        "running": run.state == RunState.RUNNING,
    }


def _steps(run: Disposition) -> list[dict[str, Any]]:
    """The run's way as the process list shows it."""
    order = [RunState.PROPOSED, RunState.REVIEWED, RunState.APPROVED, RunState.RUNNING, RunState.DONE]
    names = ("List frozen", "Reviewed", "Signed", "Carried out", "Certificate")
    now_at = order.index(RunState(run.state)) if run.state in order else -1
    return [
        {"label": name, "state": "done" if place <= now_at else "current" if place == now_at + 1 else "waiting"}
        for place, name in enumerate(names)
    ]


def _pace(run: Disposition, progress: selectors.Progress) -> dict[str, str]:
    """Records a second since the start, and what is left at that rate."""
    if run.state != RunState.RUNNING or run.started_at is None or not progress.done:
        return {"rate": "", "left": ""}
    seconds = max((timezone.now() - run.started_at).total_seconds(), RATE_AFTER_SECONDS)
    rate = progress.done / seconds
    return {"rate": f"{rate:,.0f} records a second", "left": f"{progress.waiting / rate / 60:,.0f} minutes left" if rate else ""}


@require_GET
@requires(Permission.VIEW_RETENTION)
def run_progress(request: HttpRequest, run_uuid: uuid.UUID) -> HttpResponse:
    """The progress bar alone, for the page that asks again while the run is under way."""
    run = selectors.get_run_for(who(request), run_uuid)
    seen = request.GET.get(PARAMETER, "")
    if not is_covered(seen, run.uuid):
        seen = ticket(record(Act.VIEW, object_kind="run", object_uuid=run.uuid, fields=["progress"]), run.uuid)
    progress = selectors.progress_of(run)
    running = run.state == RunState.RUNNING
    context = {"run": run, "progress": progress, "pace": _pace(run, progress), "running": running, "poll_url": _poll_url(run, seen)}
    response = render(request, "retention/_progress.html", context)
    if not running:  # the list has its outcomes, and the certificate is there: the page is read anew
        response.headers["HX-Refresh"] = "true"
    return response


def _poll_url(run: Disposition, seen: str) -> str:
    return f"{reverse('retention_run_progress', args=[run.uuid])}?{urlencode({PARAMETER: seen})}"


@require_http_methods(["POST"])
@requires(Permission.MANAGE_DISPOSITION)
def run_reject(request: HttpRequest, run_uuid: uuid.UUID) -> HttpResponse:
    """Take records off the list."""
    run = selectors.get_run_for(who(request), run_uuid)
    form = RejectForm(request.POST)
    if form.is_valid():
        gone = attempt(form, lambda: services.reject_records(actor=who(request), run=run, now=timezone.now(), **form.cleaned_data))
        if gone is not None:
            messages.success(request, f"{gone} records left the list.")
            return HttpResponseRedirect(_address(run))
    record(Act.VIEW, object_kind="run", object_uuid=run.uuid)
    context = _run_context(request, run, form) | {"items": selectors.items_of(run)[: selectors.ITEMS_SHOWN], "outcome": "", "older": ""}
    return render(request, "retention/run.html", context, status=422)


@require_http_methods(["POST"])
@requires(Permission.MANAGE_DISPOSITION)
def run_review(request: HttpRequest, run_uuid: uuid.UUID) -> HttpResponse:
    """End the review: the list is signed as it stands now."""
    run = services.close_review(actor=who(request), run=selectors.get_run_for(who(request), run_uuid), now=timezone.now())
    messages.success(request, "The review is closed. Others must sign now.")
    return HttpResponseRedirect(_address(run))


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_DISPOSITION, step_up=True)
def run_sign(request: HttpRequest, run_uuid: uuid.UUID) -> HttpResponse:
    """What is signed, word by word; then the signature."""
    run = selectors.get_run_for(who(request), run_uuid)
    form = SignForm(request.POST or None, initial={"seen": run.list_sha256})
    if request.method == "POST" and form.is_valid():
        services.approve_run(actor=who(request), run=run, seen=form.cleaned_data["seen"], now=timezone.now())
        messages.success(request, "You have signed.")
        return HttpResponseRedirect(_address(run))
    record(Act.VIEW, object_kind="run", object_uuid=run.uuid, fields=["signing"])
    context = {"run": run, "form": form, "progress": selectors.progress_of(run), "act": "sign"}
    return render(request, "retention/confirm.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_DISPOSITION, step_up=True)
def run_start(request: HttpRequest, run_uuid: uuid.UUID) -> HttpResponse:
    """The last question; then the workers begin."""
    run = selectors.get_run_for(who(request), run_uuid)
    form = SignForm(request.POST or None, initial={"seen": run.list_sha256})
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: services.start_run(actor=who(request), run=run, now=timezone.now())) is not None
    ):
        messages.success(request, "The run has begun. You can leave this page and come back.")
        return HttpResponseRedirect(_address(run))
    record(Act.VIEW, object_kind="run", object_uuid=run.uuid, fields=["starting"])
    context = {"run": run, "form": form, "progress": selectors.progress_of(run), "act": "start"}
    return render(request, "retention/confirm.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_DISPOSITION)
def run_cancel(request: HttpRequest, run_uuid: uuid.UUID) -> HttpResponse:
    """Give up a run, with the reason."""
    run = selectors.get_run_for(who(request), run_uuid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.cancel_run(actor=who(request), run=run, reason=form.cleaned_data["reason"])
        messages.success(request, "The run is cancelled. Its records wait for the next one.")
        return HttpResponseRedirect(_address(run))
    record(Act.VIEW, object_kind="run", object_uuid=run.uuid, fields=["cancelling"])
    context = {"run": run, "form": form, "progress": selectors.progress_of(run), "act": "cancel"}
    return render(request, "retention/confirm.html", context, status=422 if form.is_bound else 200)


def _address(run: Disposition) -> str:
    return reverse("retention_run", args=[run.uuid])


@require_GET
@requires(Permission.VIEW_RETENTION)
def certificates(request: HttpRequest) -> HttpResponse:
    """Every certificate."""
    record(Act.LIST, object_kind="certificates")
    shown = list(selectors.certificates_for(who(request))[:100])
    with through_service(service_actor("retention")):
        keys = signing_keys()
    context = keys | {"certificates": shown, "in_files": selectors.keys_in_files(shown), "tabs": tabs("certificates")}
    return render(request, "retention/certificates.html", context)


@require_GET
@requires(Permission.VIEW_RETENTION)
def certificate_file(request: HttpRequest, certificate_uuid: uuid.UUID, form: str) -> HttpResponse:
    """The certificate as signed JSON, on paper, or its proof of inclusion in the sealed log."""
    certificate = selectors.get_certificate_for(who(request), certificate_uuid)
    record(Act.DOWNLOAD, object_kind="certificate", object_uuid=certificate.uuid, fields=[form])
    content, kind = _content(certificate, form)
    response = HttpResponse(content, content_type=kind)
    marking = in_file_names(marking_of([certificate.disposition.access_class_id]))
    name = f"{marking}_certificate-{certificate.disposition.uuid}.{FILE_ENDING[form]}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _content(certificate: Certificate, form: str) -> tuple[bytes, str]:
    if form == "pdf":
        return bytes(certificate.pdf), "application/pdf"
    if form == "proof":
        with through_service(service_actor("audit")):
            return json.dumps(proof_of(certificate), indent=1).encode(), "application/json"
    return certificate.document.encode(), "application/json"
