"""Live holds find their records batch by batch; what a hold protects cannot be taken apart with raw SQL either."""

from django.db import migrations, models

from foundation.migration_operations import SQL, Privileges
from retention.holds_sql import GATHERING, GATHERING_BACK, TAKES, TAKES_BEFORE


class Migration(migrations.Migration):
    dependencies = [("retention", "0016_one_authority_in_the_database")]

    operations = [
        migrations.RemoveField(model_name="hold", name="count_at_issue"),
        migrations.AddField(model_name="hold", name="records", field=models.BigIntegerField(default=0)),
        migrations.AddField(model_name="hold", name="seen", field=models.BigIntegerField(default=0)),
        migrations.AddField(model_name="hold", name="after_lead", field=models.BigIntegerField(default=0)),
        migrations.AddField(model_name="hold", name="after_package", field=models.BigIntegerField(default=0)),
        migrations.AddField(model_name="hold", name="gathered_at", field=models.DateTimeField(null=True)),
        SQL("UPDATE retention_hold SET gathered_at = placed_at;", "SELECT 1"),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("query__isnull", False), ("gathered_at__isnull", False), _connector="OR"),
                name="hold_of_named_records_has_them",
            ),
        ),
        Privileges(
            "retention_hold",
            ["records", "seen", "after_lead", "after_package", "gathered_at", "released_at", "released_by_id", "release_authority"],
        ),
        SQL(TAKES, TAKES_BEFORE),
        SQL(GATHERING, GATHERING_BACK),
    ]
