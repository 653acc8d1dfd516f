from django.db import migrations

from foundation.migration_operations import SQL

# The last value of a sequence counts rows that its reader may not see. An identity column needs no privilege on it; the two
# sequences from which the intake draws ahead are granted where their tables are (subjects/migrations).
NO_COUNTS = """
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {app};
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE USAGE, SELECT ON SEQUENCES FROM {app};
"""
NO_COUNTS_BACK = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_sealed_log")]

    operations = [SQL(NO_COUNTS, NO_COUNTS_BACK)]
