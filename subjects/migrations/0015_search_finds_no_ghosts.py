"""A date of birth finds nobody who is shown as another, and nobody of whom nothing is stated any more."""

from django.db import migrations

from foundation.migration_operations import SQL
from subjects.sql import FIND


class Migration(migrations.Migration):
    dependencies = [("subjects", "0014_links_before_a_merge")]

    operations = [SQL(FIND, "")]
