"""Keys of days are told from keys of records, so that they can end by themselves."""

from datetime import UTC, timedelta

from django.db import migrations
from django.db.models import Max, Min

from audit.keys import WORDS_OF_A_DAY, named_scope


def tell_apart(apps, schema_editor):
    events = apps.get_model("audit", "Event").objects.aggregate(first=Min("occurred_at"), last=Max("occurred_at"))
    if events["first"] is None:
        return
    first, last = (events[name].astimezone(UTC).date() for name in ("first", "last"))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    scopes = [named_scope(f"events {day:%Y-%m-%d}") for day in days]
    apps.get_model("audit", "DataKey").objects.filter(scope__in=scopes).update(purpose=WORDS_OF_A_DAY)


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_acts")]

    operations = [migrations.RunPython(tell_apart, migrations.RunPython.noop)]
