from django.db import migrations, models

KINDS = [
    ("assigned", "Assigned to you"),
    ("returned", "Returned by the office"),
    ("reopened", "Open again after you closed it"),
    ("closed", "Closed while you were away"),
    ("out_of_date", "The packet is out of date"),
    ("apart", "Its own lead again"),
    ("woken", "Off hold"),
    ("released", "Back in the queue"),
    ("bulk", "An act on many leads has ended"),
    ("standing", "New leads in a view"),
]


class Migration(migrations.Migration):
    dependencies = [("leads", "0020_attachments")]

    operations = [migrations.AlterField("notice", "kind", models.CharField(choices=KINDS, max_length=12))]
