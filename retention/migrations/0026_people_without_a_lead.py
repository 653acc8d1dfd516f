"""People without a lead are forgotten when nobody needs them; the desk counts them."""

import django.db.models.deletion
from django.db import migrations, models

from foundation.migration_operations import CLASS_POLICY, SQL, Privileges, RowSecurity
from retention.people_sql import FORGET_PEOPLE, FORGET_PEOPLE_BACK
from retention.removal.sql import ERASE_LEADS, ERASE_LEADS_SUPPRESSING


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_home_index"),
        ("retention", "0025_fixity_again"),
    ]

    operations = [
        migrations.CreateModel(
            name="ForgettingNight",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("gone", models.JSONField(default=dict)),
                ("kept", models.JSONField(default=dict)),
                ("oldest_on", models.DateField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "access_class",
                    models.ForeignKey(
                        db_column="class_id", on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.accessclass"
                    ),
                ),
            ],
            options={
                "ordering": ("-on", "id"),
                "constraints": [models.UniqueConstraint(fields=("on", "access_class"), name="forgetting_once_a_night")],
            },
        ),
        RowSecurity("retention_forgettingnight", f"(SELECT retention_keeps()) AND {CLASS_POLICY}"),
        Privileges("retention_forgettingnight", ["gone", "kept", "oldest_on", "finished_at"]),
        SQL(ERASE_LEADS, ERASE_LEADS_SUPPRESSING),
        SQL(FORGET_PEOPLE, FORGET_PEOPLE_BACK),
    ]
