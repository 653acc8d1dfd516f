"""The desk's lists as files: the queue, and referrals."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from access.decorators import requires
from access.exports import exported
from access.permissions import Permission
from leads.export.queue import ON_PAPER, queue_export_for
from leads.export.referrals import referral_export_for
from leads.filters import read_query
from leads.forms import OfficeFilter
from leads.views.inbox import TABS
from leads.views.people import who


@require_GET
@requires(Permission.EXPORT)
def queue_export(request: HttpRequest, form: str) -> HttpResponse:
    """The view of the queue that the address names."""
    user, now, query = who(request), timezone.now(), read_query(request.GET)
    return exported(
        user=user,
        form=form,
        title="queue",
        noun="leads",
        listed=lambda limit: queue_export_for(user, query.wanted, now=now, limit=limit),
        on_paper=ON_PAPER,
        view=query.in_words,
    )


@require_GET
@requires(Permission.EXPORT)
def referral_export(request: HttpRequest, form: str) -> HttpResponse:
    """The referrals of one tab, with their offices and what came of them."""
    user, now = who(request), timezone.now()
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "open"
    office = OfficeFilter(request.GET).chosen
    return exported(
        user=user,
        form=form,
        title="referrals",
        noun="referrals",
        listed=lambda limit: referral_export_for(user, now=now, state=tab, office=office, limit=limit),
        view=f"{tab}, {office}" if office else tab,
    )
