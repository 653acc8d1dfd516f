from django.db import migrations, models
from django.db.models.functions import Least


class Migration(migrations.Migration):
    dependencies = [("retention", "0017_live_holds_find_their_records")]

    operations = [
        migrations.RemoveIndex(model_name="retentionclock", name="clock_by_archive"),
        migrations.RemoveIndex(model_name="retentionclock", name="clock_by_destroy"),
        migrations.AddIndex(
            model_name="retentionclock",
            index=models.Index(Least("archive_on", "destroy_on"), "lead_number", name="clock_by_leaving"),
        ),
        migrations.AddIndex(model_name="retentionclock", index=models.Index(fields=["destroy_on", "lead_number"], name="clock_by_destroy")),
        migrations.AddIndex(
            model_name="retentionclock",
            index=models.Index(
                fields=["conditions", "record_created_on", "lead_number"], include=("access_class",), name="clock_by_creation"
            ),
        ),
    ]
