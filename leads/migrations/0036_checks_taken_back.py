"""A check that was entered by mistake is taken back: by whom and when."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies = [("leads", "0035_judge_everybody_again"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField("systemcheck", "taken_back_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "systemcheck",
            "taken_back_by",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            "systemcheck",
            models.CheckConstraint(
                condition=models.Q(("taken_back_at", None), ("taken_back_by", None))
                | models.Q(("taken_back_at__isnull", False), ("taken_back_by__isnull", False)),
                name="check_taken_back_by_and_at",
            ),
        ),
        SQL(
            "GRANT UPDATE (taken_back_at, taken_back_by_id) ON leads_systemcheck TO {app};",
            "REVOKE UPDATE (taken_back_at, taken_back_by_id) ON leads_systemcheck FROM {app};",
        ),
    ]
