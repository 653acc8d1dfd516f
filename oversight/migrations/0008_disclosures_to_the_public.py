"""A disclosure to the public takes a second privacy officer (DHS/ICE-015, routine use N)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.migration_operations import Privileges


class Migration(migrations.Migration):
    dependencies = [("oversight", "0007_bulk_viewing_rises"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField(
            model_name="disclosure",
            name="confirmed_by",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(model_name="disclosure", name="confirmed_at", field=models.DateTimeField(null=True)),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(("confirmed_at", None), ("confirmed_by", None))
                | (models.Q(("basis", "N"), ("confirmed_at__isnull", False)) & ~models.Q(confirmed_by=models.F("recorded_by"))),
                name="disclosure_to_public_is_confirmed_by_another",
            ),
        ),
        Privileges("oversight_disclosure", ["confirmed_by_id", "confirmed_at"]),
    ]
