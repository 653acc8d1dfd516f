from django.db import migrations

from foundation.migration_operations import SQL

# What an analyst entered is told as entered by hand, and a source by its name: whoever was judged is judged again (docs/adr/0017).
AGAIN = "UPDATE subjects_subject SET evaluated_at = NULL WHERE evaluated_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("leads", "0047_moves_keep_keys")]

    operations = [SQL(AGAIN, AGAIN)]
