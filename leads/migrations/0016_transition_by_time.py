from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_account_opened_at"),
        ("leads", "0015_visits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="transition",
            index=models.Index(fields=["occurred_at"], name="transition_by_time"),
        ),
    ]
