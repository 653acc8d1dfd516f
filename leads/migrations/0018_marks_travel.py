from django.db import migrations

from foundation.migration_operations import SQL
from leads.sight_sql import DROP_GRANTS, DROP_GRANTS_BACK, MARKS_TRAVEL, MARKS_TRAVEL_BACK, OPEN_ACCOUNTS, OPEN_ACCOUNTS_BACK
from leads.sql import GLASS


class Migration(migrations.Migration):
    dependencies = [("leads", "0017_measured_rates")]

    operations = [
        SQL(OPEN_ACCOUNTS, OPEN_ACCOUNTS_BACK + GLASS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
        SQL(MARKS_TRAVEL, MARKS_TRAVEL_BACK),
        SQL(DROP_GRANTS, DROP_GRANTS_BACK),
    ]
