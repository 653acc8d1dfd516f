"""The people whom a search found, as a table of words."""

from __future__ import annotations

import uuid
from datetime import datetime

from access.markings import marking_of
from access.models import User
from access.permissions import Permission
from access.policy import require
from foundation.exports import Listed, Row
from foundation.person_name import person_name
from foundation.templatetags.desk import desk_date
from ingest.codes import countries
from subjects.search.selectors import Hit, find, search_for
from subjects.words import identifier_words

COLUMNS = ("Name", "In source script", "Born", "Citizenship", "Matched on", "Speaks against", "Number")


def search_export_for(user: User, search_uuid: uuid.UUID, *, now: datetime, limit: int) -> Listed:
    """At most `limit` people of the user's own search, found anew as the page finds them; numbers by their last four.

    Raises `Forbidden`, and `NotFound` for another's search and one that is over.
    """
    require(user, Permission.EXPORT)
    require(user, Permission.SEARCH_PERSON)
    _, terms = search_for(user, search_uuid, now)
    results = find(terms)
    shown = results.hits[:limit]
    marking = marking_of({hit.subject.access_class_id for hit in shown})
    more = results.more or len(results.hits) > limit
    return Listed(COLUMNS, tuple(_words(hit) for hit in shown), tuple(hit.subject.uuid for hit in shown), more=more, marking=marking)


def _words(hit: Hit) -> Row:
    subject = hit.subject
    return (
        person_name(subject),
        subject.full_name_source_script,
        desk_date(subject.date_of_birth) if subject.date_of_birth else "",
        countries.names().get(subject.citizenship, subject.citizenship),
        ", ".join(hit.fit.reasons),
        ", ".join(hit.fit.against),
        ", ".join(f"{identifier_words(number.kind)} ••••{number.last_four}" for number in hit.numbers),
    )
