"""Start-up checks: a restored backup serves only after the ledger of destruction has been replayed in it, a demonstration only as one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from retention.models import Schedule
from retention.removal import ledger

ADVICE = "Run `manage.py retention replay` (or restore with `manage.py restore`, which does it)."


def restore_problems() -> list[str]:
    """Sentences on why the connected database must not serve; empty when it may.

    It is another database than the one in which this content was made ready (a dump was put back by hand), or it does not
    know a destruction that the ledger names (an older state of the same database was put back).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('public.retention_is_ready()') IS NULL")
        if cursor.fetchone()[0]:
            return ["This database is behind the program. Run `manage.py migrate` and `manage.py prepare` as its owner."]
        try:
            destroyed = [entry.lead for entry in ledger.entries()]
        except ledger.LedgerDamaged as error:
            return [error.message]
        cursor.execute("SELECT retention_is_ready(), retention_not_answered(%s::uuid[])", [destroyed])
        ready, unanswered = cursor.fetchone()
    problems = []
    if not ready:
        problems.append(f"This database was restored from a backup and does not know yet what was destroyed since. {ADVICE}")
    if unanswered:
        problems.append(f"{unanswered:,} records that the ledger of destruction names are not known here to be destroyed. {ADVICE}")
    return problems


def fiction_problems() -> list[str]:
    """Sentences on why the connected database must not serve outside the demonstration; empty when it may.

    Call when `restore_problems` has none: the database is then not behind the program.
    """
    if settings.DEMO or not Schedule.objects.filter(fictional=True, status=Schedule.Status.APPROVED).exists():
        return []
    return ["A schedule with a fictional authority is in force: only a demonstration (LEADTRAC_DEMO=1) serves this database."]


@register(Tags.database)
def database_knows_what_was_destroyed(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Error when web or worker would serve a restored backup as it is, or a demonstration's database as a real one."""
    if settings.AS_OWNER or not databases:
        return []
    return [Error(problem, id="retention.E001") for problem in restore_problems() or fiction_problems()]
