from django.db import migrations

from foundation.migration_operations import SQL
from oversight.sql import LOOKS_BY_INDEX, LOOKS_BY_INDEX_BACK


class Migration(migrations.Migration):
    dependencies = [("oversight", "0002_break_glass"), ("audit", "0002_append_only")]

    operations = [SQL(LOOKS_BY_INDEX, LOOKS_BY_INDEX_BACK)]
