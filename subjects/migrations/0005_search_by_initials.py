from django.db import migrations

from foundation.migration_operations import SQL
from subjects.sql import FIND

# for databases made before words were split, initials read and the vocabulary looked through by range
OLDER = "DROP FUNCTION IF EXISTS subjects_find(text[], date, date, date[], bigint[], int);"


class Migration(migrations.Migration):
    dependencies = [("subjects", "0004_match_keys")]

    operations = [SQL(OLDER + FIND, "")]
