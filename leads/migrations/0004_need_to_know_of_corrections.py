from django.db import migrations

from foundation.migration_operations import Privileges, RowSecurity
from leads.sql import CHILD_POLICY


class Migration(migrations.Migration):
    dependencies = [("leads", "0003_corrections_and_checks")]

    operations = [
        RowSecurity("leads_correction", CHILD_POLICY),
        RowSecurity("leads_systemcheck", CHILD_POLICY),
        Privileges("leads_correction", ["withdrawn_at", "class_id", "subject_id"]),
        Privileges("leads_systemcheck", ["class_id", "subject_id"]),
    ]
