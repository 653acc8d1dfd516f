"""What must be true before a process serves: asked by the web application and by each worker when they start."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db import connection

if TYPE_CHECKING:
    from django.db.backends.postgresql.base import DatabaseWrapper


def refuse_unready() -> None:
    """Raise `SystemExit` with the reasons: a database role that sees everything, a restored backup that was not replayed, a
    demonstration's database elsewhere."""
    from access.checks import role_problems  # both need the app registry
    from retention.checks import fiction_problems, restore_problems

    problems = [*role_problems(), *(restore_problems() or fiction_problems())]
    connection.close()
    cast("DatabaseWrapper", connection).close_pool()  # the web server forks after this, and the threads of a pool do not come along
    if problems:
        raise SystemExit(" ".join(problems))
