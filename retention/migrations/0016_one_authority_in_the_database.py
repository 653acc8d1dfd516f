"""The functions that remove records ask for the run's schedule and the package's days; references are found by an index."""

from django.db import migrations

from foundation.migration_operations import SQL
from retention.removal.sql import ARCHIVE, ARCHIVE_BEFORE, DESTROY, ERASE, ERASE_LEADS
from retention.series_sql import RESTATE


class Migration(migrations.Migration):
    dependencies = [("retention", "0015_the_longest_dates")]

    operations = [SQL(ERASE + ERASE_LEADS + ARCHIVE + DESTROY + RESTATE, ARCHIVE_BEFORE)]
