"""A page says that it goes to paper."""

from __future__ import annotations

import uuid
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from oversight.services.prints import record_print


@require_POST
@requires(Permission.SIGNED_IN)
def page_printed(request: HttpRequest, event_uuid: uuid.UUID) -> HttpResponse:
    """The browser is about to print the page that this event put on the screen."""
    record_print(actor=cast(User, request.user), event_uuid=event_uuid, now=timezone.now())
    return HttpResponse(status=204)
