"""What a packet says of place, names and numbers is compared with what is known, beside the verdict."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0031_judge_by_records")]

    operations = [migrations.AddField("referral", "reliance_digest", models.CharField(blank=True, db_default="", max_length=64))]
