"""A replay says also of leads that nobody left closed how people had decided them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0040_stops_of_closings")]

    operations = [migrations.AlterField("replayeffect", "decided", models.CharField(blank=True, max_length=24))]
