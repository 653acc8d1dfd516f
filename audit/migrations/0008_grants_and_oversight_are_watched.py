"""The tripwire watches roles, offices, clearances and what oversight keeps; `prepare` puts its triggers on."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from audit.tripwire_sql import WATCH_BEFORE, WATCH_MORE
from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0007_words_of_a_day")]
    operations: ClassVar = [SQL(WATCH_MORE, WATCH_BEFORE)]
