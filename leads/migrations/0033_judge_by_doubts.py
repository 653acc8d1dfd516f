from django.db import migrations

from foundation.migration_operations import SQL

# A pair that waits for a person raises its stop sign whatever was said of another pair, and one fingerprint number with
# several names counts; what shows somebody in the country, stays that were lawful and ended later, and other rules of that day
# are read anew: whoever was judged by the older text is judged again (docs/adr/0017).
AGAIN = "UPDATE subjects_subject SET evaluated_at = NULL WHERE evaluated_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("leads", "0032_what_a_packet_relies_on"), ("subjects", "0013_search_words_as_written")]

    operations = [SQL(AGAIN, AGAIN)]
