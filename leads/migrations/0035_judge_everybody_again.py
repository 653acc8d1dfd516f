"""That everybody is judged again is asked for in a row, and done by the service that sees everybody."""

from django.db import migrations, models

from foundation.migration_operations import Privileges


class Migration(migrations.Migration):
    dependencies = [("leads", "0034_what_a_closing_rested_on")]

    operations = [
        migrations.CreateModel(
            name="Rejudging",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                ("last_subject", models.BigIntegerField(default=0)),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("done_at", None)), fields=["id"], name="rejudging_open")],
            },
        ),
        Privileges("leads_rejudging", ["last_subject", "done_at"]),
    ]
