"""An override names the one sign that was looked at: code, source, and a hash of what it says."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0038_judge_by_meetings")]

    operations = [migrations.AlterField("stopsignoverride", "code", models.CharField(max_length=120))]
