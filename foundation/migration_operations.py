"""Migration operations for what Django has no words for: privileges, append-only tables, row-level security.

Roles are never created here (the launcher, or a printed script, does that once per server); migrations only grant.
The application role's name comes from the setting `APPLICATION_ROLE`.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.migrations.operations.base import Operation


def app_role() -> str:
    """The quoted name of the role under which web, workers and shell connect."""
    name: str = settings.APPLICATION_ROLE
    return '"' + name.replace('"', '""') + '"'


class SQL(Operation):
    """Reversible SQL in which `{app}` is the application role and `{owner}` the migrating role."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, forwards: str, backwards: str) -> None:
        self.forwards = forwards
        self.backwards = backwards

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__qualname__, [self.forwards, self.backwards], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing that Django's model state knows changes."""

    def _run(self, schema_editor: Any, sql: str) -> None:
        # replace, not format: SQL bodies are full of braces
        schema_editor.execute(
            sql.replace("{app}", app_role()).replace("{owner}", "CURRENT_USER"),
            params=None,
        )

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run(schema_editor, self.forwards)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run(schema_editor, self.backwards)

    def describe(self) -> str:
        return "SQL with the application role"


class RowSecurity(SQL):
    """FORCE row-level security on `table`: the owner sees all, the application role what `using` allows.

    `using` must wrap every function call as `(select ...)`, so that it runs once per query and not once per row.
    """

    def __init__(self, table: str, using: str, check: str | None = None) -> None:
        check = check or using
        super().__init__(
            f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
            CREATE POLICY {table}_owner ON {table} TO {{owner}} USING (true) WITH CHECK (true);
            CREATE POLICY {table}_need_to_know ON {table} TO {{app}} USING ({using}) WITH CHECK ({check});
            """,
            f"""
            DROP POLICY {table}_need_to_know ON {table};
            DROP POLICY {table}_owner ON {table};
            ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
            ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
            """,
        )
        self.arguments = (table, using, check)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__qualname__, list(self.arguments), {})

    def describe(self) -> str:
        return f"Row-level security on {self.arguments[0]}"


CLASS_POLICY = "class_id = ANY ((SELECT access_classes())::int[])"


class ClassSecurity(RowSecurity):
    """Row-level security by the row's access class alone: facts, source rows, children of leads."""

    def __init__(self, table: str) -> None:
        super().__init__(table, CLASS_POLICY)
        self.arguments = (table,)  # type: ignore[assignment]  # one argument rebuilds it


class Privileges(SQL):
    """What the application role may do beyond reading and inserting: which columns it updates, whether it deletes."""

    def __init__(self, table: str, update: list[str], delete: bool = False) -> None:  # noqa: FBT001, FBT002  # rebuilt by position
        columns = f"GRANT UPDATE ({', '.join(update)}) ON {table} TO {{app}};" if update else ""
        deletes = f"GRANT DELETE ON {table} TO {{app}};" if delete else ""
        super().__init__(
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {{app}}; {columns} {deletes}",
            f"GRANT UPDATE, DELETE ON {table} TO {{app}};",
        )
        self.arguments = (table, update, delete)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__qualname__, list(self.arguments), {})

    def describe(self) -> str:
        return f"Privileges on {self.arguments[0]}"


class AppendOnly(SQL):
    """The application role may insert and read, nobody may change: also a trigger, for whoever forgets the grants."""

    def __init__(self, table: str) -> None:
        super().__init__(
            f"""
            REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {{app}};
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION foundation_refuse_change();
            """,
            f"""
            DROP TRIGGER {table}_append_only ON {table};
            GRANT UPDATE, DELETE ON {table} TO {{app}};
            """,
        )
        self.table = table

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__qualname__, [self.table], {})

    def describe(self) -> str:
        return f"{self.table} is append-only"
