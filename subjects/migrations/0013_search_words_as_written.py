"""Words are also looked up as they are written; whether a word is anybody's name is told to nobody."""

from django.db import migrations

from foundation.migration_operations import SQL
from subjects.sql import FIND


class Migration(migrations.Migration):
    dependencies = [("subjects", "0012_waiting_by_weight")]

    operations = [SQL(FIND, "")]
