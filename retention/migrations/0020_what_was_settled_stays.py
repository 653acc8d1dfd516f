"""What people settled about somebody who stays outlives the archived lead in which they did."""

from django.db import migrations

from foundation.migration_operations import SQL
from retention.removal.sql import ERASE_LEADS, ERASE_LEADS_BEFORE


class Migration(migrations.Migration):
    dependencies = [("retention", "0019_versions_stay")]

    operations = [SQL(ERASE_LEADS, ERASE_LEADS_BEFORE)]
