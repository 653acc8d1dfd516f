"""Drafts kept on the server: what somebody types is there again after a crash, a lost line, another machine. Only for that person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from access.models import User
from audit.acts import Act
from audit.keys import KeyDestroyed, data_key, existing_key
from audit.services import record
from foundation.crypto import seal, unseal
from leads.models import Draft
from leads.sealing import PURPOSE

KEPT_DAYS = 30
LONGEST = 20_000  # characters of one field, as the longest field of the forms
# the fields of each form that are kept, and those of them in which something must stand
FIELDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        Draft.Kind.NOTE: (("text", "audience"), ("text",)),
        Draft.Kind.CLOSE: (("code", "reason"), ("code", "reason")),
        Draft.Kind.HOLD: (("until", "waits_for", "reason"), ("until", "waits_for", "reason")),
        Draft.Kind.REFER: (("office", "other_reason"), ("other_reason",)),
        Draft.Kind.RETURN: (("code", "words"), ("code", "words")),
        Draft.Kind.OUTCOME: (("code", "occurred_on", "remarks"), ("code", "remarks")),
    }
)

# what a page sends after it was ended is not kept; `before` is read as it stood
_KEEP = """
INSERT INTO leads_draft (user_id, lead_id, kind, sealed, began_at, saved_at)
VALUES (%(user)s, %(lead)s, %(kind)s, %(sealed)s, %(now)s, %(now)s)
ON CONFLICT (user_id, lead_id, kind) DO UPDATE SET sealed = EXCLUDED.sealed, saved_at = EXCLUDED.saved_at,
    began_at = CASE WHEN leads_draft.sealed IS NULL THEN EXCLUDED.began_at ELSE leads_draft.began_at END
WHERE leads_draft.ended_page IS DISTINCT FROM %(page)s
RETURNING 1
"""
_END = """
INSERT INTO leads_draft (user_id, lead_id, kind, began_at, saved_at, ended_page)
VALUES (%(user)s, %(lead)s, %(kind)s, %(now)s, %(now)s, %(page)s)
ON CONFLICT (user_id, lead_id, kind) DO UPDATE SET sealed = NULL, saved_at = EXCLUDED.saved_at, ended_page = EXCLUDED.ended_page
"""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a person about a lead. The office has no sight of the lead, only its ids from the referral."""

    lead_id: int
    lead_uuid: UUID
    kind: str

    def context(self, user: User) -> bytes:
        """Binds the words to their lead, their writer and their form."""
        return b"draft" + self.lead_uuid.bytes + user.uuid.bytes + self.kind.encode()


@dataclass(frozen=True, slots=True)
class Begun:
    """What the person had begun."""

    began_at: datetime
    words: dict[str, str]


def keep_draft(*, actor: User, form: Form, words: Mapping[str, str], page: UUID, now: datetime) -> bool:
    """Keep what stands in the form now, in place of what was kept before; empty fields keep nothing.

    `page` is the opened page that sends it. False when it is not kept: nothing was typed, or that page's form was sent already.
    """
    kept, counting = FIELDS[form.kind]
    given = {name: words[name][:LONGEST] for name in kept if words.get(name)}
    typed = any(given.get(name, "").strip() for name in counting)
    sealed = seal(data_key(form.lead_uuid, purpose=PURPOSE), json.dumps(given).encode(), form.context(actor)) if typed else None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_KEEP, {**_row(actor, form, now), "sealed": sealed, "page": page})
        written = cursor.fetchone() is not None
        record(Act.DRAFT_KEPT, object_kind="lead", object_uuid=form.lead_uuid, fields=[form.kind], occurred_at=now)
    return written and typed


def begun(*, actor: User, form: Form) -> Begun | None:
    """What the person began and did not send; None when there is nothing."""
    row = Draft.objects.filter(user=actor, lead_id=form.lead_id, kind=form.kind, sealed__isnull=False).first()
    if row is None or row.sealed is None:
        return None
    try:
        words = unseal(existing_key(form.lead_uuid), bytes(row.sealed), form.context(actor))
    except KeyDestroyed:
        return None
    return Begun(row.began_at, json.loads(words))


def end_draft(*, actor: User, form: Form, page: UUID | None, now: datetime) -> None:
    """Take the words away: the form was sent, in this transaction, or the person discards them.

    The caller records the event.
    """
    with connection.cursor() as cursor:
        cursor.execute(_END, {**_row(actor, form, now), "page": page})


def forget_drafts() -> int:
    """Take the words of drafts away that nobody has touched for `KEPT_DAYS` days, whoever's they are; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT leads_forget_drafts(%s)", [KEPT_DAYS])
        gone = int(cursor.fetchone()[0])
    if gone:
        record(Act.ROWS_EXPIRED, object_kind="draft", payload={"rows": gone})
    return gone


def _row(actor: User, form: Form, now: datetime) -> dict[str, Any]:
    return {"user": actor.pk, "lead": form.lead_id, "kind": form.kind, "now": now}
