"""Sight of a lead is given by a supervisor, or broken open on the privacy officers' list: in the database too."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from foundation.migration_operations import SQL
from oversight.sight_sql import GIVING_SIGHT, GIVING_SIGHT_BACK


class Migration(migrations.Migration):
    dependencies: ClassVar = [("leads", "0044_judge_by_what_is_alleged"), ("oversight", "0014_services_forget")]
    operations: ClassVar = [SQL(GIVING_SIGHT, GIVING_SIGHT_BACK)]
