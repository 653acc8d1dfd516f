import django.db.models.deletion
from django.db import migrations, models

from foundation.migration_operations import SQL
from retention.compartments_sql import FOLLOW, FOLLOW_BACK, RUN_CLASS, policies


class Migration(migrations.Migration):
    dependencies = [("retention", "0011_holds_protect_files"), ("access", "0003_sealed_log"), ("leads", "0024_out_of_a_compartment")]

    operations = [
        migrations.AddField(
            model_name="disposition",
            name="access_class",
            field=models.ForeignKey(
                null=True, db_column="class_id", on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.accessclass"
            ),
        ),
        SQL(RUN_CLASS, ""),
        SQL(policies(narrow=True), policies(narrow=False)),
        SQL(FOLLOW, FOLLOW_BACK),
    ]
