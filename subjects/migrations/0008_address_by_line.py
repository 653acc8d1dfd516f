from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_account_opened_at"),
        ("ingest", "0007_set_wise_references"),
        ("subjects", "0007_set_wise_references"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="addressfact",
            index=models.Index(
                condition=models.Q(("retracted_at", None), ("superseded_at", None)),
                fields=["line"],
                name="address_by_line",
            ),
        ),
    ]
