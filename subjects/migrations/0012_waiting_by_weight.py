"""The index of the waiting records in the order in which they are judged where nothing hangs on them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subjects", "0011_what_a_verdict_brought")]

    operations = [
        migrations.RemoveIndex("possiblerecord", "possible_waiting"),
        migrations.AddIndex(
            "possiblerecord",
            models.Index(models.F("weight").desc(nulls_last=True), "id", condition=models.Q(("verdict", "")), name="possible_waiting"),
        ),
    ]
