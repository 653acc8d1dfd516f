"""Who gives sight of a lead, as the database knows it: nobody opens one for themselves by SQL alone."""

from __future__ import annotations

# the roles with the permissions `assign_lead` and `use_break_glass`; a test holds them beside access.roles
ASSIGNING = ("service", "supervisor")
BREAKING = ("analyst", "supervisor")
GLASS_HOURS = 2  # oversight.services.glass.OPEN_FOR

GIVING_SIGHT = f"""
-- whether the current user may give a lead to a person
CREATE FUNCTION oversight_assigns() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((SELECT r.roles && '{{{",".join(ASSIGNING)}}}'::text[]
                     FROM public.access_resolve(public.access_current_user(), now()) r), false)
$$;
-- whether this opening of this lead is the current user's own, is on the privacy officers' list and ends as it says there
CREATE FUNCTION oversight_glass_is_kept(p_user bigint, p_lead bigint, p_until timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p_user = public.access_current_user()
       AND EXISTS (SELECT 1 FROM public.access_resolve(p_user, now()) r WHERE r.roles && '{{{",".join(BREAKING)}}}'::text[])
       AND EXISTS (SELECT 1 FROM public.oversight_breakglass b JOIN public.leads_lead l ON l.uuid = b.lead_uuid
                   WHERE l.id = p_lead AND b.user_id = p_user AND b.until = p_until
                     AND b.until <= b.opened_at + interval '{GLASS_HOURS} hours')
$$;
-- the policy itself asks for no lead: it would recurse
ALTER POLICY leads_leadgrant_need_to_know ON leads_leadgrant
    WITH CHECK (granted_by_id = (SELECT access_current_user()) AND CASE
        WHEN (SELECT access_is_service()) THEN true
        WHEN kind = 'assignment' THEN (SELECT oversight_assigns())
        ELSE oversight_glass_is_kept(user_id, content_object_id, until) END);
"""  # noqa: S608  # constants of this module

GIVING_SIGHT_BACK = """
ALTER POLICY leads_leadgrant_need_to_know ON leads_leadgrant WITH CHECK (granted_by_id = (SELECT access_current_user()));
DROP FUNCTION oversight_glass_is_kept(bigint, bigint, timestamptz);
DROP FUNCTION oversight_assigns();
"""
