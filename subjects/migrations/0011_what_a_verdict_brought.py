"""A verdict on a record notes what came along; what was taken away again lets go of its row, which waits under its own clock."""

from django.db import migrations, models

from foundation.migration_operations import SQL

FACTS = (
    "subjects_namefact",
    "subjects_identifierfact",
    "subjects_lifeeventfact",
    "subjects_employmentfact",
    "subjects_vehiclefact",
    "subjects_financefact",
    "subjects_admissionfact",
    "subjects_departurefact",
    "subjects_addressfact",
    "subjects_encounterfact",
    "subjects_statusfact",
    "subjects_filingfact",
    "subjects_visafact",
)
ENDED = {
    **dict.fromkeys(FACTS, "(t.retracted_at IS NOT NULL OR t.superseded_at IS NOT NULL)"),
    "subjects_associate": "t.retracted_at IS NOT NULL",
    "subjects_identitylink": "t.closed_at IS NOT NULL",
}
UPDATES = "\n".join(
    f"    UPDATE public.{table} t SET source_row_id = NULL WHERE t.source_row_id = ANY (p_rows) AND {ended};"  # noqa: S608  # names above
    for table, ended in ENDED.items()
)
# the application may not change where a fact comes from; it may only cut off what stands no more
LET_GO = f"""
CREATE FUNCTION subjects_let_go(p_rows bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
{UPDATES}
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("subjects", "0010_possible_records"), ("ingest", "0010_rows_wait_again")]

    operations = [
        migrations.AddField("possiblerecord", "brought", models.JSONField(default=list)),
        migrations.AddField("possiblerecord", "left_at", models.DateTimeField(null=True)),
        SQL(
            "GRANT UPDATE (brought, left_at) ON subjects_possiblerecord TO {app};",
            "REVOKE UPDATE (brought, left_at) ON subjects_possiblerecord FROM {app};",
        ),
        SQL(LET_GO, "DROP FUNCTION subjects_let_go(bigint[]);"),
    ]
