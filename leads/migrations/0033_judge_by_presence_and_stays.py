from django.db import migrations

from foundation.migration_operations import SQL

# Rules of the same version read more than before: what shows somebody in the country, and stays of students, exchange visitors,
# dependents and workers that were lawful and ended later. Whoever was judged by the older text is judged again (docs/adr/0017).
AGAIN = "UPDATE subjects_subject SET evaluated_at = NULL WHERE evaluated_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("leads", "0032_what_a_packet_relies_on"), ("subjects", "0009_link_unreported_since")]

    operations = [SQL(AGAIN, AGAIN)]
