from django.db import migrations

from foundation.migration_operations import ClassSecurity, Privileges


class Migration(migrations.Migration):
    dependencies = [("ingest", "0001_initial"), ("access", "0002_need_to_know")]

    operations = [
        ClassSecurity("ingest_sourcerow"),
        Privileges("ingest_sourcerow", ["state", "class_id", "buffered_until"], delete=True),  # the buffer has a stated life
        ClassSecurity("ingest_quarantinedrow"),
        Privileges("ingest_quarantinedrow", ["replayed_at", "replayed_by_id"], delete=True),
    ]
