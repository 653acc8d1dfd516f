from django.db import migrations

from foundation.migration_operations import SQL
from retention.sql import HELD_FILES, HELD_FILES_BACK, NOTICES_ARE_NO_RECORD, NOTICES_ARE_NO_RECORD_BACK


class Migration(migrations.Migration):
    dependencies = [("leads", "0020_attachments"), ("retention", "0010_a_list_is_asked_once")]

    operations = [SQL(HELD_FILES, HELD_FILES_BACK), SQL(NOTICES_ARE_NO_RECORD, NOTICES_ARE_NO_RECORD_BACK)]
