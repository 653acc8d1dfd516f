"""Sealed records about a person who is protected later are found and opened by those alone who are cleared."""

from django.db import migrations

from foundation.migration_operations import SQL
from retention.compartments_sql import FOLLOW_PERSON, FOLLOW_PERSON_BACK, PACKAGES_BY_LEAD, PACKAGES_BY_RUN


class Migration(migrations.Migration):
    dependencies = [("retention", "0029_a_copy_in_every_package")]

    operations = [
        SQL(FOLLOW_PERSON, FOLLOW_PERSON_BACK),
        SQL(PACKAGES_BY_LEAD, PACKAGES_BY_RUN),
    ]
