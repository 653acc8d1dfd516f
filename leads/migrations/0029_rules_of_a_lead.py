"""A lead names all its rules that stand, so that the queue and the rule book count it under each."""

import django.contrib.postgres.fields
from django.db import migrations, models

from foundation.migration_operations import SQL

# what the newest answers on each matter hold; the workers write it from here on
FILL = """
UPDATE leads_lead l SET rules = found.rules FROM (
    SELECT lead_id, array_agg(DISTINCT rule_id ORDER BY rule_id) AS rules FROM (
        SELECT DISTINCT ON (subject_id, organization_id, rule_id, matter_key) lead_id, rule_id, holds
        FROM leads_finding ORDER BY subject_id, organization_id, rule_id, matter_key, id DESC) newest
    WHERE holds AND lead_id IS NOT NULL GROUP BY lead_id) found
WHERE found.lead_id = l.id;
"""


class Migration(migrations.Migration):
    dependencies = [("leads", "0028_files_of_offices")]

    operations = [
        migrations.AddField(
            "lead",
            "rules",
            django.contrib.postgres.fields.ArrayField(models.CharField(max_length=40), default=list, db_default=[], size=None),
        ),
        SQL("GRANT UPDATE (rules) ON leads_lead TO {app};", "REVOKE UPDATE (rules) ON leads_lead FROM {app};"),
        SQL(FILL, "SELECT 1;"),
    ]
