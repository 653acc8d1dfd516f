from django.db import migrations

from foundation.migration_operations import SQL

# What gave a status does not answer that it was broken later, and what was found of one stay says nothing of another (docs/adr/0017).
AGAIN = "UPDATE subjects_subject SET evaluated_at = NULL WHERE evaluated_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("leads", "0042_referral_by_lead")]

    operations = [SQL(AGAIN, AGAIN)]
