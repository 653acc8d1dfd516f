"""Roles, offices and clearances are given as an administrator, in the database too."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from access.giving_sql import GIVING, GIVING_BACK
from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("access", "0012_temporary_things_come_last")]
    operations: ClassVar = [SQL(GIVING, GIVING_BACK)]
