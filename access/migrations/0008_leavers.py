"""Who leaves or changes duties, as told by supervisors."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.migration_operations import Privileges


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0007_queue_columns"),
    ]

    operations = [
        migrations.CreateModel(
            name="Leaver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("leaves", "Leaves the agency"), ("changes", "Changes duties")], max_length=7)),
                ("last_day", models.DateField()),
                ("reason", models.CharField(max_length=300)),
                ("told_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("told_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", ["leaves", "changes"])), name="leaver_kind_is_listed"),
                    models.CheckConstraint(
                        condition=models.Q(("user", models.F("told_by")), _negated=True), name="leaver_is_told_of_by_another"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("settled_by", None)),
                            models.Q(("settled_at__isnull", False), ("settled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="leaver_settled_whole",
                    ),
                    models.UniqueConstraint(condition=models.Q(("settled_at", None)), fields=("user",), name="leaver_told_of_once"),
                ],
            },
        ),
        Privileges("access_leaver", ["settled_by_id", "settled_at"]),
    ]
