"""The record of acts tells nothing of a compartment to whoever is not cleared for it; words stay closed in the database too."""

from django.db import migrations

from foundation.migration_operations import SQL
from oversight.closed_sql import CLOSED, CLOSED_BACK


class Migration(migrations.Migration):
    dependencies = [
        ("oversight", "0009_looks_at_several"),
        ("leads", "0031_judge_by_records"),
        ("organizations", "0001_initial"),
        ("retention", "0019_versions_stay"),
        ("subjects", "0013_search_words_as_written"),
    ]

    operations = [SQL(CLOSED, CLOSED_BACK)]
