from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("retention", "0021_files_of_destroyed_keys")]

    operations = [migrations.AddField(model_name="disposition", name="left_out", field=models.IntegerField(default=0))]
