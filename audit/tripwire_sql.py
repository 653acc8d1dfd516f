"""The tripwire: every statement that changes a watched table leaves a row, whoever ran it and by whatever means.

Services write events; this is for what does not pass them: `bulk_create`, `update`, COPY, raw SQL, cascades, the owner's own
console. One row a statement with the number of rows; at commit a change in whose transaction no event stands is marked.
"""

from __future__ import annotations

TRIPWIRE = """
-- an event that waits knows its transaction, savepoints aside; the application cannot write here
CREATE OR REPLACE FUNCTION audit_event_waits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.audit_unsealed (event_id, transaction_id) VALUES (NEW.id, pg_current_xact_id()::text::bigint);
    RETURN NULL;
END $$;

-- the trace of one statement
CREATE FUNCTION audit_trip() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    many bigint;
BEGIN
    IF TG_OP <> 'TRUNCATE' THEN
        SELECT count(*) INTO many FROM touched;
        IF many = 0 THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO public.audit_change (table_name, operation, row_count, actor_id, role_name, transaction_id)
    VALUES (TG_TABLE_NAME, lower(TG_OP), many, public.access_current_user(), session_user, pg_current_xact_id()::text::bigint);
    RETURN NULL;
END $$;

-- at commit: no event stands in the transaction
CREATE FUNCTION audit_change_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM public.audit_unsealed u WHERE u.transaction_id = NEW.transaction_id) THEN
        INSERT INTO public.audit_untold (change_id) VALUES (NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER audit_change_told AFTER INSERT ON audit_change DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION audit_change_told();

-- Lets the tripwire watch every table of leads and retention that it does not watch yet; run by the owner after migrating.
-- A trigger with a transition table is for one operation.
CREATE FUNCTION audit_watch_tables() RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found text;
    watched int := 0;
BEGIN
    FOR found IN
        SELECT c.relname FROM pg_class c
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname ~ '^(leads|retention)_'
          AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'audit_trip_insert')
        ORDER BY c.relname
    LOOP
        EXECUTE format('CREATE TRIGGER audit_trip_insert AFTER INSERT ON public.%I REFERENCING NEW TABLE AS touched '
                       'FOR EACH STATEMENT EXECUTE FUNCTION public.audit_trip()', found);
        EXECUTE format('CREATE TRIGGER audit_trip_update AFTER UPDATE ON public.%I REFERENCING NEW TABLE AS touched '
                       'FOR EACH STATEMENT EXECUTE FUNCTION public.audit_trip()', found);
        EXECUTE format('CREATE TRIGGER audit_trip_delete AFTER DELETE ON public.%I REFERENCING OLD TABLE AS touched '
                       'FOR EACH STATEMENT EXECUTE FUNCTION public.audit_trip()', found);
        EXECUTE format('CREATE TRIGGER audit_trip_truncate AFTER TRUNCATE ON public.%I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION public.audit_trip()', found);
        watched := watched + 1;
    END LOOP;
    RETURN watched;
END $$;
REVOKE ALL ON FUNCTION audit_watch_tables() FROM PUBLIC, {app};

CREATE POLICY audit_change_owner ON audit_change TO {owner} USING (true) WITH CHECK (true);
CREATE POLICY audit_change_read ON audit_change FOR SELECT TO {app} USING ((SELECT access_reads_audit()));
CREATE POLICY audit_untold_owner ON audit_untold TO {owner} USING (true) WITH CHECK (true);
CREATE POLICY audit_untold_read ON audit_untold FOR SELECT TO {app} USING ((SELECT access_reads_audit()));
ALTER TABLE audit_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_change FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_untold ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_untold FORCE ROW LEVEL SECURITY;
REVOKE INSERT ON audit_change, audit_untold FROM {app};
"""

TRIPWIRE_BACK = """
GRANT INSERT ON audit_change, audit_untold TO {app};
DROP POLICY audit_untold_read ON audit_untold;
DROP POLICY audit_untold_owner ON audit_untold;
DROP POLICY audit_change_read ON audit_change;
DROP POLICY audit_change_owner ON audit_change;
DROP FUNCTION audit_watch_tables();
DROP TRIGGER audit_change_told ON audit_change;
DROP FUNCTION audit_change_told();
DROP FUNCTION audit_trip() CASCADE;
CREATE OR REPLACE FUNCTION audit_event_waits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.audit_unsealed (event_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
"""

_WATCH = TRIPWIRE[TRIPWIRE.index("CREATE FUNCTION audit_watch_tables") : TRIPWIRE.index("REVOKE ALL ON FUNCTION audit_watch_tables")]
WATCH_BEFORE = _WATCH.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
_BEFORE = "c.relname ~ '^(leads|retention)_'"
# what decides who sees what, and what oversight keeps: a role given by hand, a disclosure changed by hand
WATCHED = "c.relname ~ '^(leads|retention|oversight)_|^access_(rolegrant|membership|clearance)$'"
WATCH_MORE = WATCH_BEFORE.replace(_BEFORE, WATCHED)
