"""A function that runs as the owner looks into the temporary schema last.

Where the schema is not named, PostgreSQL looks into it first for tables and types, and whoever holds a connection may make a type
called `text` there whose check runs as the owner (PostgreSQL 18 manual, CREATE FUNCTION, "Writing SECURITY DEFINER Functions
Safely"). Functions made from here on name it themselves; this mends those that a database has already.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from foundation.migration_operations import SQL

LAST = """
DO $do$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT p.oid::regprocedure AS called, substr(setting, length('search_path=') + 1) AS path
        FROM pg_catalog.pg_proc p CROSS JOIN LATERAL unnest(p.proconfig) setting
        WHERE p.pronamespace = 'public'::regnamespace AND setting LIKE 'search_path=%' AND setting NOT LIKE '%pg_temp'
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %s, pg_temp', found.called, found.path);
    END LOOP;
END $do$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("access", "0011_temporary_accounts")]
    operations: ClassVar = [SQL(LAST, "")]
