"""A destruction says in which files the rows of its keys and packages lay, as an archiving says it of the live tables."""

from django.db import migrations

from foundation.migration_operations import SQL
from retention.removal.sql import DESTROY, DESTROY_BEFORE


class Migration(migrations.Migration):
    dependencies = [("retention", "0020_what_was_settled_stays")]

    operations = [SQL(DESTROY, DESTROY_BEFORE)]
