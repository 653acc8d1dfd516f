"""A lead moves in the mover's own name and within its compartments: the database asks."""

from typing import ClassVar

from django.db import migrations

from foundation.migration_operations import SQL
from leads.move_sql import MOVE_AS_ONESELF, MOVE_AS_ONESELF_BACK


class Migration(migrations.Migration):
    dependencies: ClassVar = [("access", "0014_in_whose_name"), ("leads", "0045_under_judgement")]
    operations: ClassVar = [SQL(MOVE_AS_ONESELF, MOVE_AS_ONESELF_BACK)]
