from django.db import migrations

from foundation.migration_operations import SQL
from leads.sql import GLASS, GLASS_BACK, glass_policy

OF_A_SUBJECT = (
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
    "subjects_associate",
    "subjects_identitylink",
)


class Migration(migrations.Migration):
    dependencies = [("leads", "0007_leads_follow_their_subject"), ("subjects", "0002_need_to_know")]

    operations = [
        SQL(GLASS, GLASS_BACK),
        SQL(*glass_policy("subjects_subject", "id")),
        *[SQL(*glass_policy(table, "subject_id")) for table in OF_A_SUBJECT],
    ]
