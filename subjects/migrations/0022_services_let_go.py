"""What stands no more is cut off its source row by a service alone."""

from typing import ClassVar

from django.db import migrations

from foundation.migration_operations import SQL
from subjects.let_go_sql import LET_GO, LET_GO_BACK


class Migration(migrations.Migration):
    dependencies: ClassVar = [("access", "0014_in_whose_name"), ("subjects", "0021_when_forms_were_issued")]
    operations: ClassVar = [SQL(LET_GO, LET_GO_BACK)]
