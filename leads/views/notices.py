"""Notices: the list behind the bell, one click to the lead, mark as read."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from leads.filters import with_query
from leads.models import Notice
from leads.selectors.desk import notice_for, notices_for
from leads.services.notices import mark_read
from leads.views.people import lead_url, who


@dataclass(frozen=True, slots=True)
class Line:
    """A notice in words, with the place that it leads to."""

    notice: Notice
    words: str
    url: str


@require_safe
@requires(Permission.SIGNED_IN)
def notice_list(request: HttpRequest) -> HttpResponse:
    """What happened to what the person works on, the newest first."""
    found = notices_for(who(request), now=timezone.now())
    record(Act.LIST, object_kind="lead", results=[each.lead.uuid for each in found if each.lead], fields=["notices"])
    lines = [_line(each) for each in found]
    return render(request, "leads/notices.html", {"lines": lines, "unread": sum(line.notice.read_at is None for line in lines)})


@require_POST
@requires(Permission.SIGNED_IN)
def notice_open(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark one notice as read and go where it leads."""
    notice = notice_for(who(request), notice_id)
    mark_read(actor=who(request), now=timezone.now(), notice_id=notice.pk)
    return HttpResponseRedirect(_line(notice).url)


@require_POST
@requires(Permission.SIGNED_IN)
def notice_read_all(request: HttpRequest) -> HttpResponse:
    """Mark all notices as read."""
    found = mark_read(actor=who(request), now=timezone.now())
    messages.success(request, f"{found:,} marked as read." if found else "There was nothing unread.")
    return HttpResponseRedirect(reverse("notice_list"))


def _line(notice: Notice) -> Line:
    label = str(Notice.Kind(notice.kind).label)
    if notice.lead is not None:
        return Line(notice, f"{notice.lead.number}: {label[0].lower()}{label[1:]}", lead_url(notice.lead.number))
    if notice.run is not None:
        return Line(
            notice, f"{label}: {notice.run.get_kind_display().lower()}, {notice.count:,} leads", reverse("bulk_run", args=[notice.run.uuid])
        )
    if notice.view is not None:
        plural = "lead" if notice.count == 1 else "leads"
        return Line(notice, f"{notice.count:,} new {plural} in “{notice.view.name}”", with_query(reverse("queue"), notice.view.query))
    return Line(notice, f"{label}: {notice.count:,} leads", reverse("queue"))
