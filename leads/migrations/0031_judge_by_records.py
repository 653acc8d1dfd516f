from django.db import migrations

from foundation.migration_operations import SQL

# Rules of the same version read more of a record than before (the visa that it names, a living SEVIS record, an earlier
# reinstatement, an extended stay), and there is one rule more: whoever was judged by the older text is judged again (docs/adr/0017).
AGAIN = "UPDATE subjects_subject SET evaluated_at = NULL WHERE evaluated_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("leads", "0030_line_of_transfers"), ("subjects", "0009_link_unreported_since")]

    operations = [SQL(AGAIN, AGAIN)]
