"""What a hold takes, and what the database refuses while it stands: for the owner and raw SQL as for everybody."""

from __future__ import annotations

from retention.sql import REFUSE_HELD_AT_ONCE

TAKES = """
-- A hold takes its record by the hand: whoever is removing it at this moment finishes first; whoever comes later finds the
-- hold. A hold on a named record is told that it came too late; one by query takes what is still here.
-- Waiting items of any run leave it. Order of locks, here and in the worker: items, then the record.
CREATE OR REPLACE FUNCTION retention_hold_takes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.retention_dispositionitem SET outcome = 'held', detail = 'A hold was placed.', decided_at = now()
    WHERE lead_uuid = NEW.lead_uuid AND outcome = 'pending';
    PERFORM 1 FROM public.leads_lead WHERE uuid = NEW.lead_uuid FOR KEY SHARE;
    IF FOUND THEN RETURN NEW; END IF;
    PERFORM 1 FROM public.retention_archivepackage WHERE lead_uuid = NEW.lead_uuid FOR KEY SHARE;
    IF FOUND THEN RETURN NEW; END IF;
    IF NEW.by_query THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'the record is not here any more' USING ERRCODE = 'LT404';
END $$;
"""
TAKES_BEFORE = TAKES.replace("    IF NEW.by_query THEN RETURN NULL; END IF;\n", "")

GATHERING = """
-- whether a live hold is still finding its records: until it has, no record is removed
CREATE FUNCTION retention_gathering() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM public.retention_hold WHERE gathered_at IS NULL AND released_at IS NULL)
$$;

CREATE OR REPLACE FUNCTION retention_refuse_held_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    held boolean;
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'leads_lead' THEN held := EXISTS (
            SELECT 1 FROM gone JOIN public.retention_holdlead x ON x.lead_uuid = gone.uuid
            JOIN public.retention_hold h ON h.id = x.hold_id WHERE h.released_at IS NULL)
            OR (public.retention_gathering() AND EXISTS (SELECT 1 FROM gone));
        WHEN 'retention_archivepackage' THEN held := EXISTS (
            SELECT 1 FROM gone JOIN public.retention_holdlead x ON x.lead_uuid = gone.lead_uuid
            JOIN public.retention_hold h ON h.id = x.hold_id WHERE h.released_at IS NULL)
            OR (public.retention_gathering() AND EXISTS (SELECT 1 FROM gone));
        WHEN 'retention_archivefile', 'retention_archiveidentifier' THEN held := EXISTS (
            SELECT 1 FROM gone JOIN public.retention_archivepackage p ON p.id = gone.package_id
            JOIN public.retention_holdlead x ON x.lead_uuid = p.lead_uuid
            JOIN public.retention_hold h ON h.id = x.hold_id WHERE h.released_at IS NULL)
            OR (public.retention_gathering() AND EXISTS (SELECT 1 FROM gone));
        ELSE  -- a key or a payload: of a lead, of a package, or one that goes with a package
            held := EXISTS (
                SELECT 1 FROM (
                    SELECT scope FROM gone
                    UNION SELECT p.lead_uuid FROM gone JOIN public.retention_archivepackage p ON p.uuid = gone.scope
                    UNION SELECT p.lead_uuid FROM gone JOIN public.retention_archivepackage p ON p.shred @> ARRAY[gone.scope]) asked
                JOIN public.retention_holdlead x ON x.lead_uuid = asked.scope
                JOIN public.retention_hold h ON h.id = x.hold_id WHERE h.released_at IS NULL);
            IF NOT held AND public.retention_gathering() THEN
                held := EXISTS (SELECT 1 FROM gone JOIN public.leads_lead l ON l.uuid = gone.scope)
                     OR EXISTS (SELECT 1 FROM gone JOIN public.retention_archivepackage p ON p.uuid = gone.scope)
                     OR EXISTS (SELECT 1 FROM gone JOIN public.retention_archivepackage p ON p.shred @> ARRAY[gone.scope]);
            END IF;
    END CASE;
    IF held THEN
        RAISE EXCEPTION 'a hold stands on this record' USING ERRCODE = 'LT423';
    END IF;
    RETURN NULL;
END $$;

-- what is known of the person of a held lead
CREATE FUNCTION retention_refuse_held_facts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM gone JOIN public.leads_lead l ON l.subject_id = gone.subject_id
               JOIN public.retention_holdlead x ON x.lead_uuid = l.uuid JOIN public.retention_hold h ON h.id = x.hold_id
               WHERE h.released_at IS NULL) THEN
        RAISE EXCEPTION 'a hold stands on a lead of this person' USING ERRCODE = 'LT423';
    END IF;
    RETURN NULL;
END $$;

-- a table emptied at once asks no row
CREATE FUNCTION retention_refuse_emptying() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.retention_hold WHERE released_at IS NULL) THEN
        RAISE EXCEPTION 'a hold stands on records of this table' USING ERRCODE = 'LT423';
    END IF;
    RETURN NULL;
END $$;
DO $$
DECLARE
    protected regclass;
BEGIN
    FOREACH protected IN ARRAY ARRAY['retention_archivefile', 'retention_archiveidentifier']::regclass[] LOOP
        EXECUTE format('CREATE TRIGGER retention_refuse_held AFTER DELETE ON %s REFERENCING OLD TABLE AS gone '
                       'FOR EACH STATEMENT EXECUTE FUNCTION retention_refuse_held_rows()', protected);
    END LOOP;
    FOR protected IN SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'subject_id'
                     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname LIKE 'subjects\\_%fact' LOOP
        EXECUTE format('CREATE TRIGGER retention_refuse_held_facts AFTER DELETE ON %s REFERENCING OLD TABLE AS gone '
                       'FOR EACH STATEMENT EXECUTE FUNCTION retention_refuse_held_facts()', protected);
        EXECUTE format('CREATE TRIGGER retention_refuse_emptying BEFORE TRUNCATE ON %s '
                       'FOR EACH STATEMENT EXECUTE FUNCTION retention_refuse_emptying()', protected);
    END LOOP;
    FOREACH protected IN ARRAY ARRAY['leads_lead', 'retention_archivepackage', 'retention_archivefile', 'retention_archiveidentifier',
                                     'audit_datakey', 'audit_payload', 'retention_holdlead', 'retention_hold']::regclass[] LOOP
        EXECUTE format('CREATE TRIGGER retention_refuse_emptying BEFORE TRUNCATE ON %s '
                       'FOR EACH STATEMENT EXECUTE FUNCTION retention_refuse_emptying()', protected);
    END LOOP;
END $$;
"""
GATHERING_BACK = """
DROP FUNCTION retention_refuse_emptying() CASCADE;
DROP FUNCTION retention_refuse_held_facts() CASCADE;
DROP TRIGGER retention_refuse_held ON retention_archivefile;
DROP TRIGGER retention_refuse_held ON retention_archiveidentifier;
"""
GATHERING_BACK += REFUSE_HELD_AT_ONCE.split("DO $$")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
GATHERING_BACK += "DROP FUNCTION retention_gathering();\n"
