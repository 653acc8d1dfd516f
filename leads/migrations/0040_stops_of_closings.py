"""A stop may keep a rule's leads from closing by themselves; a drawn referral whose lead closes first is settled as moot."""

from django.db import migrations, models

from foundation.migration_operations import SQL


class Migration(migrations.Migration):
    dependencies = [("leads", "0039_one_override_one_sign")]

    operations = [
        migrations.AddField("rulestop", "closings", models.BooleanField(default=False, db_default=False)),
        SQL("GRANT UPDATE (closings) ON leads_rulestop TO {app};", "REVOKE UPDATE (closings) ON leads_rulestop FROM {app};"),
        migrations.AlterField(
            "qualitysample",
            "verdict",
            models.CharField(
                blank=True,
                choices=[("agree", "Agree"), ("disagree", "Disagree: reopen the lead"), ("moot", "Closed before anybody looked")],
                max_length=8,
            ),
        ),
        migrations.RemoveConstraint("qualitysample", "sample_is_open_or_reviewed"),
        migrations.AddConstraint(
            "qualitysample",
            models.CheckConstraint(
                condition=models.Q(("reviewed_at", None), ("reviewed_by", None), ("verdict", ""))
                | models.Q(("reviewed_at__isnull", False), ("reviewed_by__isnull", False), ("verdict__in", ["agree", "disagree", "moot"])),
                name="sample_is_open_or_reviewed",
            ),
        ),
    ]
