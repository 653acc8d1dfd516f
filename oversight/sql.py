"""The one way in which somebody who does not read the record of acts sees who looked at a record that they may see."""

from __future__ import annotations

LOOKS = """
-- Only for a holder of the role of supervisor; the caller has made sure that they see the record itself. No view, session,
-- origin, field names or words: who, when, what, for which purpose.
CREATE FUNCTION oversight_looks_at(p_object uuid, p_after uuid, p_limit int) RETURNS TABLE (uuid uuid, occurred_at timestamptz,
    actor_id bigint, via_id bigint, act text, allowed boolean, object_kind text, object_uuid uuid, purpose_kind text, purpose_uuid uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT e.uuid, e.occurred_at, e.actor_id, e.via_id, e.act, e.allowed, e.object_kind, e.object_uuid, e.purpose_kind, e.purpose_uuid
    FROM public.audit_event e
    LEFT JOIN public.audit_event border ON border.uuid = p_after
    WHERE EXISTS (SELECT 1 FROM public.access_resolve(public.access_current_user(), now()) r WHERE 'supervisor' = ANY (r.roles))
      AND (e.object_uuid = p_object OR e.result_uuids @> ARRAY[p_object])
      AND (border.id IS NULL OR (e.occurred_at, e.id) < (border.occurred_at, border.id))
    ORDER BY e.occurred_at DESC, e.id DESC LIMIT p_limit
$$;
"""

LOOKS_BACK = "DROP FUNCTION oversight_looks_at(uuid, uuid, int);"

LOOKS_BY_INDEX = """
DROP FUNCTION oversight_looks_at(uuid, uuid, int);
-- For readers of the record of acts, and for a supervisor whose page has made sure that they see the record itself. To a
-- supervisor no view, session, origin, field names or words: who, when, what, for which purpose.
-- A definer function, because "is among the results" is not leakproof: under row-level security it would be asked of every
-- event (1.1 s of a million), here the two indexes answer first.
CREATE FUNCTION oversight_looks_at(p_object uuid, p_after uuid, p_limit int) RETURNS TABLE (uuid uuid, occurred_at timestamptz,
    actor_id bigint, via_id bigint, act text, allowed boolean, object_kind text, object_uuid uuid, shown int, purpose_kind text,
    purpose_uuid uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH asker AS MATERIALIZED (
        SELECT EXISTS (SELECT 1 FROM public.access_resolve(public.access_current_user(), now()) r
                       WHERE r.reads_audit OR 'supervisor' = ANY (r.roles)) AS may
    ), border AS MATERIALIZED (
        SELECT e.occurred_at, e.id FROM public.audit_event e WHERE e.uuid = p_after
    ), hits AS MATERIALIZED (
        SELECT e.id, e.occurred_at FROM public.audit_event e, asker WHERE asker.may AND e.object_uuid = p_object
        UNION
        SELECT e.id, e.occurred_at FROM public.audit_event e, asker WHERE asker.may AND e.result_uuids @> ARRAY[p_object]
    ), page AS MATERIALIZED (
        SELECT h.id FROM hits h
        WHERE NOT EXISTS (SELECT 1 FROM border) OR (h.occurred_at, h.id) < (SELECT b.occurred_at, b.id FROM border b)
        ORDER BY h.occurred_at DESC, h.id DESC LIMIT p_limit
    )
    SELECT e.uuid, e.occurred_at, e.actor_id, e.via_id, e.act, e.allowed, e.object_kind, e.object_uuid,
        cardinality(e.result_uuids), e.purpose_kind, e.purpose_uuid
    FROM public.audit_event e WHERE e.id IN (SELECT p.id FROM page p)
    ORDER BY e.occurred_at DESC, e.id DESC
$$;
-- rare acts, found without walking through a year of looks
CREATE INDEX event_by_rare_act ON audit_event (act, occurred_at DESC, id DESC)
    WHERE act NOT IN ('list', 'view', 'search', 'page', 'api_read', 'subjects_evaluated', 'subjects_linked', 'extract_staged');
"""

LOOKS_BY_INDEX_BACK = "DROP INDEX event_by_rare_act; DROP FUNCTION oversight_looks_at(uuid, uuid, int);" + LOOKS

