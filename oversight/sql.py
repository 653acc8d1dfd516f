"""The one way in which somebody who does not read the record of acts sees who looked at a record that they may see."""

from __future__ import annotations

LOOKS = """
-- Only for a holder of the role of supervisor; the caller has made sure that they see the record itself. No view, session,
-- origin, field names or words: who, when, what, for which purpose.
CREATE FUNCTION oversight_looks_at(p_object uuid, p_after uuid, p_limit int) RETURNS TABLE (uuid uuid, occurred_at timestamptz,
    actor_id bigint, via_id bigint, act text, allowed boolean, object_kind text, object_uuid uuid, purpose_kind text, purpose_uuid uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
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

GLASS_BACK = """
ALTER TABLE oversight_breakglass NO FORCE ROW LEVEL SECURITY;
ALTER TABLE oversight_breakglass DISABLE ROW LEVEL SECURITY;
DROP POLICY oversight_breakglass_review ON oversight_breakglass;
DROP POLICY oversight_breakglass_open ON oversight_breakglass;
DROP POLICY oversight_breakglass_read ON oversight_breakglass;
DROP POLICY oversight_breakglass_owner ON oversight_breakglass;
GRANT UPDATE, DELETE ON oversight_breakglass TO {app};
"""
