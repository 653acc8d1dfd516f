"""What people asked for on an extract's page and a worker owes: previews and un-imports."""

from __future__ import annotations

from datetime import datetime

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from ingest.models import Extract
from ingest.services.previewed import keep_previewed
from ingest.services.requests import wish_granted
from ingest.states import ExtractState, Wanted
from subjects.matching.pool import one_writer
from subjects.services.preview import preview, preview_unimport
from subjects.services.unimport import unimport


def fulfil_next(*, now: datetime) -> bool:
    """Make one preview (of applying, or of taking back) or one un-import that nobody else works on; False when nobody waits for one.

    The lock of the one writer comes first, as everywhere: whoever holds it counts rows of any extract.
    """
    actor = service_actor("ingest")
    with acting_as(actor):
        wishes = Extract.objects.filter(wanted__in=[Wanted.PREVIEW, Wanted.UNIMPORT]).order_by("wanted_at", "id")
        if not wishes.exists():
            return False
        one_writer()
        extract = wishes.select_for_update(skip_locked=True, of=("self",)).first()
        if extract is None:
            return False
        if extract.wanted == Wanted.UNIMPORT and extract.state == ExtractState.APPLIED:
            unimport(extract=extract, actor=actor, now=now)
        elif extract.wanted == Wanted.PREVIEW:
            _look_ahead(extract, actor, now)
        wish_granted(extract)
    return True


def _look_ahead(extract: Extract, actor: User, now: datetime) -> None:
    if extract.state == ExtractState.APPLIED:
        figures = preview_unimport(extract=extract, actor=actor, now=now)
    else:
        found = preview(extract=extract, actor=actor, now=now)
        figures = found.figures
        keep_previewed(extract, found.rows)
    Extract.objects.filter(pk=extract.pk).update(preview=figures, previewed_at=now)
    record(Act.EXTRACT_PREVIEWED, object_kind="extract", object_uuid=extract.uuid)
