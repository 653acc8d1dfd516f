import django.db.models.deletion
from django.db import migrations, models

from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies = [("ingest", "0008_quarantined_record")]

    operations = [
        migrations.AddField("extract", "rows_unnamed", models.BigIntegerField(default=0)),
        migrations.AddField(
            "sourcerow",
            "named_in",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ingest.extract",
            ),
        ),
        migrations.AddConstraint(
            "extract",
            models.CheckConstraint(
                condition=models.Q(("rows_unnamed__gte", 0), ("rows_unnamed__lte", models.F("rows_quarantined"))),
                name="extract_unnamed_are_unusable",
            ),
        ),
        # rows that have expired already name no record any more: their extracts stay silent
        SQL(
            """
            UPDATE ingest_extract e SET rows_unnamed = greatest(0, e.rows_quarantined - (
                SELECT count(*) FROM ingest_quarantinedrow q
                WHERE q.extract_id = e.id AND q.outcome = '' AND q.record_key IS NOT NULL))
            WHERE e.rows_quarantined > 0;
            GRANT UPDATE (named_in_id) ON ingest_sourcerow TO {app};
            """,
            "REVOKE UPDATE (named_in_id) ON ingest_sourcerow FROM {app};",
        ),
    ]
