from django.db import migrations

from foundation.migration_operations import SQL
from retention.schedules_sql import IMMUTABLE, IMMUTABLE_BACK


class Migration(migrations.Migration):
    dependencies = [("retention", "0018_pages_of_days_by_index")]

    operations = [SQL(IMMUTABLE, IMMUTABLE_BACK)]
