from django.db import migrations

from foundation.migration_operations import SQL

# What a row alleges is its evidence, and what was seen counts from what stands (docs/adr/0012, 0015, 0017).
AGAIN = "UPDATE subjects_subject SET evaluated_at = NULL WHERE evaluated_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("leads", "0043_judge_by_the_stay")]

    operations = [SQL(AGAIN, AGAIN)]
