"""Files of a lead over the page: attach one, take one out. A file is never shown in the page, only downloaded."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.errors import InvalidInput
from foundation.forms import object_to
from leads.forms import FileForm, OfficeFileForm
from leads.selectors.attachments import Content, content_for, files_for
from leads.selectors.referral import referral_file_for, referral_for
from leads.services.attachments import Examined, FileRefused, attach_file, attach_office_file, examine
from leads.views.inbox import FORM_METHODS, form_page
from leads.views.people import came_from, lead_of, lead_url, who

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

# whatever a viewer makes of the file, it may load nothing and run nothing of ours
ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'; form-action 'none'; base-uri 'none'"


@require_POST
@requires(Permission.WRITE_NOTE)
def lead_file_add(request: HttpRequest, number: str) -> HttpResponse:
    """Attach a file; when it is refused, everything else that was entered comes back."""
    user = who(request)
    lead = lead_of(request, number)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            file = examined(form.cleaned_data["attachment"])
            words = {name: form.cleaned_data[name] for name in ("audience", "about")}
            now = timezone.now()
            made = attach_file(actor=user, lead=lead, file=file, now=now, **words)
        except InvalidInput as error:
            refused("lead", lead.uuid, error)
            object_to(form, error)
        else:
            messages.success(request, "The file is attached." if made.added_at == now else "This file was attached before: see the list.")
            return HttpResponseRedirect(lead_url(number, came_from(request), page="lead_files"))
    record(Act.VIEW, object_kind="lead", object_uuid=lead.uuid)
    context = {"lead": lead, "form": form, "files": files_for(user, lead), "from_query": came_from(request)}
    return render(request, "leads/file.html", context, status=422)


def examined(upload: UploadedFile[bytes]) -> Examined:
    """What arrived in a form, looked at; raises `FileRefused`."""
    return examine(name=upload.name or "", content=upload.read(), size=upload.size or 0)


def refused(kind: str, identity: uuid.UUID, error: InvalidInput) -> None:
    """Put on record that a file for a lead or a referral was refused, and by what; not its name."""
    if isinstance(error, FileRefused):
        record(Act.ATTACHMENT_REFUSED, object_kind=kind, object_uuid=identity, fields=[error.because], allowed=False)


@require_safe
@requires(Permission.VIEW_LEAD, hidden=True)
def lead_file(request: HttpRequest, number: str, file_uuid: uuid.UUID) -> HttpResponse:
    """Download a file of the lead."""
    user = who(request)
    lead = lead_of(request, number)
    found = content_for(user, lead, file_uuid)
    record(Act.DOWNLOAD, object_kind="attachment", object_uuid=file_uuid, results=[lead.uuid])
    return _download(found)


@require_safe
@requires(Permission.VIEW_REFERRAL, hidden=True)
def referral_file(request: HttpRequest, referral_uuid: uuid.UUID, file_uuid: uuid.UUID) -> HttpResponse:
    """Download a file of the referral: what headquarters gave the office, or what the office added."""
    user = who(request)
    found = referral_file_for(user, referral_uuid, file_uuid)
    record(Act.DOWNLOAD, object_kind="attachment", object_uuid=file_uuid, results=[referral_uuid, found.lead_uuid])
    return _download(found)


@require_http_methods(FORM_METHODS)
@requires(Permission.ANSWER_REFERRAL)
def referral_file_add(request: HttpRequest, referral_uuid: uuid.UUID) -> HttpResponse:
    """Add a file to the office's referral: a picture of a document, the paper of an outcome."""
    referral = referral_for(who(request), referral_uuid)
    form = OfficeFileForm(request.POST or None, request.FILES or None)

    def add(given: dict[str, Any]) -> str:
        now = timezone.now()
        try:
            file = examined(given["attachment"])
            made = attach_office_file(actor=who(request), referral=referral, file=file, about=given["about"], now=now)
        except InvalidInput as error:
            refused("referral", referral_uuid, error)
            raise
        if made.copy_of_id:
            return "This file came with the packet: it stands there, and headquarters has it."
        return "The file is added; headquarters sees it." if made.added_at == now else "This file was added before: see the list."

    lede = "A picture of a document, or a paper that shows the outcome. Headquarters reads it with the lead; it cannot be taken back."
    words = {"title": "Add a file", "lede": lede, "submit": "Add the file"}
    return form_page(request, referral, form, words, add)


def _download(found: Content) -> HttpResponse:
    response = HttpResponse(found.content, content_type=found.kind.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"  # noqa: FBT003  # Django's own order
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
