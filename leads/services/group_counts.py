"""Counting people and leads by group, every night, for the report that asks whether the rules fall harder on one than on another."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from leads.models import GroupCount
from leads.rules.signs_of_life import LIVED_IN
from leads.states import CLEARED_REASONS, CLOSED_STATES

# a person is counted in their own class, each lead in its own: what lies in a compartment is added up by nobody else
_COUNT = """
INSERT INTO leads_groupcount (class_id, kind, value, people, open, decided, cleared, counted_at)
WITH person AS MATERIALIZED (
    SELECT subject.id, subject.class_id, subject.sex, subject.citizenship,
        stay.class_of_admission, stay.port, stay.carrier, home.state, studies.name AS school
    FROM subjects_subject subject
    LEFT JOIN LATERAL (
        SELECT class_of_admission, port, carrier FROM subjects_admissionfact
        WHERE subject_id = subject.id AND retracted_at IS NULL AND superseded_at IS NULL ORDER BY arrived_on DESC, id DESC LIMIT 1
    ) stay ON true
    LEFT JOIN LATERAL (
        SELECT state FROM subjects_addressfact
        WHERE subject_id = subject.id AND retracted_at IS NULL AND superseded_at IS NULL AND kind = ANY (%(lived_in)s)
        ORDER BY last_seen DESC NULLS LAST, id DESC LIMIT 1
    ) home ON true
    LEFT JOIN LATERAL (
        SELECT coalesce(school.name, status.school_code) AS name
        FROM subjects_statusfact status LEFT JOIN organizations_organization school ON school.id = status.organization_id
        WHERE status.subject_id = subject.id AND status.retracted_at IS NULL AND status.superseded_at IS NULL
        ORDER BY status.as_of DESC, status.id DESC LIMIT 1
    ) studies ON true
), counted AS (
    SELECT class_id, id, 1 AS people, 0 AS open, 0 AS decided, 0 AS cleared FROM person
    UNION ALL
    SELECT class_id, subject_id, 0, (state <> ALL (%(closed)s))::int, (state = 'closed')::int,
        (state = 'closed' AND close_reason = ANY (%(cleared)s))::int
    FROM leads_lead WHERE subject_id IS NOT NULL
)
SELECT counted.class_id, kind, coalesce(nullif(value, ''), 'not stated'), sum(people), sum(open), sum(decided), sum(cleared), %(now)s
FROM counted JOIN person ON person.id = counted.id
CROSS JOIN LATERAL (
    VALUES ('sex', sex), ('citizenship', citizenship), ('class', class_of_admission), ('port', port), ('carrier', carrier),
        ('state', person.state), ('school', left(school, 200))
) AS grouped (kind, value)
GROUP BY 1, 2, 3
"""


@transaction.atomic
def count_groups(*, actor: User, now: datetime) -> int:
    """Count anew and put the figures in the place of the earlier ones; returns how many rows there are. Raises `Forbidden`."""
    require(actor, Permission.SERVICE)
    GroupCount.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "closed": list(CLOSED_STATES),
                "cleared": [reason.value for reason in CLEARED_REASONS],
                "lived_in": [kind.value for kind in LIVED_IN],
                "now": now,
            },
        )
        return int(cursor.rowcount)
