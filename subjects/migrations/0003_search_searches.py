import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from foundation.migration_operations import SQL, Privileges, RowSecurity
from subjects.sql import FIND, FIND_BACK, SEARCHES, SEARCHES_BACK, VOCABULARY, VOCABULARY_BACK


class Migration(migrations.Migration):
    dependencies = [
        ("subjects", "0002_need_to_know"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("sealed", models.BinaryField()),
                ("scope", models.UUIDField()),
                ("purpose_kind", models.CharField(max_length=40)),
                ("purpose_uuid", models.UUIDField(null=True)),
                ("searched_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "owner",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("expires_at__gt", models.F("searched_at"))), name="search_expires_later")
                ],
            },
        ),
        # a search belongs to whoever made it, and to nobody else, whatever their role
        RowSecurity("subjects_personsearch", "owner_id = (SELECT access_current_user())"),
        Privileges("subjects_personsearch", []),
        SQL(VOCABULARY, VOCABULARY_BACK),
        SQL(FIND, FIND_BACK),
        SQL(SEARCHES, SEARCHES_BACK),
    ]
