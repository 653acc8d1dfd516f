from django.db import migrations

from foundation.migration_operations import SQL
from leads.papers_sql import HAND_OVER_BEFORE, HAND_OVER_LINE, TRANSFERS, TRANSFERS_BACK


class Migration(migrations.Migration):
    dependencies = [("leads", "0029_rules_of_a_lead")]

    operations = [SQL(TRANSFERS, TRANSFERS_BACK), SQL(HAND_OVER_LINE, HAND_OVER_BEFORE)]
