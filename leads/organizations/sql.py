"""Counting what signals ask about, for all organizations at once. Only counts leave the database.

People in a compartment are not counted: a number that differs by one would give them away.
"""

from __future__ import annotations

from typing import Final

_STANDING = "superseded_at IS NULL AND retracted_at IS NULL"

SCHOOLS: Final = f"""
WITH record AS (
    SELECT s.organization_id, s.subject_id, s.status, s.class_of_admission, s.reason_code, s.issued_on, s.issued_hour
    FROM subjects_statusfact s JOIN access_accessclass c ON c.id = s.class_id AND c.compartments = '{{}}'
    WHERE s.superseded_at IS NULL AND s.retracted_at IS NULL AND s.organization_id IS NOT NULL
), counted AS (
    SELECT organization_id, count(*) AS records, count(DISTINCT subject_id) AS students,
        count(*) FILTER (WHERE status = 'terminated' AND class_of_admission IN ('F1', 'M1') AND reason_code = ANY (%(drops)s)) AS dropped,
        count(*) FILTER (WHERE status = 'terminated' AND class_of_admission IN ('F1', 'M1') AND reason_code = '25') AS withdrawn,
        count(issued_on) AS issued,
        count(*) FILTER (WHERE extract(isodow FROM issued_on) >= 6 OR issued_hour < %(opens)s OR issued_hour >= %(closes)s) AS odd
    FROM record GROUP BY organization_id
), training AS (
    SELECT r.organization_id, count(DISTINCT r.subject_id) AS students FROM record r
    WHERE EXISTS (
        SELECT 1 FROM subjects_employmentfact e
        WHERE e.subject_id = r.subject_id AND e.kind = 'cpt_full' AND e.{_STANDING.replace(" AND ", " AND e.")})
    GROUP BY r.organization_id
), home AS (
    SELECT r.organization_id, lower(a.line) AS line, lower(a.city) AS city, a.state, count(DISTINCT r.subject_id) AS students
    FROM record r JOIN subjects_addressfact a ON a.subject_id = r.subject_id AND a.{_STANDING.replace(" AND ", " AND a.")}
    JOIN organizations_organization o ON o.id = r.organization_id
    WHERE a.kind = 'residence' AND a.line <> '' AND lower(a.line) <> lower(o.address)
    GROUP BY 1, 2, 3, 4
), housed AS (
    SELECT r.organization_id, count(DISTINCT r.subject_id) AS students
    FROM record r JOIN subjects_addressfact a ON a.subject_id = r.subject_id AND a.{_STANDING.replace(" AND ", " AND a.")}
    WHERE a.kind = 'residence' AND a.line <> '' GROUP BY 1
), crowded AS (
    SELECT organization_id, max(students) AS students FROM home GROUP BY organization_id
)
SELECT o.id, o.kind, o.withdrawn_on, coalesce(counted.withdrawn, 0), counted.records, counted.students, counted.dropped,
    training.students, crowded.students, housed.students, counted.odd, counted.issued, o.students_enrolled, o.student_capacity
FROM organizations_organization o
LEFT JOIN counted ON counted.organization_id = o.id LEFT JOIN training ON training.organization_id = o.id
LEFT JOIN crowded ON crowded.organization_id = o.id LEFT JOIN housed ON housed.organization_id = o.id
WHERE o.kind IN ('school', 'program') AND (counted.organization_id IS NOT NULL OR o.withdrawn_on IS NOT NULL OR o.student_capacity IS NOT NULL)
ORDER BY o.id
"""  # noqa: S608  # constants of this file

EMPLOYERS: Final = """
SELECT e.organization_id, count(DISTINCT e.subject_id)
FROM subjects_employmentfact e JOIN access_accessclass c ON c.id = e.class_id AND c.compartments = '{}'
JOIN organizations_organization o ON o.id = e.organization_id AND o.kind = 'employer'
WHERE e.superseded_at IS NULL AND e.retracted_at IS NULL AND e.kind IN ('opt', 'stem_opt', 'cpt', 'cpt_full')
GROUP BY e.organization_id ORDER BY e.organization_id
"""
