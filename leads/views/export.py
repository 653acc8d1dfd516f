"""The queue as a file."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.errors import NotFound
from leads.export.files import TYPES, Head, written
from leads.export.queue import COLUMNS, queue_export_for
from leads.filters import read_query
from leads.views.people import who


@require_GET
@requires(Permission.EXPORT)
def queue_export(request: HttpRequest, form: str) -> HttpResponse:
    """The view of the queue that the address names, as `csv` or `xlsx`, for the person who asks and nobody else.

    The event keeps the ids of the leads and the names of the columns. No row of the disclosure ledger: the recipient is an
    employee of the agency who needs the record in the performance of duty (5 U.S.C. 552a(b)(1)), and the accounting of
    disclosures does not extend to those (552a(c)(1)). Whoever passes the file on outside the agency records that.
    """
    if form not in TYPES:
        raise NotFound
    user, now, query = who(request), timezone.now(), read_query(request.GET)
    found = queue_export_for(user, query.wanted, now=now, limit=settings.EXPORT_ROWS)
    export_id = uuid.uuid4()
    head = Head(
        marking=settings.MARKING,
        recipient=user.label,
        made_at=now,
        export_id=export_id,
        title="queue",
        extent=f"The first {len(found.rows):,} leads; there are more." if found.more else f"{len(found.rows):,} leads, all of the view",
    )
    record(
        Act.EXPORT,
        object_kind="export",
        object_uuid=export_id,
        results=found.leads,
        fields=COLUMNS,
        payload={"form": form, "view": query.in_words, "marking": settings.MARKING, "whole": not found.more},
    )
    response = HttpResponse(written(form, head, COLUMNS, found.rows), content_type=TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{head.file_name(form)}"'
    return response
