"""A verdict on a record notes what came along; what was taken away again lets go of its row, which waits under its own clock."""

from django.db import migrations, models

from foundation.migration_operations import SQL
from subjects.let_go_sql import LET_GO_OF_ANYBODY


class Migration(migrations.Migration):
    dependencies = [("subjects", "0010_possible_records"), ("ingest", "0010_rows_wait_again")]

    operations = [
        migrations.AddField("possiblerecord", "brought", models.JSONField(default=list)),
        migrations.AddField("possiblerecord", "left_at", models.DateTimeField(null=True)),
        SQL(
            "GRANT UPDATE (brought, left_at) ON subjects_possiblerecord TO {app};",
            "REVOKE UPDATE (brought, left_at) ON subjects_possiblerecord FROM {app};",
        ),
        SQL(LET_GO_OF_ANYBODY, "DROP FUNCTION subjects_let_go(bigint[]);"),
    ]
