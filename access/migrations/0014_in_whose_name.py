"""Nobody writes an event in somebody else's name."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from access.recording_sql import RECORDING, RECORDING_BACK
from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("access", "0013_who_may_give")]
    operations: ClassVar = [SQL(RECORDING, RECORDING_BACK)]
