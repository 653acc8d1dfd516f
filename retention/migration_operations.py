"""The maintaining role may rewrite every table, and do nothing else with it."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.migrations.operations.base import Operation


class Maintainable(Operation):
    """Grant MAINTAIN on the tables of the schema, those to come included, to the role of `DATABASE_MAINTAIN_URL`.

    Without that address nothing is granted: the person who maintains the server then rewrites tables as their owner.
    """

    reduces_to_sql = False
    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing that Django's model state knows changes."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Grant."""
        if role := self._role():
            schema_editor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
            schema_editor.execute(f"GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO {role}")
            schema_editor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT MAINTAIN ON TABLES TO {role}")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Take back."""
        if role := self._role():
            schema_editor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE MAINTAIN ON TABLES FROM {role}")
            schema_editor.execute(f"REVOKE MAINTAIN ON ALL TABLES IN SCHEMA public FROM {role}")

    def describe(self) -> str:
        """For the list of migrations."""
        return "The maintaining role may rewrite tables"

    @staticmethod
    def _role() -> str:
        name = unquote(urlsplit(settings.DATABASE_MAINTAIN_URL).username or "")
        return '"' + name.replace('"', '""') + '"' if name else ""
