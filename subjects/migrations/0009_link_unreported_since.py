from django.db import migrations, models

from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies = [
        ("subjects", "0008_what_followed"),
        ("ingest", "0008_quarantined_record"),
    ]

    operations = [
        migrations.AddField("identitylink", "unreported_since", models.DateField(null=True)),
        migrations.AddIndex(
            "identitylink",
            models.Index(condition=models.Q(("unreported_since__isnull", False)), fields=["source"], name="link_unreported"),
        ),
        SQL(
            "GRANT UPDATE (unreported_since) ON subjects_identitylink TO {app};",
            "REVOKE UPDATE (unreported_since) ON subjects_identitylink FROM {app};",
        ),
    ]
