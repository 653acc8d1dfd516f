from django.db import migrations

from foundation.migration_operations import SQL
from leads.sql import FOLLOW_SUBJECTS, FOLLOW_SUBJECTS_BACK


class Migration(migrations.Migration):
    dependencies = [("leads", "0006_children_follow_their_lead")]

    operations = [SQL(FOLLOW_SUBJECTS, FOLLOW_SUBJECTS_BACK)]
