from django.db import migrations, models

from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies = [("ingest", "0011_previewed_rows")]

    operations = [
        migrations.AddField("extract", "rows_remarked", models.BigIntegerField(default=0)),
        migrations.AddField("sourcerow", "remarks", models.TextField(db_default="", default="")),
        SQL(
            "GRANT UPDATE (remarks) ON ingest_sourcerow TO {app};",
            "REVOKE UPDATE (remarks) ON ingest_sourcerow FROM {app};",
        ),
    ]
