from django.db import migrations

from foundation.migration_operations import SQL, ClassSecurity, Privileges, RowSecurity
from retention.migration_operations import Maintainable
from retention.removal.sql import ARCHIVE, ARCHIVE_BACK, DESTROY, DESTROY_BACK, ERASE, ERASE_BACK, ERASE_LEADS, ERASE_LEADS_BACK
from retention.sql import (
    ARCHIVE_FILES,
    ARCHIVE_FILES_BACK,
    HOLDS,
    HOLDS_BACK,
    KEEPERS,
    KEEPERS_BACK,
    REFUSE_HELD,
    REFUSE_HELD_BACK,
    RUNS,
    RUNS_BACK,
)

KEPT = (
    "disposition",
    "dispositionitem",
    "archivepackage",
    "archiveidentifier",
    "archiveopening",
    "extension",
    "suppression",
    "certificate",
    "tablerewrite",
    "registerentry",
    "schedulereview",
    "unauthorizeddestruction",
)
RUN_COLUMNS = [
    "state",
    "reviewed_by_id",
    "reviewed_at",
    "list_sha256",
    "first_approver_id",
    "first_approved_at",
    "second_approver_id",
    "second_approved_at",
    "started_by_id",
    "started_at",
    "finished_at",
    "cancelled_because",
    "log_size_before",
    "log_size_after",
]


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0003_archive_holds_runs"),
        ("subjects", "0004_match_keys"),
        ("leads", "0004_need_to_know_of_corrections"),
    ]

    operations = [
        SQL(KEEPERS, KEEPERS_BACK),
        *[RowSecurity(f"retention_{table}", "(SELECT retention_keeps())") for table in KEPT],
        ClassSecurity("retention_hold"),
        ClassSecurity("retention_holdlead"),
        ClassSecurity("retention_tombstone"),  # the class of the lead: seen by those who saw it
        SQL(ARCHIVE_FILES, ARCHIVE_FILES_BACK),
        Privileges("retention_hold", ["count_at_issue", "released_at", "released_by_id", "release_authority"]),
        Privileges("retention_holdlead", []),
        Privileges("retention_disposition", RUN_COLUMNS),
        Privileges("retention_dispositionitem", ["outcome", "detail", "decided_at", "file_name", "file_deleted_at"]),
        Privileges("retention_archivepackage", ["schedule_id", "destroy_on", "fixity_checked_at"]),
        Privileges("retention_archiveidentifier", []),
        Privileges("retention_extension", []),
        Privileges("retention_suppression", ["expires_on"], delete=True),
        Privileges("retention_certificate", []),
        Privileges("retention_tablerewrite", []),
        Privileges("retention_registerentry", []),
        Privileges("retention_schedulereview", ["schedule_id", "finding", "done_by_id", "done_at"]),
        Privileges("retention_unauthorizeddestruction", ["reported_on", "reported_reference", "safeguards"]),
        # only the database's own functions write these
        SQL(
            "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON retention_archiveopening, retention_tombstone FROM {app};",
            "GRANT INSERT, UPDATE, DELETE ON retention_archiveopening, retention_tombstone TO {app};",
        ),
        SQL(REFUSE_HELD, REFUSE_HELD_BACK),
        SQL(HOLDS, HOLDS_BACK),
        SQL(RUNS, RUNS_BACK),
        SQL(ERASE, ERASE_BACK),
        SQL(ERASE_LEADS, ERASE_LEADS_BACK),
        SQL(ARCHIVE, ARCHIVE_BACK),
        SQL(DESTROY, DESTROY_BACK),
        Maintainable(),
    ]
