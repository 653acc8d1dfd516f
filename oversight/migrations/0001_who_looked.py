from django.db import migrations

from foundation.migration_operations import SQL
from oversight.sql import LOOKS, LOOKS_BACK


class Migration(migrations.Migration):
    initial = True
    dependencies = [("access", "0002_need_to_know"), ("audit", "0002_append_only")]

    operations = [SQL(LOOKS, LOOKS_BACK)]
