import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from foundation.migration_operations import ClassSecurity, Privileges


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0008_leavers"),
        ("ingest", "0010_rows_wait_again"),
    ]

    operations = [
        migrations.CreateModel(
            name="PreviewedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("line", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("changes", "changes what the record says"),
                            ("person", "makes a record of a person"),
                            ("record", "is a new record of somebody known here"),
                            ("late", "is older than what is here, goes into its history"),
                        ],
                        max_length=10,
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "access_class",
                    models.ForeignKey(
                        db_column="class_id", on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.accessclass"
                    ),
                ),
                ("extract", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="previewed", to="ingest.extract")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("extract", "line"), name="previewed_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["changes", "person", "record", "late"])), name="previewed_kind_is_listed"
                    ),
                ],
            },
        ),
        ClassSecurity("ingest_previewedrow"),
        Privileges("ingest_previewedrow", [], delete=True),
    ]
