"""Whether an office can be told from an address stands on the lead, so that the queue can show the unroutable ones."""

from django.db import migrations, models

from foundation.migration_operations import SQL

# open leads are judged again by the workers, which fills the column
ASK = """
UPDATE subjects_subject SET evaluated_at = NULL
WHERE id IN (SELECT subject_id FROM leads_lead WHERE state NOT IN ('closed', 'auto_closed'));
"""


class Migration(migrations.Migration):
    dependencies = [("leads", "0024_out_of_a_compartment"), ("subjects", "0008_what_followed")]

    operations = [
        migrations.AddField("lead", "routable", models.BooleanField(null=True)),
        SQL("GRANT UPDATE (routable) ON leads_lead TO {app};", "REVOKE UPDATE (routable) ON leads_lead FROM {app};"),
        SQL(ASK, "SELECT 1;"),
    ]
