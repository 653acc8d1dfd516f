from django.db import migrations

from foundation.migration_operations import SQL
from leads.sight_sql import LEAVE, LEAVE_BACK


class Migration(migrations.Migration):
    dependencies = [("leads", "0023_drafts"), ("subjects", "0002_need_to_know")]

    operations = [SQL(LEAVE, LEAVE_BACK)]
