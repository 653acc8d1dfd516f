from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

from foundation.migration_operations import SQL
from retention.removal.sql import ARCHIVE, DESTROY
from retention.sql import REFUSE_HELD_AT_ONCE, REFUSE_HELD_AT_ONCE_BACK


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0007_packages_by_scope"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="archivepackage", name="package_by_scope"),
        migrations.AddIndex(model_name="archivepackage", index=GinIndex(fastupdate=False, fields=["shred"], name="package_by_scope")),
        SQL(REFUSE_HELD_AT_ONCE, REFUSE_HELD_AT_ONCE_BACK),
        SQL(ARCHIVE, ""),  # since then they look records up one by one
        SQL(DESTROY, ""),
        migrations.AddIndex(
            model_name="dispositionitem",
            index=models.Index(
                condition=models.Q(("file_name", ""), _negated=True), fields=["disposition", "position"], name="item_file_left"
            ),
        ),
    ]
