"""The maintenance knows when people were forgotten: until it has come, their rows lie in the files of tables."""

from django.db import migrations, models

from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies = [("retention", "0027_nothing_goes_before_the_replay")]

    operations = [
        migrations.AddField(model_name="forgettingnight", name="removed_at", field=models.DateTimeField(null=True)),
        SQL(
            "GRANT UPDATE (removed_at) ON retention_forgettingnight TO {app};",
            "REVOKE UPDATE (removed_at) ON retention_forgettingnight FROM {app};",
        ),
        # who went before this was known of
        migrations.RunSQL(
            "UPDATE retention_forgettingnight SET removed_at = coalesce(finished_at, now()) WHERE gone <> '{}'", migrations.RunSQL.noop
        ),
    ]
