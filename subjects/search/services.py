"""Starting a person search: the terms are sealed, the address of the results says nothing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.db import connection, transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.context import name_purpose
from audit.keys import data_key, named_scope
from audit.services import record
from foundation.crypto import canonical, seal
from foundation.errors import InvalidInput
from subjects.models import PersonSearch
from subjects.search.purposes import Purpose
from subjects.search.terms import Terms

LIFE_HOURS = 12  # a working day: back to the results after lunch, not next week


@transaction.atomic
def start_search(*, actor: User, terms: Terms, purpose: str, now: datetime) -> PersonSearch:
    """Keep a search for its owner until `now` (aware) plus `LIFE_HOURS`; raises `InvalidInput` without words or purpose."""
    require(actor, Permission.SEARCH_PERSON)
    if not (terms.words or any(typed.strip() for typed in (terms.birth, terms.number, terms.address, terms.workplace))):
        message = "Enter a name, a date of birth, a number, an address or an employer."
        raise InvalidInput(message, field="name")
    if purpose not in Purpose.values:
        message = "Say what the search is for."
        raise InvalidInput(message, field="purpose")
    scope = named_scope(f"search {now:%Y-%m-%d}")
    search = PersonSearch(owner=actor, scope=scope, purpose_kind=purpose, searched_at=now, expires_at=now + timedelta(hours=LIFE_HOURS))
    search.sealed = seal(data_key(scope, purpose="search"), canonical(terms.as_payload()), search.uuid.bytes)
    search.save(force_insert=True)
    state_purpose(search)
    record(Act.SEARCH, object_kind="search", object_uuid=search.uuid, payload=terms.as_payload())
    return search


def state_purpose(search: PersonSearch) -> None:
    """Let the events of the work under way name the purpose of this search."""
    name_purpose(search.purpose_kind, search.uuid)


def read_terms(opened: bytes) -> Terms:
    """The terms of an unsealed search."""
    return Terms.from_payload(json.loads(opened))


@transaction.atomic
def forget_searches(*, now: datetime) -> int:
    """Remove the searches, whoever's, that ended before `now` (aware); returns how many went. What was asked stays in the events."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT subjects_forget_searches(%s)", [now])
        (gone,) = cursor.fetchone()
    if gone:
        record(Act.ROWS_EXPIRED, object_kind="search", payload={"rows": gone})
    return int(gone)


@transaction.atomic
def forget_tokens() -> int:
    """Remove words of names that no name holds any longer (its record left), and duplicates; returns how many rows went."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT subjects_forget_tokens()")
        return int(cursor.fetchone()[0])
