"""Dependents are found by the record of their principal: a new row of it has them judged again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subjects", "0016_search_by_more")]

    operations = [
        migrations.AddIndex(
            "statusfact",
            models.Index(condition=models.Q(principal_key__isnull=False), fields=["principal_key"], name="status_by_principal"),
        ),
    ]
