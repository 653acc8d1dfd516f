"""A record is kept longer from the moment at which somebody says so: as with a hold, whoever removes it then finishes first."""

from __future__ import annotations

EXTENSION_TAKES = """
-- Order of locks, here and in the worker: items, then the record. Waiting items of the runs whose day it outlasts leave them.
CREATE FUNCTION retention_extension_takes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.retention_dispositionitem i SET outcome = 'extended', detail = 'Kept longer under an authority.', decided_at = now()
    FROM public.retention_disposition d
    WHERE d.id = i.disposition_id AND i.lead_uuid = NEW.lead_uuid AND i.outcome = 'pending' AND d.as_of < NEW.ends_on;
    PERFORM 1 FROM public.leads_lead WHERE uuid = NEW.lead_uuid FOR KEY SHARE;
    IF FOUND THEN RETURN NEW; END IF;
    PERFORM 1 FROM public.retention_archivepackage WHERE lead_uuid = NEW.lead_uuid FOR KEY SHARE;
    IF FOUND THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'the record is not here any more' USING ERRCODE = 'LT404';
END $$;
CREATE TRIGGER retention_extension_takes BEFORE INSERT ON retention_extension
    FOR EACH ROW EXECUTE FUNCTION retention_extension_takes();
"""
EXTENSION_TAKES_BACK = """
DROP TRIGGER retention_extension_takes ON retention_extension;
DROP FUNCTION retention_extension_takes();
"""

# by those who keep records, and on the page of a live lead by those who see the lead
SEEN = """
ALTER POLICY retention_extension_need_to_know ON retention_extension USING (
    (SELECT retention_keeps()) OR EXISTS (SELECT 1 FROM leads_lead l WHERE l.uuid = retention_extension.lead_uuid));
"""
SEEN_BACK = "ALTER POLICY retention_extension_need_to_know ON retention_extension USING ((SELECT retention_keeps()));"
