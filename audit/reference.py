"""What the audit log needs after every migration: the tripwire on each table that it watches. Safe to run again."""

from __future__ import annotations

from django.db import connection


def prepare_audit() -> None:
    """Let the tripwire watch the tables that it does not watch yet. Under the owner's connection only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_watch_tables()")
