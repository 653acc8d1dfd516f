from django.db import migrations

from foundation.migration_operations import SQL
from leads.sql import RECLASS, RECLASS_BACK


class Migration(migrations.Migration):
    dependencies = [("leads", "0005_key_scope_of_referrals")]

    operations = [SQL(RECLASS, RECLASS_BACK)]
