"""A revocation that commits while another transaction resolves the same person is not overwritten."""

from django.db import migrations

from access.sql import SIGHT_ONE_BY_ONE, SIGHT_ONE_BY_ONE_BACK
from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies = [("access", "0008_leavers")]

    operations = [SQL(SIGHT_ONE_BY_ONE, SIGHT_ONE_BY_ONE_BACK)]
