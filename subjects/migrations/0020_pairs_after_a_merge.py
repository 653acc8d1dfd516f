"""Pairs say as whom each of the two is shown since a merge: of a person merged away nothing is left to compare or to hang on."""

import django.db.models.deletion
from django.db import migrations, models

from foundation.migration_operations import SQL, Privileges

BEFORE = ["verdict", "reason", "judged_by_id", "judged_at", "undone_at", "class_id", "weight", "explanation"]
# merges go to the one who was here first, so the last of a chain has the lowest id; whose pairs have changed is judged again
KNOWN = """
WITH RECURSIVE onward (id, shown) AS (
    SELECT from_subject_id, to_subject_id FROM subjects_subjectredirect WHERE closed_at IS NULL
    UNION
    SELECT o.id, r.to_subject_id FROM onward o JOIN subjects_subjectredirect r ON r.from_subject_id = o.shown AND r.closed_at IS NULL
),
last (id, shown) AS (SELECT id, min(shown) FROM onward GROUP BY id),
found AS (
    SELECT j.id, l.shown AS left_shown, r.shown AS right_shown, j.left_id, j.right_id
    FROM subjects_judgement j LEFT JOIN last l ON l.id = j.left_id LEFT JOIN last r ON r.id = j.right_id
    WHERE l.id IS NOT NULL OR r.id IS NOT NULL
),
again AS (
    UPDATE subjects_subject SET evaluated_at = NULL
    WHERE id IN (SELECT unnest(ARRAY[left_id, right_id, left_shown, right_shown]) FROM found)
)
UPDATE subjects_judgement j SET left_now_id = f.left_shown, right_now_id = f.right_shown FROM found f WHERE f.id = j.id
"""


def _now() -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="subjects.subject"
    )


class Migration(migrations.Migration):
    dependencies = [("subjects", "0019_merged_go_along")]

    operations = [
        migrations.AddField("judgement", "left_now", _now()),
        migrations.AddField("judgement", "right_now", _now()),
        SQL(KNOWN, ""),
        migrations.AddIndex(
            "judgement", models.Index(condition=models.Q(left_now__isnull=False), fields=["left_now"], name="judgement_left_now")
        ),
        migrations.AddIndex(
            "judgement", models.Index(condition=models.Q(right_now__isnull=False), fields=["right_now"], name="judgement_right_now")
        ),
        Privileges("subjects_judgement", [*BEFORE, "left_now_id", "right_now_id"]),
    ]
