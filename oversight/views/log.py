"""The sealed log at the auditor's desk: how it stands, verify now, take an export."""

from __future__ import annotations

from typing import cast

from celery import current_app
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from oversight.selectors.log_state import log_state_for
from oversight.services.log import ask_for_verification, export_for


@require_GET
@requires(Permission.VERIFY_LOG)
def audit_log(request: HttpRequest) -> HttpResponse:
    """Size, last checkpoint, last verification; the key that an outside verifier needs."""
    state = log_state_for(cast(User, request.user))
    record(Act.VIEW, object_kind="log")
    return render(request, "oversight/log.html", {"state": state, "root": bytes(state.checkpoint.root).hex() if state.checkpoint else ""})


@require_POST
@requires(Permission.VERIFY_LOG)
def audit_verify(request: HttpRequest) -> HttpResponse:
    """Ask for a verification of the whole log; a worker does it."""
    ask_for_verification(actor=cast(User, request.user))
    transaction.on_commit(lambda: current_app.send_task("oversight.tasks.verify_log", kwargs={"actor": "svc-audit"}), robust=True)
    messages.success(request, "The log is being verified. The result stands here in a moment.")
    return redirect("audit_log")


@require_GET
@requires(Permission.VERIFY_LOG)
def audit_export(request: HttpRequest) -> HttpResponse:
    """The export for the stand-alone verifier: skeletons and hashes, no words."""
    content = export_for(cast(User, request.user))
    name = f"audit-log-{timezone.now():%Y%m%d-%H%M%S}.zip"
    return HttpResponse(content, content_type="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'})
