from django.db import migrations

from foundation.migration_operations import SQL
from leads.notice_sql import FORGET, FORGET_BACK


class Migration(migrations.Migration):
    dependencies = [("leads", "0021_notice_apart")]

    operations = [SQL(FORGET, FORGET_BACK)]
