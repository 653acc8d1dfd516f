from django.db import migrations

from access.sql import AUDIT, AUDIT_BACK, CONTEXT, CONTEXT_BACK, SIGHT, SIGHT_BACK
from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        SQL(CONTEXT, CONTEXT_BACK),
        SQL(SIGHT, SIGHT_BACK),
        SQL(AUDIT, AUDIT_BACK),
    ]
