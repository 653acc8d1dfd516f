"""Whom a worker judges is written down before, so that one person over whom judging breaks off holds up nobody else."""

from django.db import migrations, models

from foundation.migration_operations import Privileges


class Migration(migrations.Migration):
    dependencies = [("leads", "0044_judge_by_what_is_alleged")]

    operations = [
        migrations.CreateModel(
            name="UnderJudgement",
            fields=[
                ("subject_key", models.BigIntegerField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("begun_at", models.DateTimeField()),
                ("alone", models.BooleanField(default=False)),
            ],
        ),
        Privileges("leads_underjudgement", ["begun_at", "alone"], delete=True),
    ]
