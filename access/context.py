"""Acting as somebody: one transaction in which row-level security knows the user and the audit log knows the actor.

Web, workers, commands and shell all enter protected tables through `acting_as`; there is no other door.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction

from audit.context import Work, current_work, via, work
from foundation.errors import NoActor

if TYPE_CHECKING:
    from access.models import User


@cache
def _secret(path: str) -> bytes:
    return Path(path).read_bytes()


def context_secret() -> bytes:
    """The secret that web and workers share with the owner-only table; see `manage.py prepare`."""
    return _secret(str(settings.CONTEXT_SECRET_FILE))


def _mac(user_id: int, nonce: str) -> str:
    secret = context_secret()
    inner = hashlib.sha256(secret + f"{user_id}:{nonce}".encode()).digest()
    return hashlib.sha256(secret + inner).hexdigest()


SERVICE = "service"  # `User.Kind.SERVICE`: models are not loaded when this file is

# MATERIALIZED: the old setting is read before the function writes the new one
_OPEN = """
WITH before AS MATERIALIZED (SELECT coalesce(current_setting('leadtrac.context', true), '') AS setting)
SELECT setting, access_open_context(%s, %s, %s) FROM before
"""


def open_context(user_id: int) -> str:
    """Tell the database who acts for the rest of the current transaction; returns the setting that stood before."""
    if not connection.in_atomic_block:
        message = "a context is opened inside a transaction only"
        raise NoActor(message)
    nonce = secrets.token_hex(8)
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [user_id, nonce, _mac(user_id, nonce)])
        row = cursor.fetchone()
    return str(row[0])


def _restore(setting: str) -> None:
    if connection.needs_rollback:  # the rollback to come restores the setting by itself
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadtrac.context', %s, true)", [setting])


@contextmanager
def acting_as(actor: User, values: Work | None = None) -> Iterator[Work]:
    """Open a transaction in which `actor` acts; commits at the end, rolls back on any error.

    `values` carries request id, view and purpose for the audit events; without it the work under way goes on, or a
    fresh one begins.
    """
    values = values or current_work() or Work()
    # a service works for the person whose work it is; a person is named by their own acts, whatever goes on around them
    if values.actor_id is None or (values.actor_id != actor.pk and actor.kind != SERVICE):
        values = replace(values, actor_id=actor.pk)  # a copy: the next actor of the same work is not taken for this one
    with transaction.atomic(), work(values):
        outer = open_context(actor.pk)
        yield values
        _restore(outer)


@contextmanager
def through_service(service: User) -> Iterator[None]:
    """Let a named service actor reach what the person at work may not see, inside the person's own transaction.

    The events of the block name both. Use it for one narrow step (an office's outcome moves a lead that the office may
    not read), never around code that returns records to a page.
    """
    outer = open_context(service.pk)
    try:
        with via(service.pk):
            yield
    finally:
        _restore(outer)
