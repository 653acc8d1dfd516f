"""A row that had become facts may wait again, under the keys by which it is found."""

from django.db import migrations

from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies = [("ingest", "0009_what_outlives_quarantine")]

    operations = [
        SQL(
            "GRANT UPDATE (identifier_keys) ON ingest_sourcerow TO {app};",
            "REVOKE UPDATE (identifier_keys) ON ingest_sourcerow FROM {app};",
        ),
    ]
