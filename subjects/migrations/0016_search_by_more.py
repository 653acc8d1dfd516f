"""People are also found by plate, number of an event, and address."""

from django.db import migrations, models

from foundation.migration_operations import SQL
from subjects.sql import LIVING, LIVING_BACK


class Migration(migrations.Migration):
    dependencies = [("subjects", "0015_search_finds_no_ghosts")]

    operations = [
        migrations.AddIndex("encounterfact", models.Index(fields=["event_number"], name="encounter_by_event")),
        migrations.AddIndex("vehiclefact", models.Index(fields=["plate"], name="vehicle_by_plate")),
        SQL(LIVING, LIVING_BACK),
    ]
