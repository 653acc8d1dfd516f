"""The schedules that ship: 75 years, approved; 25 years (20 active + 5 archived), proposed.

Source: DHS/ICE-015, retention and disposal: under the NARA-approved schedule "records must be retained for 75 years"; ICE
"intends to request NARA approval to retain LeadTrac records for 25 years". The approved schedule's DAA number was not
found (authorities.md, key RET): the authority names the notice.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.db import connection

from retention.models import Schedule

FIRST_MARK = "INSERT INTO retention_databasemark (id, database) VALUES (1, retention_this_database()) ON CONFLICT DO NOTHING"
NOTICE = "NARA-approved schedule for LeadTrac, as stated in DHS/ICE-015, 81 FR 52700 (9 Aug 2016); schedule number not entered"


def prepare_retention() -> None:
    """Write the shipped versions once; later versions are people's work and are left alone."""
    Schedule.objects.get_or_create(
        series="leads",
        version=1,
        defaults={
            "title": "75 years from creation",
            "authority": NOTICE,
            "status": Schedule.Status.APPROVED,
            "active_years": 75,
            "archived_years": 0,
            "approved_at": datetime(2016, 8, 9, tzinfo=UTC),
            "effective_from": date(2016, 8, 9),
        },
    )
    Schedule.objects.get_or_create(
        series="leads",
        version=2,
        defaults={
            "title": "25 years from creation: 20 active, 5 archived",
            "status": Schedule.Status.PROPOSED,
            "active_years": 20,
            "archived_years": 5,
        },
    )
    with connection.cursor() as cursor:  # once, when the database is new: a restored one carries the mark of another
        cursor.execute(FIRST_MARK)
