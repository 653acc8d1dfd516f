from django.db import migrations

from access.sql import SEALED_LOG, SEALED_LOG_BACK
from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies = [("access", "0002_need_to_know"), ("audit", "0003_sealed_log")]

    operations = [SQL(SEALED_LOG, SEALED_LOG_BACK)]
