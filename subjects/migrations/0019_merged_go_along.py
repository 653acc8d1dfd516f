"""Whoever was merged into a person who has become protected since goes into the compartment too. Nothing takes it back: which of
them were outside is not written down, and they must not be."""

from django.db import migrations

from foundation.migration_operations import SQL
from subjects.sql import MERGED_GO_ALONG


class Migration(migrations.Migration):
    dependencies = [
        ("subjects", "0018_where_somebody_was_met"),
        ("access", "0009_sight_one_by_one"),
        ("oversight", "0006_disclosures"),  # disclosures follow their person by a trigger
    ]

    operations = [SQL(MERGED_GO_ALONG, "SELECT 1")]
