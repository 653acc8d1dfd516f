from django.db import migrations

from foundation.migration_operations import SQL
from retention.extensions_sql import EXTENSION_TAKES, EXTENSION_TAKES_BACK
from retention.removal.sql import ARCHIVE, ARCHIVE_NOT_KEPT


class Migration(migrations.Migration):
    dependencies = [("retention", "0022_left_out_of_runs")]

    operations = [SQL(ARCHIVE, ARCHIVE_NOT_KEPT), SQL(EXTENSION_TAKES, EXTENSION_TAKES_BACK)]
