"""What ends on its day is ended by a service, in the database too: no statement of somebody else's session removes words."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from foundation.migration_operations import SQL
from oversight.disclosure_sql import SERVICES_FORGET, SERVICES_FORGET_BACK


class Migration(migrations.Migration):
    dependencies: ClassVar = [("access", "0014_in_whose_name"), ("oversight", "0013_looks_for_a_time")]
    operations: ClassVar = [SQL(SERVICES_FORGET, SERVICES_FORGET_BACK)]
