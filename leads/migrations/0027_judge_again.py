from django.db import migrations

from foundation.migration_operations import SQL

# A confirmed address contradicts a weak departure sooner than before (`leads.rules.departure.CONFIRMED_DAYS`), in rules of the
# same version: whoever was judged by the older text is judged again (docs/adr/0017).
AGAIN = "UPDATE subjects_subject SET evaluated_at = NULL WHERE evaluated_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("leads", "0026_hand_over"), ("subjects", "0009_link_unreported_since")]

    operations = [SQL(AGAIN, AGAIN)]
