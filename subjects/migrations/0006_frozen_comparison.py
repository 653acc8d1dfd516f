"""A verdict freezes the comparison as the judge saw it, which may be newer than the one that asked."""

from django.db import migrations

from foundation.migration_operations import Privileges

BEFORE = ["verdict", "reason", "judged_by_id", "judged_at", "undone_at", "class_id"]


class Migration(migrations.Migration):
    dependencies = [("subjects", "0005_search_by_initials")]

    operations = [Privileges("subjects_judgement", [*BEFORE, "weight", "explanation"])]
