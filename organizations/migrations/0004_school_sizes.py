"""How many students a school stated for its certification, and how many are enrolled."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0011_temporary_accounts"),
        ("ingest", "0013_every_statement"),
        ("organizations", "0003_officials_end"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="student_capacity",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="organization",
            name="students_enrolled",
            field=models.IntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(("student_capacity", None), ("student_capacity__gte", 0), _connector="OR"),
                name="organization_capacity_is_a_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(("students_enrolled", None), ("students_enrolled__gte", 0), _connector="OR"),
                name="organization_enrolled_is_a_number",
            ),
        ),
    ]
