from django.db import migrations

from foundation.migration_operations import ClassSecurity, Privileges


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial"), ("access", "0002_need_to_know")]

    operations = [
        ClassSecurity("retention_retentionclock"),
        # a clock follows its schedule, nothing else; a version's years never change once written
        Privileges("retention_retentionclock", ["schedule_id", "archive_on", "destroy_on", "computed_at"]),
        Privileges("retention_schedule", ["status", "authority", "fictional", "approved_by_id", "approved_at", "effective_from"]),
    ]
