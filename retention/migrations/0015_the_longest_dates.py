from django.db import migrations

from foundation.migration_operations import SQL, Privileges, RowSecurity
from retention.series_sql import (
    ANNIVERSARY,
    ANNIVERSARY_BACK,
    ASK_ALL,
    DATES,
    DATES_ARE_SET,
    DATES_ARE_SET_BACK,
    DATES_BACK,
    FOLLOW_CONDITIONS,
    FOLLOW_CONDITIONS_BACK,
)
from retention.sql import RUNS_CHECK, RUNS_CHECK_BEFORE


class Migration(migrations.Migration):
    dependencies = [("retention", "0014_several_series"), ("leads", "0024_out_of_a_compartment")]

    operations = [
        RowSecurity("retention_restatement", "(SELECT retention_keeps())"),
        Privileges("retention_restatement", ["seen", "after_lead", "after_package", "finished_at"]),
        SQL(ANNIVERSARY, ANNIVERSARY_BACK),
        SQL(DATES, DATES_BACK),
        SQL(FOLLOW_CONDITIONS, FOLLOW_CONDITIONS_BACK),
        SQL(RUNS_CHECK, RUNS_CHECK_BEFORE),
        SQL(DATES_ARE_SET, DATES_ARE_SET_BACK),
        SQL(ASK_ALL, ""),
    ]
