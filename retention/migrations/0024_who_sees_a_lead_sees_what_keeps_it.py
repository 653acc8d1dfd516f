from django.db import migrations

from foundation.migration_operations import SQL
from retention.extensions_sql import SEEN, SEEN_BACK


class Migration(migrations.Migration):
    dependencies = [("retention", "0023_extensions_take_their_record")]

    operations = [SQL(SEEN, SEEN_BACK)]
