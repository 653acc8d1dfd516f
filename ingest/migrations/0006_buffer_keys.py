import django.db.models.deletion
from django.db import migrations, models

from foundation.migration_operations import SQL, ClassSecurity, Privileges


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_need_to_know"),
        ("ingest", "0005_drop_once"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="sourcerow", name="source_row_buffer_by_number"),
        migrations.CreateModel(
            name="BufferKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("key", "source_row_id", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("key", models.BigIntegerField()),
                (
                    "source_row",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ingest.sourcerow",
                    ),
                ),
                (
                    "access_class",
                    models.ForeignKey(
                        db_column="class_id",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.accessclass",
                    ),
                ),
            ],
        ),
        SQL(
            """
            INSERT INTO ingest_bufferkey (key, source_row_id, class_id)
            SELECT DISTINCT unnest(identifier_keys), id, class_id FROM ingest_sourcerow WHERE state = 'buffered'
            """,
            "DELETE FROM ingest_bufferkey",
        ),
        ClassSecurity("ingest_bufferkey"),
        Privileges("ingest_bufferkey", ["class_id"], delete=True),
    ]
