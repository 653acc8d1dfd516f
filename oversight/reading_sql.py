"""What makes reading unusual, as set-based questions to one day of events. Each answers with reader, record, number of looks, events.

`%(since)s` to `%(until)s` is the day at the desk; services and what was refused do not count. The thresholds are our own
[Unverified]: no source gives numbers; they are meant to bring a handful of days to a reviewer, not to prove anything.
"""

from __future__ import annotations

LOOK_ACTS = ("view", "search", "reveal", "export", "print", "download", "api_read", "archive_opened")
WORK_ACTS = (
    "lead_claimed", "lead_moved", "note_added", "attachment_added", "lead_assigned", "lead_referred", "stop_sign_overridden",
    "check_entered", "referral_recalled", "sample_reviewed", "subject_judged", "associate_added", "lead_released", "request_moved",
    "hold_placed", "referral_answered", "outcome_reported",
)  # fmt: skip

MANY_OUTSIDE = 12  # people whose page or lead was opened in a day without a claim or an act
MANY_OF_SUPERVISOR = 60  # the same of a supervisor, who looks into colleagues' leads by duty: five times as many
REPEATED, ON_DAYS, WITHIN_DAYS = 6, 3, 14  # looks at one record without an act
AT_NIGHT = 5  # looks between 22:00 and 05:00, or on a day off
IN_AN_HOUR = 120  # different records opened within an hour: twice as fast as a lead a minute, which is the desk's own pace
TAKEN_OUT = 10_000  # rows in files and answers of the API in a day: two exports of the most that one may hold

_LOOKS = """
WITH looks AS MATERIALIZED (
    SELECT e.uuid, e.actor_id AS reader_id, e.object_kind AS record_kind, e.object_uuid AS record_uuid, e.occurred_at, e.act,
        e.result_uuids
    FROM audit_event e JOIN access_user u ON u.id = e.actor_id AND u.kind = 'person'
    WHERE e.occurred_at >= %(since)s AND e.occurred_at < %(until)s AND e.allowed AND e.via_id IS NULL AND e.act = ANY (%(looking)s)
      AND e.object_kind IN ('lead', 'subject', 'search', 'referral', 'packet', 'export', 'identifier', 'fact', 'decision',
                            'attachment', 'archive package', 'organization', 'judgement', 'possible_record')
)
"""

# whom each look was at: the person, the person of a lead or of what hangs on one, or whoever stood in the results of a search or
# on the page of a pair: a list of names is read, whether or not one of them is opened. An officer in the field sees no lead itself.
_PEOPLE = (
    _LOOKS  # noqa: S608  # our own constants
    + """
, of_leads AS (
    SELECT l.uuid, l.reader_id, l.occurred_at, lead.id AS lead_id FROM looks l JOIN leads_lead lead ON lead.uuid = l.record_uuid
    WHERE l.record_kind = 'lead'
    UNION ALL
    SELECT l.uuid, l.reader_id, l.occurred_at, r.lead_id FROM looks l JOIN leads_referral r ON r.uuid = l.record_uuid
    WHERE l.record_kind = 'referral'
    UNION ALL
    SELECT l.uuid, l.reader_id, l.occurred_at, r.lead_id
    FROM looks l JOIN leads_packet p ON p.uuid = l.record_uuid JOIN leads_referral r ON r.id = p.referral_id
    WHERE l.record_kind = 'packet'
    UNION ALL
    SELECT l.uuid, l.reader_id, l.occurred_at, a.lead_id FROM looks l JOIN leads_attachment a ON a.uuid = l.record_uuid
    WHERE l.record_kind = 'attachment'
    UNION ALL
    SELECT l.uuid, l.reader_id, l.occurred_at, d.lead_id FROM looks l JOIN leads_decision d ON d.uuid = l.record_uuid
    WHERE l.record_kind = 'decision'
), people AS (
    SELECT o.uuid, o.reader_id, o.occurred_at, s.id AS subject_id, s.family_name
    FROM of_leads o JOIN leads_lead lead ON lead.id = o.lead_id JOIN subjects_subject s ON s.id = lead.subject_id
    UNION ALL
    SELECT l.uuid, l.reader_id, l.occurred_at, s.id, s.family_name FROM looks l JOIN subjects_subject s ON s.uuid = l.record_uuid
    WHERE l.record_kind = 'subject'
    UNION ALL
    SELECT l.uuid, l.reader_id, l.occurred_at, s.id, s.family_name
    FROM looks l CROSS JOIN unnest(l.result_uuids) AS hit (uuid) JOIN subjects_subject s ON s.uuid = hit.uuid
    WHERE l.record_kind IN ('search', 'judgement', 'possible_record')
)
"""
)

# who looked at whom of the day, with every family name known of these people, former ones and aliases too: what a name comes to
# in plain letters is known outside the database
FAMILIES_LOOKED_AT = (
    _PEOPLE
    + """
SELECT l.reader_id, l.subject_id, l.family_name FROM people l WHERE l.reader_id = ANY (%(readers)s)
UNION
SELECT l.reader_id, l.subject_id, n.family_name
FROM people l JOIN subjects_namefact n ON n.subject_id = l.subject_id AND n.retracted_at IS NULL
WHERE l.reader_id = ANY (%(readers)s)
"""
)

