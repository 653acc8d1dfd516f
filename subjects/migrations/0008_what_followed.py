"""A merge remembers what later stages did in it, so that a split can undo it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subjects", "0007_ids_drawn_ahead")]

    operations = [migrations.AddField("subjectredirect", "followed", models.JSONField(default=dict))]
