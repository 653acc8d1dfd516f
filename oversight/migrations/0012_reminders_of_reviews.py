"""Overdue reviews are counted by the service that reminds of them."""

from django.db import migrations

from foundation.migration_operations import SQL
from oversight.sql import REMINDERS, REMINDERS_BACK


class Migration(migrations.Migration):
    dependencies = [("oversight", "0011_what_ends_is_named")]

    operations = [SQL(REMINDERS, REMINDERS_BACK)]
