"""A database that was put back removes nothing until the ledger of destruction was replayed in it, whatever worker is running."""

from django.db import migrations

from foundation.migration_operations import SQL
from retention.people_sql import FORGET_PEOPLE, FORGET_PEOPLE_ANYWHERE
from retention.sql import RUNS_CHECK, RUNS_CHECK_ANYWHERE


class Migration(migrations.Migration):
    dependencies = [("retention", "0026_people_without_a_lead")]

    operations = [
        SQL(RUNS_CHECK, RUNS_CHECK_ANYWHERE),
        SQL(FORGET_PEOPLE, FORGET_PEOPLE_ANYWHERE),
    ]
