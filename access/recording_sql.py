"""In whose name an event is written, as the database knows it."""

from __future__ import annotations

RECORDING = """
-- whether one of the system's own services is at work
CREATE FUNCTION access_is_service() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM public.access_user
                   WHERE id = public.access_current_user() AND kind = 'service' AND is_active)
$$;
-- an event names whoever is at work, or nobody; a service writes for the person for whom it works
DROP POLICY audit_event_append ON audit_event;
CREATE POLICY audit_event_append ON audit_event FOR INSERT TO {app}
    WITH CHECK (actor_id IS NULL OR actor_id = (SELECT access_current_user()) OR (SELECT access_is_service()));
"""

RECORDING_BACK = """
DROP POLICY audit_event_append ON audit_event;
CREATE POLICY audit_event_append ON audit_event FOR INSERT TO {app} WITH CHECK (true);
DROP FUNCTION access_is_service();
"""
