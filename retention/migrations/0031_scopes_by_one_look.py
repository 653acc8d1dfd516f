"""Whose keys go with a record is asked of people alone, and once: a third of the look-ups."""

from django.db import migrations

from foundation.migration_operations import SQL
from retention.removal.sql import SCOPES


class Migration(migrations.Migration):
    dependencies = [("retention", "0030_sealed_records_follow_their_person")]

    operations = [SQL(SCOPES, "")]
