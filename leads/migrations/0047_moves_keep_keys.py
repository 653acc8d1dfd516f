"""Who moves a lead keeps nobody from naming it by a foreign key."""

from typing import ClassVar

from django.db import migrations

from foundation.migration_operations import SQL
from leads.move_sql import MOVE_AS_ONESELF, MOVE_KEEPING_KEYS


class Migration(migrations.Migration):
    dependencies: ClassVar = [("leads", "0046_moves_in_ones_own_name")]
    operations: ClassVar = [SQL(MOVE_KEEPING_KEYS, MOVE_AS_ONESELF)]
