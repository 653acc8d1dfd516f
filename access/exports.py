"""A list that leaves the screen: the file for the person who asks, and the event that says what was in it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from foundation.errors import NotFound
from foundation.exports import TYPES, Head, Listed, written


def exported(
    *, user: User, form: str, title: str, noun: str, listed: Callable[[int], Listed], on_paper: Sequence[str] = (), view: Any = ""
) -> HttpResponse:
    """The list as `csv`, `xlsx` or `pdf`, for `user` and nobody else. `listed(limit)` reads it, `on_paper` names the PDF's columns.

    The event keeps the ids of the records and the names of the columns. No row of the disclosure ledger: the recipient is an
    employee of the agency who needs the record in the performance of duty (5 U.S.C. 552a(b)(1)), and the accounting of
    disclosures does not extend to those (552a(c)(1)). Whoever passes the file on outside the agency records that.
    Raises `Forbidden`, and `NotFound` for another form.
    """
    require(user, Permission.EXPORT)
    if form not in TYPES:
        raise NotFound
    now = timezone.now()
    found = listed(settings.EXPORT_PDF_ROWS if form == "pdf" else settings.EXPORT_ROWS)
    if form == "pdf" and on_paper:
        found = found.only(on_paper)
    export_id = uuid.uuid4()
    number = f"{len(found.rows):,} {noun}"
    extent = f"The first {number}; there are more." if found.more else f"{number}, all of the view"
    marking = found.marking or settings.MARKING
    head = Head(marking=marking, recipient=user.label, made_at=now, export_id=export_id, title=title, extent=extent)
    record(
        Act.EXPORT,
        object_kind="export",
        object_uuid=export_id,
        results=found.ids,
        fields=found.columns,
        payload={"list": title, "form": form, "view": view, "marking": marking, "whole": not found.more},
    )
    made = written(form, head, found.columns, found.rows, fonts=settings.PDF_FONTS_DIR)
    response = HttpResponse(made, content_type=TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{head.file_name(form)}"'
    return response