# who looked at whom of the day, with the addresses known of these people: compared under the key, outside the database
ADDRESSES_LOOKED_AT = (
    _PEOPLE
    + """
SELECT DISTINCT l.reader_id, l.subject_id, a.line, a.postal_code
FROM people l JOIN access_user u ON u.id = l.reader_id AND u.home_index IS NOT NULL
JOIN subjects_addressfact a ON a.subject_id = l.subject_id AND a.retracted_at IS NULL
"""
)

_NEAR = (
    _PEOPLE
    + """
SELECT l.reader_id, '', NULL::uuid, count(DISTINCT l.uuid), array_agg(DISTINCT l.uuid)
FROM people l
JOIN unnest(%(NEAR_readers)s::bigint[], %(NEAR_subjects)s::bigint[]) AS near (reader_id, subject_id)
  ON near.reader_id = l.reader_id AND near.subject_id = l.subject_id
GROUP BY 1
"""
)
NAMESAKE, SAME_ADDRESS = _NEAR.replace("NEAR_", "namesake_"), _NEAR.replace("NEAR_", "neighbor_")

# people (and organizations with a lead) whose lead or own page an analyst or a supervisor opened who never held a lead of theirs
# nor did anything
OUTSIDE_CLAIMS = (
    _LOOKS  # noqa: S608  # our own constants
    + """
, opened AS (
    SELECT l.uuid, l.reader_id, l.occurred_at, lead.subject_id, CASE WHEN lead.subject_id IS NULL THEN lead.id END AS lead_id
    FROM looks l JOIN leads_lead lead ON lead.uuid = l.record_uuid WHERE l.record_kind = 'lead' AND l.act IN ('view', 'api_read')
    UNION ALL
    SELECT l.uuid, l.reader_id, l.occurred_at, s.id, NULL
    FROM looks l JOIN subjects_subject s ON s.uuid = l.record_uuid WHERE l.record_kind = 'subject' AND l.act IN ('view', 'api_read')
), matters AS (
    SELECT o.reader_id, o.subject_id, o.lead_id, array_agg(DISTINCT lead.id) AS leads,
        array_remove(array_agg(DISTINCT lead.uuid) || array_agg(DISTINCT s.uuid), NULL) AS ids
    FROM (SELECT DISTINCT reader_id, subject_id, lead_id FROM opened) o
    LEFT JOIN subjects_subject s ON s.id = o.subject_id
    LEFT JOIN leads_lead lead ON lead.id = o.lead_id OR lead.subject_id = o.subject_id
    GROUP BY 1, 2, 3
), bounds AS (
    SELECT r.user_id AS reader_id, CASE WHEN bool_or(r.role_id = 'supervisor') THEN %(many_of_supervisor)s ELSE %(many)s END AS many
    FROM access_rolegrant r WHERE r.role_id IN ('analyst', 'supervisor') AND r.revoked_at IS NULL GROUP BY 1
), outside AS (
    SELECT m.reader_id, m.subject_id, m.lead_id, b.many FROM matters m JOIN bounds b ON b.reader_id = m.reader_id
    WHERE NOT EXISTS (SELECT 1 FROM leads_claim c WHERE c.lead_id = ANY (m.leads) AND c.user_id = m.reader_id)
      AND NOT EXISTS (SELECT 1 FROM audit_event a
          WHERE a.actor_id = m.reader_id AND (a.object_uuid = ANY (m.ids) OR a.result_uuids && m.ids) AND a.act = ANY (%(working)s))
)
SELECT o.reader_id, '', NULL::uuid, count(DISTINCT (o.subject_id, o.lead_id)), array_agg(o.uuid ORDER BY o.occurred_at, o.uuid)
FROM opened o JOIN outside x ON x.reader_id = o.reader_id
    AND x.subject_id IS NOT DISTINCT FROM o.subject_id AND x.lead_id IS NOT DISTINCT FROM o.lead_id
GROUP BY o.reader_id, x.many HAVING count(DISTINCT (o.subject_id, o.lead_id)) >= x.many
"""
)

REPEATS = """
SELECT e.actor_id, e.object_kind, e.object_uuid, count(*), array_agg(e.uuid ORDER BY e.occurred_at, e.uuid)
FROM audit_event e JOIN access_user u ON u.id = e.actor_id AND u.kind = 'person'
WHERE e.occurred_at >= %(fortnight)s AND e.occurred_at < %(until)s AND e.allowed AND e.via_id IS NULL
  AND e.act IN ('view', 'api_read') AND e.object_kind IN ('lead', 'subject', 'referral')
  AND NOT EXISTS (SELECT 1 FROM audit_event a
      WHERE a.actor_id = e.actor_id AND a.object_uuid = e.object_uuid AND a.act = ANY (%(working)s)
        AND (a.occurred_at >= %(fortnight)s OR e.object_kind = 'referral'))  -- whoever answered one works on it until its outcome
  AND NOT EXISTS (SELECT 1 FROM leads_referral r WHERE r.uuid = e.object_uuid AND r.sent_by_id = e.actor_id)
GROUP BY 1, 2, 3
HAVING count(*) >= %(repeated)s AND count(DISTINCT (e.occurred_at AT TIME ZONE %(zone)s)::date) >= %(days)s
   AND max(e.occurred_at) >= %(since)s
"""

