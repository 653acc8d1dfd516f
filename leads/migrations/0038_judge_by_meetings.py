from django.db import migrations

from foundation.migration_operations import SQL

# Where somebody was met counts: a fingerprint taken abroad or at the exit shows nobody in the country (docs/adr/0017).
AGAIN = "UPDATE subjects_subject SET evaluated_at = NULL WHERE evaluated_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("leads", "0037_group_counts"), ("subjects", "0018_where_somebody_was_met")]

    operations = [SQL(AGAIN, AGAIN)]
