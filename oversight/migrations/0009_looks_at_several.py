"""Who looked at a person: at the person and at all that hangs on them, in one question."""

from django.db import migrations

from foundation.migration_operations import SQL
from oversight.sql import LOOKS_AT_SEVERAL, LOOKS_AT_SEVERAL_BACK


class Migration(migrations.Migration):
    dependencies = [("oversight", "0008_disclosures_to_the_public")]

    operations = [SQL(LOOKS_AT_SEVERAL, LOOKS_AT_SEVERAL_BACK)]
