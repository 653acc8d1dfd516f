from django.db import migrations

from foundation.migration_operations import SQL
from retention.sql import HELD_FILES, NOTICES_ARE_NO_RECORD


class Migration(migrations.Migration):
    dependencies = [("leads", "0020_attachments"), ("retention", "0010_a_list_is_asked_once")]

    operations = [SQL(HELD_FILES, "SELECT 1"), SQL(NOTICES_ARE_NO_RECORD, "SELECT 1")]
