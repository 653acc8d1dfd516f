"""A preview names the rows that would go into quarantine, too."""

from django.db import migrations, models

from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies = [("ingest", "0013_every_statement")]

    operations = [
        migrations.RemoveConstraint("previewedrow", "previewed_kind_is_listed"),
        migrations.AlterField(
            "previewedrow",
            "kind",
            models.CharField(
                choices=[
                    ("changes", "changes what the record says"),
                    ("person", "makes a record of a person"),
                    ("record", "is a new record of somebody known here"),
                    ("late", "is older than what is here, goes into its history"),
                    ("unusable", "could not be used, goes into quarantine"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            "previewedrow",
            models.CheckConstraint(
                condition=models.Q(("kind__in", ["changes", "person", "record", "late", "unusable"])), name="previewed_kind_is_listed"
            ),
        ),
        SQL("SELECT 1;", "DELETE FROM ingest_previewedrow WHERE kind = 'unusable';"),  # the older rule knows no such row
    ]
