from django.db import migrations

from foundation.migration_operations import SQL, ClassSecurity


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial"), ("access", "0002_need_to_know")]

    operations = [
        ClassSecurity("organizations_organization"),
        ClassSecurity("organizations_official"),
        SQL(
            "REVOKE DELETE, TRUNCATE ON organizations_organization, organizations_official FROM {app};",
            "GRANT DELETE ON organizations_organization, organizations_official TO {app};",
        ),
    ]
