"""Each sealed record has its person's facts; the person's keys go with the last record about the person."""

from django.db import migrations

from foundation.migration_operations import SQL
from retention.removal.sql import DESTROY, DESTROY_EVERY_SCOPE, SCOPES, SCOPES_BACK


class Migration(migrations.Migration):
    dependencies = [("retention", "0028_forgotten_people_in_files")]

    operations = [
        SQL(SCOPES, SCOPES_BACK),
        SQL(DESTROY, DESTROY_EVERY_SCOPE),
    ]
