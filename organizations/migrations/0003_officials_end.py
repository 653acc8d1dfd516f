from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organizations", "0002_need_to_know")]

    operations = [
        migrations.AddField("official", "superseded_at", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("official", "official_once"),
        migrations.AddConstraint(
            "official",
            models.UniqueConstraint(
                fields=["organization", "role", "family_name", "given_name", "sevis_official_id"],
                condition=models.Q(("superseded_at", None)),
                name="official_once",
            ),
        ),
    ]
