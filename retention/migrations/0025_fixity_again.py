"""Sealed records are read again; one that cannot be is said to be damaged."""

from django.db import migrations, models

from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies = [("retention", "0024_who_sees_a_lead_sees_what_keeps_it")]

    operations = [
        migrations.AddField(model_name="archivepackage", name="damaged_at", field=models.DateTimeField(null=True)),
        SQL(
            "GRANT UPDATE (damaged_at) ON retention_archivepackage TO {app};",
            "REVOKE UPDATE (damaged_at) ON retention_archivepackage FROM {app};",
        ),
    ]
