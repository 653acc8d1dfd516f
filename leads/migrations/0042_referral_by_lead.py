"""The audit log asks of each id whose lead a referral was: by index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0041_how_people_decided"),
    ]

    operations = [
        migrations.AlterField(
            model_name="referral",
            name="lead_uuid",
            field=models.UUIDField(db_index=True),
        ),
    ]
