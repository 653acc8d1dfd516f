"""When the newest form I-20 or DS-2019 was issued: the day, and the hour by the clock of the school."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0011_temporary_accounts"),
        ("ingest", "0013_every_statement"),
        ("organizations", "0004_school_sizes"),
        ("subjects", "0020_pairs_after_a_merge"),
    ]

    operations = [
        migrations.AddField(
            model_name="statusfact",
            name="issued_hour",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="statusfact",
            name="issued_on",
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name="statusfact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("issued_hour", None), ("issued_on", None)),
                    models.Q(("issued_hour__gte", 0), ("issued_hour__lte", 23), ("issued_on__isnull", False)),
                    _connector="OR",
                ),
                name="status_issued_on_a_day_in_an_hour",
            ),
        ),
    ]
