from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies = [("ingest", "0012_remarks")]

    operations = [
        migrations.AddField("sourcerow", "restated_before", ArrayField(models.BigIntegerField(), null=True)),
        SQL(
            "GRANT UPDATE (restated_before) ON ingest_sourcerow TO {app};",
            "REVOKE UPDATE (restated_before) ON ingest_sourcerow FROM {app};",
        ),
    ]
