import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("retention", "0012_compartments_at_the_records_desk")]

    operations = [
        migrations.AlterField(
            model_name="disposition",
            name="access_class",
            field=models.ForeignKey(
                db_column="class_id", on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.accessclass"
            ),
        ),
    ]
