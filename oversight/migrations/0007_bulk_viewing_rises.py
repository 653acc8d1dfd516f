from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("oversight", "0006_disclosures"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField(model_name="unusualreading", name="rise", field=models.PositiveSmallIntegerField(default=0)),
        migrations.RemoveConstraint(model_name="unusualreading", name="reading_found_once"),
        migrations.AddConstraint(
            model_name="unusualreading",
            constraint=models.UniqueConstraint(
                fields=("reader", "kind", "day", "record_uuid", "rise"), name="reading_found_once", nulls_distinct=False
            ),
        ),
    ]
