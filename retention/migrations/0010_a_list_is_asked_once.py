from django.db import migrations, models

from foundation.migration_operations import SQL
from retention.sql import LIST_TOUCHED, LIST_TOUCHED_BACK, RUNS_CHECK


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0009_mark_of_the_database"),
    ]

    operations = [
        migrations.AddField(model_name="disposition", name="list_sound", field=models.BooleanField(default=False)),
        SQL(LIST_TOUCHED, LIST_TOUCHED_BACK),
        SQL(RUNS_CHECK, ""),
    ]