LOOKS_AT_SEVERAL = """
DROP FUNCTION oversight_looks_at(uuid, uuid, int);
-- The same for several records at once (a person with their leads, referrals and packets), and for the named acts alone.
CREATE FUNCTION oversight_looks_at(p_objects uuid[], p_acts text[], p_after uuid, p_limit int) RETURNS TABLE (uuid uuid,
    occurred_at timestamptz, actor_id bigint, via_id bigint, act text, allowed boolean, object_kind text, object_uuid uuid, shown int,
    purpose_kind text, purpose_uuid uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH asker AS MATERIALIZED (
        SELECT EXISTS (SELECT 1 FROM public.access_resolve(public.access_current_user(), now()) r
                       WHERE r.reads_audit OR 'supervisor' = ANY (r.roles)) AS may
    ), border AS MATERIALIZED (
        SELECT e.occurred_at, e.id FROM public.audit_event e WHERE e.uuid = p_after
    ), hits AS MATERIALIZED (
        SELECT e.id, e.occurred_at FROM public.audit_event e, asker
        WHERE asker.may AND e.object_uuid = ANY (p_objects) AND (p_acts IS NULL OR e.act = ANY (p_acts))
        UNION
        SELECT e.id, e.occurred_at FROM public.audit_event e, asker
        WHERE asker.may AND e.result_uuids && p_objects AND (p_acts IS NULL OR e.act = ANY (p_acts))
    ), page AS MATERIALIZED (
        SELECT h.id FROM hits h
        WHERE NOT EXISTS (SELECT 1 FROM border) OR (h.occurred_at, h.id) < (SELECT b.occurred_at, b.id FROM border b)
        ORDER BY h.occurred_at DESC, h.id DESC LIMIT p_limit
    )
    SELECT e.uuid, e.occurred_at, e.actor_id, e.via_id, e.act, e.allowed, e.object_kind, e.object_uuid,
        cardinality(e.result_uuids), e.purpose_kind, e.purpose_uuid
    FROM public.audit_event e WHERE e.id IN (SELECT p.id FROM page p)
    ORDER BY e.occurred_at DESC, e.id DESC
$$;
"""

LOOKS_AT_SEVERAL_BACK = (
    "DROP FUNCTION oversight_looks_at(uuid[], text[], uuid, int);"
    + LOOKS_BY_INDEX[LOOKS_BY_INDEX.index("-- For readers") : LOOKS_BY_INDEX.index("-- rare acts")]
)

# While two records were shown as one, a look at the other was a look at this one too: `p_others`, each between two moments.
_LOOKS_AT = LOOKS_AT_SEVERAL[LOOKS_AT_SEVERAL.index("CREATE FUNCTION") :]
LOOKS_FOR_A_TIME = "DROP FUNCTION oversight_looks_at(uuid[], text[], uuid, int);" + _LOOKS_AT.replace(  # noqa: S608  # our own words
    "p_limit int)", "p_limit int,\n    p_others uuid[], p_since timestamptz[], p_until timestamptz[])"
).replace(
    """
    ), page AS""",
    """
        UNION
        SELECT e.id, e.occurred_at
        FROM asker, unnest(p_others, p_since, p_until) AS other (uuid, since, until) CROSS JOIN LATERAL (
            SELECT o.id, o.occurred_at, o.act FROM public.audit_event o WHERE o.object_uuid = other.uuid
            UNION ALL
            SELECT o.id, o.occurred_at, o.act FROM public.audit_event o WHERE o.result_uuids @> ARRAY[other.uuid]) e
        WHERE asker.may AND e.occurred_at >= other.since AND e.occurred_at <= other.until
          AND (p_acts IS NULL OR e.act = ANY (p_acts))
    ), page AS""",
)
LOOKS_FOR_A_TIME_BACK = "DROP FUNCTION oversight_looks_at(uuid[], text[], uuid, int, uuid[], timestamptz[], timestamptz[]);" + _LOOKS_AT

GLASS = """
REVOKE UPDATE, DELETE, TRUNCATE ON oversight_breakglass FROM {app};
GRANT UPDATE (verdict, review_sealed, reviewed_by_id, reviewed_at) ON oversight_breakglass TO {app};
CREATE POLICY oversight_breakglass_owner ON oversight_breakglass TO {owner} USING (true) WITH CHECK (true);
CREATE POLICY oversight_breakglass_read ON oversight_breakglass FOR SELECT TO {app}
    USING (user_id = (SELECT access_current_user()) OR (SELECT access_reads_audit()));
CREATE POLICY oversight_breakglass_open ON oversight_breakglass FOR INSERT TO {app} WITH CHECK (user_id = (SELECT access_current_user()));
-- nobody reviews an access of their own
CREATE POLICY oversight_breakglass_review ON oversight_breakglass FOR UPDATE TO {app}
    USING ((SELECT access_reads_audit()) AND user_id <> (SELECT access_current_user()));
ALTER TABLE oversight_breakglass ENABLE ROW LEVEL SECURITY;
ALTER TABLE oversight_breakglass FORCE ROW LEVEL SECURITY;
"""

REMINDERS = """
-- whoever reminds of reviews counts those that are due
CREATE POLICY oversight_breakglass_remind ON oversight_breakglass FOR SELECT TO {app} USING ((SELECT access_seals()));
"""

REMINDERS_BACK = "DROP POLICY oversight_breakglass_remind ON oversight_breakglass;"

GLASS_BACK = """
ALTER TABLE oversight_breakglass NO FORCE ROW LEVEL SECURITY;
ALTER TABLE oversight_breakglass DISABLE ROW LEVEL SECURITY;
DROP POLICY oversight_breakglass_review ON oversight_breakglass;
DROP POLICY oversight_breakglass_open ON oversight_breakglass;
DROP POLICY oversight_breakglass_read ON oversight_breakglass;
DROP POLICY oversight_breakglass_owner ON oversight_breakglass;
GRANT UPDATE, DELETE ON oversight_breakglass TO {app};
"""
