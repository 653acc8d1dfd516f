"""Help in the page: what each place is for, what stop signs mean, which source answers what, which key does what."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from access.policy import can
from audit.acts import Act
from audit.services import record
from leads.keyboard import KEYS
from leads.questions import QUESTIONS
from leads.templatetags.lead_words import MEANINGS
from leadtrac.help import PLACES
from leadtrac.navigation import navigation_for

KEY_PLACES = {"queue": "The queue", "lead": "A lead", "refer": "Referring", "judging": "Judging", "list": "Other lists"}
OFFICE_KEYS = {"inbox": "The inbox"}


@require_safe
@requires(Permission.SIGNED_IN)
def help_page(request: HttpRequest) -> HttpResponse:
    """What the reader's own places are for; the desk's signs, sources and keys for those who work there."""
    user = cast(User, request.user)
    desk, office = can(user, Permission.VIEW_QUEUE), can(user, Permission.ANSWER_REFERRAL)
    keys = KEY_PLACES if desk else OFFICE_KEYS if office else {}
    context = {
        "places": [(place, PLACES[place.label]) for place in navigation_for(user, request.path)],
        "signs": MEANINGS if desk or office else {},
        "questions": QUESTIONS if desk or office else (),
        "office": office,
        "keys": [(label, KEYS[name]) for name, label in keys.items()],
    }
    record(Act.VIEW, object_kind="help")
    return render(request, "help.html", context)
