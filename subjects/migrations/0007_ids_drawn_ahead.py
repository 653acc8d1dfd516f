from django.db import migrations

from foundation.migration_operations import SQL

# the intake draws ids ahead (subjects.services.write_subjects, ingest.services.source_rows)
DRAWN = "ingest_sourcerow_id_seq, subjects_subject_id_seq"


class Migration(migrations.Migration):
    dependencies = [
        ("subjects", "0006_frozen_comparison"),
        ("ingest", "0006_buffer_keys"),
        ("audit", "0004_sequences_tell_no_counts"),
    ]

    operations = [SQL(f"GRANT USAGE ON SEQUENCE {DRAWN} TO {{app}};", f"REVOKE USAGE ON SEQUENCE {DRAWN} FROM {{app}};")]
