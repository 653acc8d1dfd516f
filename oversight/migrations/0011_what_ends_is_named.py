"""What the accounting and the log forget is named, scope by scope; words of a day have a clock."""

from django.db import migrations

from foundation.migration_operations import SQL
from oversight.disclosure_sql import ENDS, ENDS_BACK


class Migration(migrations.Migration):
    dependencies = [("oversight", "0010_closed_to_the_uncleared"), ("audit", "0007_words_of_a_day")]

    operations = [SQL(ENDS, ENDS_BACK)]
