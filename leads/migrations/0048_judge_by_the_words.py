from django.db import migrations

from foundation.migration_operations import SQL

# What an analyst entered is told as a manual entry, and a source by the desk's name for it (docs/adr/0017).
AGAIN = "UPDATE subjects_subject SET evaluated_at = NULL WHERE evaluated_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("leads", "0047_moves_keep_keys")]

    operations = [SQL(AGAIN, AGAIN)]