AT_ODD_HOURS = (
    _LOOKS
    + """
SELECT l.reader_id, '', NULL::uuid, count(*), array_agg(l.uuid ORDER BY l.occurred_at, l.uuid)
FROM looks l
WHERE %(day_off)s OR NOT extract(hour FROM l.occurred_at AT TIME ZONE %(zone)s) BETWEEN 5 AND 21
GROUP BY 1 HAVING count(*) >= %(at_night)s
"""
)

# the most records that somebody opened in one hour, hours counted from the beginning of the time that is asked about
IN_ONE_HOUR = (
    _LOOKS  # noqa: S608  # our own constants
    + """
SELECT DISTINCT ON (reader_id) reader_id, '', NULL::uuid, records, events
FROM (SELECT l.reader_id, count(DISTINCT l.record_uuid) AS records, array_agg(l.uuid ORDER BY l.occurred_at, l.uuid) AS events
      FROM looks l WHERE l.record_kind <> 'export'
      GROUP BY l.reader_id, date_bin('1 hour', l.occurred_at, %(since)s)) AS hours
WHERE records >= %(in_an_hour)s
ORDER BY reader_id, records DESC
"""
)

# rows that left the screen: in files, and in answers to programs
OUT_IN_A_DAY = """
SELECT e.actor_id, '', NULL::uuid, sum(cardinality(e.result_uuids)), array_agg(e.uuid ORDER BY e.occurred_at, e.uuid)
FROM audit_event e JOIN access_user u ON u.id = e.actor_id AND u.kind = 'person'
WHERE e.occurred_at >= %(since)s AND e.occurred_at < %(until)s AND e.allowed AND e.via_id IS NULL AND e.act IN ('export', 'api_read')
GROUP BY 1 HAVING sum(cardinality(e.result_uuids)) >= %(taken_out)s
"""

# what those read who read everybody: every day of theirs is looked at by another person
OF_THE_READERS = """
SELECT e.actor_id, '', NULL::uuid, count(*), array_agg(e.uuid ORDER BY e.occurred_at, e.uuid)
FROM audit_event e
WHERE e.occurred_at >= %(since)s AND e.occurred_at < %(until)s AND e.allowed AND e.act = ANY (%(reading)s)
  AND EXISTS (SELECT 1 FROM access_rolegrant r JOIN access_rolerecord role ON role.code = r.role_id AND role.reads_audit
              WHERE r.user_id = e.actor_id AND (r.revoked_at IS NULL OR r.revoked_at > %(since)s))
  AND (e.view LIKE 'audit%%' OR e.object_kind IN ('lead', 'subject', 'search', 'event'))
GROUP BY 1
"""

READINGS = """
CREATE POLICY oversight_unusualreading_owner ON oversight_unusualreading TO {owner} USING (true) WITH CHECK (true);
-- nobody reads what was found about themselves, and nobody reviews it
CREATE POLICY oversight_unusualreading_read ON oversight_unusualreading FOR SELECT TO {app}
    USING ((SELECT access_seals()) OR ((SELECT access_reads_audit()) AND reader_id <> (SELECT access_current_user())));
CREATE POLICY oversight_unusualreading_find ON oversight_unusualreading FOR INSERT TO {app} WITH CHECK ((SELECT access_seals()));
CREATE POLICY oversight_unusualreading_review ON oversight_unusualreading FOR UPDATE TO {app}
    USING ((SELECT access_reads_audit()) AND reader_id <> (SELECT access_current_user()));
ALTER TABLE oversight_unusualreading ENABLE ROW LEVEL SECURITY;
ALTER TABLE oversight_unusualreading FORCE ROW LEVEL SECURITY;
REVOKE UPDATE, DELETE, TRUNCATE ON oversight_unusualreading FROM {app};
GRANT UPDATE (verdict, words_sealed, reviewed_by_id, reviewed_at) ON oversight_unusualreading TO {app};
"""

READINGS_BACK = """
ALTER TABLE oversight_unusualreading NO FORCE ROW LEVEL SECURITY;
ALTER TABLE oversight_unusualreading DISABLE ROW LEVEL SECURITY;
DROP POLICY oversight_unusualreading_review ON oversight_unusualreading;
DROP POLICY oversight_unusualreading_find ON oversight_unusualreading;
DROP POLICY oversight_unusualreading_read ON oversight_unusualreading;
DROP POLICY oversight_unusualreading_owner ON oversight_unusualreading;
GRANT UPDATE, DELETE ON oversight_unusualreading TO {app};
"""
