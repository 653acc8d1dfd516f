"""Who looked at a person, with looks at a record that was shown as one with theirs, for as long as it was."""

from django.db import migrations

from foundation.migration_operations import SQL
from oversight.sql import LOOKS_FOR_A_TIME, LOOKS_FOR_A_TIME_BACK


class Migration(migrations.Migration):
    dependencies = [("oversight", "0012_reminders_of_reviews")]

    operations = [SQL(LOOKS_FOR_A_TIME, LOOKS_FOR_A_TIME_BACK)]
