from django.db import migrations

from foundation.migration_operations import SQL, AppendOnly

# The application role reads and writes every table of the schema unless a later operation takes that away.
DEFAULT_PRIVILEGES = """
GRANT USAGE ON SCHEMA public TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {app};
"""
DEFAULT_PRIVILEGES_BACK = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE USAGE, SELECT ON SEQUENCES FROM {app};
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM {app};
"""

REFUSE_CHANGE = """
CREATE FUNCTION foundation_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        SQL(DEFAULT_PRIVILEGES, DEFAULT_PRIVILEGES_BACK),
        SQL(REFUSE_CHANGE, "DROP FUNCTION foundation_refuse_change();"),
        AppendOnly("audit_event"),
        # a payload and a data key can be destroyed, by the owner's destruction function alone
        SQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON audit_payload, audit_datakey FROM {app};",
            "GRANT UPDATE, DELETE ON audit_payload, audit_datakey TO {app};",
        ),
    ]
