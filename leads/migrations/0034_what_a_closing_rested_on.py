"""What a closing rested on stands with it, so that the lead opens again when that is over."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0033_judge_by_doubts")]

    operations = [
        migrations.AddField(
            "correction",
            "relied",
            django.contrib.postgres.fields.ArrayField(models.CharField(max_length=48), db_default=[], default=list, size=None),
        ),
    ]
