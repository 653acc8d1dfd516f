from django.db import migrations

from foundation.migration_operations import SQL
from leads.papers_sql import HAND_OVER, HAND_OVER_BACK


class Migration(migrations.Migration):
    dependencies = [("leads", "0025_routable")]

    operations = [SQL(HAND_OVER, HAND_OVER_BACK)]
