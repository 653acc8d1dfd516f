from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ingest", "0007_set_wise_references")]

    operations = [
        migrations.AddField("quarantinedrow", "record_key", models.BigIntegerField(null=True)),
    ]
