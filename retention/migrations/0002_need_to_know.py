from django.db import migrations

from foundation.migration_operations import ClassSecurity, SQL


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial"), ("access", "0002_need_to_know")]

    operations = [
        ClassSecurity("retention_retentionclock"),
        SQL(
            "REVOKE DELETE, TRUNCATE ON retention_retentionclock, retention_schedule FROM {app};",
            "GRANT DELETE ON retention_retentionclock, retention_schedule TO {app};",
        ),
    ]
