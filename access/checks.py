"""Start-up checks: the role under which we connect must be one that row-level security binds."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection


def role_problems() -> list[str]:
    """Sentences on what is wrong with the connected database role; empty when row-level security binds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        superuser, bypass = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relowner = current_user::regrole"
        )
        (owned,) = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM pg_roles r WHERE r.rolname <> current_user AND pg_has_role(current_user, r.oid, 'MEMBER') "
            "AND (r.rolsuper OR r.rolbypassrls OR EXISTS (SELECT 1 FROM pg_class c "
            "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relowner = r.oid))"
        )
        (stronger,) = cursor.fetchone()
    problems = []
    if superuser:
        problems.append("The database role of the application is a superuser: row-level security does not bind it. Use the app role.")
    if bypass:
        problems.append("The database role of the application has BYPASSRLS. Take it away.")
    if owned:
        problems.append("The database role of the application owns tables. Migrate with DATABASE_OWNER_URL and serve with DATABASE_URL.")
    if stronger:
        problems.append("The database role of the application is a member of a role that sees everything. Revoke the membership.")
    return problems


def refuse_unbound_role() -> None:
    """End the process when it would serve under a role that sees everything. Asked by web, workers and shell as they start."""
    problems = [] if settings.AS_OWNER else role_problems()
    connection.close()  # a server that forks must not hand its connection down
    if problems:
        raise SystemExit(" ".join(problems))


@register(Tags.database)
def application_role_is_bound(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Error when web, worker or shell would run under a role that sees everything."""
    if settings.AS_OWNER or not databases:
        return []
    return [Error(problem, id="access.E001") for problem in role_problems()]
