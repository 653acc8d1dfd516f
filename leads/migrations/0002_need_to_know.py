from django.db import migrations

from foundation.migration_operations import SQL, ClassSecurity, Privileges, RowSecurity
from leads.sql import CHILD_POLICY, GRANTED, GRANTED_BACK, LEAD_POLICY, MOVE, MOVE_BACK

CHILDREN = ("finding", "claim", "note", "decision", "transition", "stopsignoverride")


class Migration(migrations.Migration):
    dependencies = [("leads", "0001_initial"), ("access", "0002_need_to_know")]

    operations = [
        SQL(GRANTED, GRANTED_BACK),
        RowSecurity("leads_lead", LEAD_POLICY),
        *[RowSecurity(f"leads_{child}", CHILD_POLICY) for child in CHILDREN],
        ClassSecurity("leads_referral"),
        ClassSecurity("leads_packet"),
        ClassSecurity("leads_outcome"),
        SQL(MOVE, MOVE_BACK),
        # state, office, class and creation date are not the application's to update
        Privileges(
            "leads_lead",
            [
                "why",
                "rule_id",
                "over_since",
                "presence",
                "risk",
                "risk_points",
                "blocking_signs",
                "as_of",
                "evaluation_digest",
                "clock_due_on",
                "version",
                "subject_id",
            ],
        ),
        Privileges("leads_finding", ["lead_id", "class_id", "subject_id"]),
        Privileges("leads_claim", ["released_at", "until"]),
        Privileges("leads_note", []),
        Privileges("leads_decision", []),
        Privileges("leads_transition", []),
        Privileges("leads_stopsignoverride", []),
        Privileges("leads_packet", []),
        Privileges("leads_outcome", []),
        SQL("REVOKE DELETE, TRUNCATE ON leads_referral FROM {app};", "GRANT DELETE ON leads_referral TO {app};"),
    ]
