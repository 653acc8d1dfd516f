"""Whose grant has ended by its date is looked up, not resolved at every question; so is who reads the audit log."""

from django.db import migrations

from access.sql import LAPSED, LAPSED_BACK
from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies = [("access", "0009_sight_one_by_one")]

    operations = [SQL(LAPSED, LAPSED_BACK)]
