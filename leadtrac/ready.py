"""What must be true before a process serves: asked by the web application and by each worker when they start."""

from __future__ import annotations

from django.db import connection


def refuse_unready() -> None:
    """Raise `SystemExit` with the reasons: a database role that sees everything, a restored backup that was not replayed."""
    from access.checks import role_problems  # both need the app registry
    from retention.checks import restore_problems

    problems = [*role_problems(), *restore_problems()]
    connection.close()
    if problems:
        raise SystemExit(" ".join(problems))
