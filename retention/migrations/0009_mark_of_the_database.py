import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from foundation.migration_operations import SQL
from retention.sql import MARK, MARK_BACK


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0008_refuse_held_at_once"),
    ]

    operations = [
        migrations.AlterField(
            model_name="tombstone",
            name="disposition",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="tombstones", to="retention.disposition"
            ),
        ),
        migrations.CreateModel(
            name="DatabaseMark",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("database", models.CharField(max_length=60)),
                ("ready_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="database_mark_stands_once")],
            },
        ),
        SQL(MARK, MARK_BACK),
    ]
