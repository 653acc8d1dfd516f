"""A meeting keeps its place, and prints taken on the way out are told from others."""

from django.db import migrations, models

from foundation.migration_operations import SQL

# what came before has no place: it shows nobody in the country until its source states it again
EXITS = r"""UPDATE subjects_encounterfact SET kind = 'exit', departed_on = occurred_on
WHERE source = 'ident' AND kind = 'biometric' AND basis ~* '\mexit\M'"""
BACK = "UPDATE subjects_encounterfact SET kind = 'biometric', departed_on = NULL WHERE kind = 'exit'"


class Migration(migrations.Migration):
    dependencies = [("subjects", "0017_status_by_principal")]

    operations = [
        migrations.AddField("encounterfact", "place", models.CharField(blank=True, default="", max_length=160), preserve_default=False),
        SQL(EXITS, BACK),
    ]
