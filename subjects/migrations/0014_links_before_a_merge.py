"""A merge remembers the newest link of its day, so that a split can tell what was decided since."""

from django.db import migrations, models

from foundation.migration_operations import SQL

KNOWN = """
UPDATE subjects_subjectredirect r
SET links_before = coalesce((SELECT max(l.id) FROM subjects_identitylink l WHERE l.decided_at <= r.made_at), 0)
"""


class Migration(migrations.Migration):
    dependencies = [("subjects", "0013_search_words_as_written")]

    operations = [
        migrations.AddField("subjectredirect", "links_before", models.BigIntegerField(default=0)),
        SQL(KNOWN, ""),
    ]
