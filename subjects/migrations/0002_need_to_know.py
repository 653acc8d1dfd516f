from django.db import migrations

from foundation.migration_operations import ClassSecurity, Privileges

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


class Migration(migrations.Migration):
    dependencies = [("subjects", "0001_initial"), ("access", "0002_need_to_know")]

    operations = [
        *[ClassSecurity(table) for table in FACTS],
        # a fact is never overwritten: only whose it is and whether it still stands may change
        *[Privileges(table, ["subject_id", "class_id", "superseded_at", "retracted_at"]) for table in FACTS],
        ClassSecurity("subjects_subject"),
        ClassSecurity("subjects_associate"),
        ClassSecurity("subjects_identitylink"),
        Privileges("subjects_identitylink", ["subject_id", "class_id", "closed_at"]),
        ClassSecurity("subjects_judgement"),
        Privileges("subjects_judgement", ["verdict", "reason", "judged_by_id", "judged_at", "undone_at", "class_id"]),
        ClassSecurity("subjects_subjectredirect"),
        Privileges("subjects_subjectredirect", ["closed_at", "class_id"]),
    ]
