"""A record is due on its day at headquarters, not on that of Greenwich, which begins there on the evening before."""

from django.db import migrations

from foundation.migration_operations import SQL
from retention.sql import RUNS_CHECK, RUNS_CHECK_UTC


class Migration(migrations.Migration):
    dependencies = [("retention", "0031_scopes_by_one_look")]

    operations = [SQL(RUNS_CHECK, RUNS_CHECK_UTC)]
