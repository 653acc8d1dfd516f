"""The database's half of retention: who may see the archive, what a hold stops, and the two functions that remove rows.

The application role has no DELETE on any of these tables. Every function here that runs as the owner has a fixed search
path, asks for itself whether it may, and stands on the allow-list of the catalog test.
"""

from __future__ import annotations

KEEPERS = """
-- whether the user of the context keeps records: a records officer, or the system's own worker
CREATE FUNCTION retention_keeps() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((SELECT r.roles && ARRAY['records_officer', 'service']
                     FROM public.access_resolve(public.access_current_user(), now()) r), false)
$$;
"""
KEEPERS_BACK = "DROP FUNCTION retention_keeps();"

ARCHIVE_FILES = """
-- written by the worker, read by nobody but retention_open: not even its name is told without a record of who asked
REVOKE ALL ON retention_archivefile FROM {app};
GRANT INSERT ON retention_archivefile TO {app};
ALTER TABLE retention_archivefile ENABLE ROW LEVEL SECURITY;
ALTER TABLE retention_archivefile FORCE ROW LEVEL SECURITY;
CREATE POLICY retention_archivefile_owner ON retention_archivefile TO {owner} USING (true) WITH CHECK (true);
CREATE POLICY retention_archivefile_write ON retention_archivefile FOR INSERT TO {app} WITH CHECK ((SELECT retention_keeps()));
"""
ARCHIVE_FILES_BACK = """
DROP POLICY retention_archivefile_write ON retention_archivefile;
DROP POLICY retention_archivefile_owner ON retention_archivefile;
ALTER TABLE retention_archivefile NO FORCE ROW LEVEL SECURITY;
ALTER TABLE retention_archivefile DISABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON retention_archivefile TO {app};
"""

REFUSE_HELD = """
-- what refuses: the lead's row, its package, its keys and its audit payloads; for the owner and raw SQL as for everybody
CREATE OR REPLACE FUNCTION retention_refuse_held() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    held boolean;
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'leads_lead' THEN held := public.retention_held(OLD.uuid);
        WHEN 'retention_archivepackage' THEN held := public.retention_held(OLD.lead_uuid);
        ELSE held := public.retention_held(OLD.scope)  -- two look-ups by index, not one OR that walks every package
            OR EXISTS (SELECT 1 FROM public.retention_archivepackage p WHERE p.uuid = OLD.scope AND public.retention_held(p.lead_uuid))
            OR EXISTS (SELECT 1 FROM public.retention_archivepackage p WHERE p.shred @> ARRAY[OLD.scope] AND public.retention_held(p.lead_uuid));
    END CASE;
    IF held THEN
        RAISE EXCEPTION 'a hold stands on this record' USING ERRCODE = 'LT423';
    END IF;
    RETURN OLD;
END $$;
"""
REFUSE_HELD_BACK = "DROP FUNCTION retention_refuse_held();"

REFUSE_HELD_AT_ONCE = """
-- the same, asked once a statement of all rows that it deletes: an order of magnitude less work for a run
CREATE FUNCTION retention_refuse_held_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    held boolean;
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'leads_lead' THEN held := EXISTS (
            SELECT 1 FROM gone JOIN public.retention_holdlead x ON x.lead_uuid = gone.uuid
            JOIN public.retention_hold h ON h.id = x.hold_id WHERE h.released_at IS NULL);
        WHEN 'retention_archivepackage' THEN held := EXISTS (
            SELECT 1 FROM gone JOIN public.retention_holdlead x ON x.lead_uuid = gone.lead_uuid
            JOIN public.retention_hold h ON h.id = x.hold_id WHERE h.released_at IS NULL);
        ELSE held := EXISTS (  -- a key or a payload: of a lead, of a package, or one that goes with a package
            SELECT 1 FROM (SELECT scope FROM gone
                           UNION SELECT p.lead_uuid FROM gone JOIN public.retention_archivepackage p ON p.uuid = gone.scope
                           UNION SELECT p.lead_uuid FROM gone JOIN public.retention_archivepackage p ON p.shred @> ARRAY[gone.scope]) asked
            JOIN public.retention_holdlead x ON x.lead_uuid = asked.scope
            JOIN public.retention_hold h ON h.id = x.hold_id WHERE h.released_at IS NULL);
    END CASE;
    IF held THEN
        RAISE EXCEPTION 'a hold stands on this record' USING ERRCODE = 'LT423';
    END IF;
    RETURN NULL;
END $$;
DO $$
DECLARE
    protected text;
BEGIN
    FOREACH protected IN ARRAY ARRAY['leads_lead', 'retention_archivepackage', 'audit_datakey', 'audit_payload'] LOOP
        EXECUTE format('DROP TRIGGER retention_refuse_held ON %I', protected);
        EXECUTE format('CREATE TRIGGER retention_refuse_held AFTER DELETE ON %I REFERENCING OLD TABLE AS gone '
                       'FOR EACH STATEMENT EXECUTE FUNCTION retention_refuse_held_rows()', protected);
    END LOOP;
END $$;
DROP FUNCTION retention_refuse_held();
"""
REFUSE_HELD_AT_ONCE_BACK = (
    REFUSE_HELD
    + """
DO $$
DECLARE
    protected text;
BEGIN
    FOREACH protected IN ARRAY ARRAY['leads_lead', 'retention_archivepackage', 'audit_datakey', 'audit_payload'] LOOP
        EXECUTE format('DROP TRIGGER retention_refuse_held ON %I', protected);
        EXECUTE format('CREATE TRIGGER retention_refuse_held BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION retention_refuse_held()', protected);
    END LOOP;
END $$;
DROP FUNCTION retention_refuse_held_rows();
"""
)

HOLDS = """
-- A hold takes its record by the hand: whoever is removing it at this moment finishes first and the hold is told that it
-- came too late; whoever comes later finds the hold. Waiting items of any run leave it.
-- Order of locks, here and in the worker: items, then the record.
CREATE FUNCTION retention_hold_takes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.retention_dispositionitem SET outcome = 'held', detail = 'A hold was placed.', decided_at = now()
    WHERE lead_uuid = NEW.lead_uuid AND outcome = 'pending';
    PERFORM 1 FROM public.leads_lead WHERE uuid = NEW.lead_uuid FOR KEY SHARE;
    IF FOUND THEN RETURN NEW; END IF;
    PERFORM 1 FROM public.retention_archivepackage WHERE lead_uuid = NEW.lead_uuid FOR KEY SHARE;
    IF FOUND THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'the record is not here any more' USING ERRCODE = 'LT404';
END $$;
CREATE TRIGGER retention_hold_takes BEFORE INSERT ON retention_holdlead FOR EACH ROW EXECUTE FUNCTION retention_hold_takes();

CREATE FUNCTION retention_held(p_lead uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM public.retention_holdlead l JOIN public.retention_hold h ON h.id = l.hold_id
                   WHERE l.lead_uuid = p_lead AND h.released_at IS NULL)
$$;

CREATE TRIGGER retention_refuse_held BEFORE DELETE ON leads_lead FOR EACH ROW EXECUTE FUNCTION retention_refuse_held();
CREATE TRIGGER retention_refuse_held BEFORE DELETE ON retention_archivepackage FOR EACH ROW EXECUTE FUNCTION retention_refuse_held();
CREATE TRIGGER retention_refuse_held BEFORE DELETE ON audit_datakey FOR EACH ROW EXECUTE FUNCTION retention_refuse_held();
CREATE TRIGGER retention_refuse_held BEFORE DELETE ON audit_payload FOR EACH ROW EXECUTE FUNCTION retention_refuse_held();

-- the children of a held lead: one look a statement, not one a row
CREATE FUNCTION retention_refuse_held_children() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM gone JOIN public.leads_lead l ON l.id = gone.lead_id
               JOIN public.retention_holdlead x ON x.lead_uuid = l.uuid JOIN public.retention_hold h ON h.id = x.hold_id
               WHERE h.released_at IS NULL) THEN
        RAISE EXCEPTION 'a hold stands on this record' USING ERRCODE = 'LT423';
    END IF;
    RETURN NULL;
END $$;
DO $$
DECLARE
    child regclass;
BEGIN
    FOR child IN SELECT DISTINCT c.conrelid::regclass FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attname = 'lead_id'
                 WHERE c.contype = 'f' AND c.confrelid = 'leads_lead'::regclass AND c.conrelid::regclass::text LIKE 'leads\\_%'
    LOOP
        EXECUTE format('CREATE TRIGGER retention_refuse_held_children AFTER DELETE ON %s REFERENCING OLD TABLE AS gone '
                       'FOR EACH STATEMENT EXECUTE FUNCTION retention_refuse_held_children()', child);
    END LOOP;
END $$;

-- an item says archived or destroyed only when the record is gone, and never changes its mind
CREATE FUNCTION retention_item_is_true() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.outcome <> 'pending' AND NEW.outcome <> OLD.outcome THEN
        RAISE EXCEPTION 'this record has left the run already' USING ERRCODE = 'LT409';
    END IF;
    IF NEW.outcome IN ('archived', 'destroyed') AND EXISTS (SELECT 1 FROM public.leads_lead WHERE uuid = NEW.lead_uuid)
       OR NEW.outcome = 'destroyed' AND EXISTS (SELECT 1 FROM public.retention_archivepackage WHERE lead_uuid = NEW.lead_uuid) THEN
        RAISE EXCEPTION 'the record is still here' USING ERRCODE = 'LT409';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER retention_item_is_true BEFORE UPDATE OF outcome ON retention_dispositionitem
    FOR EACH ROW EXECUTE FUNCTION retention_item_is_true();

-- a finished run has an outcome for every record, and no file left behind (R16)
CREATE FUNCTION retention_run_adds_up() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state = 'done' AND EXISTS (SELECT 1 FROM public.retention_dispositionitem
                                      WHERE disposition_id = NEW.id AND (outcome = 'pending' OR file_name <> '')) THEN
        RAISE EXCEPTION 'the run is not finished' USING ERRCODE = 'LT409';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER retention_run_adds_up BEFORE UPDATE OF state ON retention_disposition
    FOR EACH ROW EXECUTE FUNCTION retention_run_adds_up();
"""
HOLDS_BACK = """
DROP TRIGGER retention_run_adds_up ON retention_disposition;
DROP TRIGGER retention_item_is_true ON retention_dispositionitem;
DROP FUNCTION retention_run_adds_up(), retention_item_is_true();
DROP FUNCTION retention_refuse_held_children() CASCADE;
DROP TRIGGER retention_refuse_held ON leads_lead;
DROP TRIGGER retention_refuse_held ON retention_archivepackage;
DROP TRIGGER retention_refuse_held ON audit_datakey;
DROP TRIGGER retention_refuse_held ON audit_payload;
DROP FUNCTION retention_hold_takes() CASCADE;
DROP FUNCTION retention_held(uuid);
"""

RUNS_CHECK = """
-- raises unless the run is signed, running, of this kind, its list as signed, its day real or its authority fictional
CREATE OR REPLACE FUNCTION retention_check_run(p_run bigint, p_kind text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    run public.retention_disposition%ROWTYPE;
BEGIN
    IF NOT public.retention_keeps() THEN
        RAISE EXCEPTION 'only the records worker removes records' USING ERRCODE = '42501';
    END IF;
    SELECT * INTO run FROM public.retention_disposition WHERE id = p_run FOR NO KEY UPDATE;
    IF NOT FOUND OR run.kind <> p_kind OR run.state <> 'running' THEN
        RAISE EXCEPTION 'the run is not running' USING ERRCODE = 'LT409';
    END IF;
    IF EXISTS (SELECT 1 FROM public.retention_restatement WHERE finished_at IS NULL) THEN
        RAISE EXCEPTION 'records are being dated anew' USING ERRCODE = 'LT409';
    END IF;
    IF NOT public.retention_is_ready() THEN  -- a worker that outlived its database meets one that was put back under its name
        RAISE EXCEPTION 'this database was restored and does not know yet what was destroyed and held since' USING ERRCODE = 'LT409';
    END IF;
    IF NOT run.list_sound THEN  -- asked by the first batch, and again whenever somebody touched the list
        IF public.retention_list_digest(p_run) <> run.list_sha256 THEN
            RAISE EXCEPTION 'the list is not the one that was signed' USING ERRCODE = 'LT409';
        END IF;
        UPDATE public.retention_disposition SET list_sound = true WHERE id = p_run;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM public.retention_schedule s WHERE s.id = run.schedule_id AND s.status = 'approved'
                   AND (run.as_of <= (now() AT TIME ZONE 'America/New_York')::date OR s.fictional)) THEN
        RAISE EXCEPTION 'no approved schedule allows this run on that day' USING ERRCODE = 'LT409';
    END IF;
END $$;
"""
NOT_WHILE_DATED_ANEW = """
    IF EXISTS (SELECT 1 FROM public.retention_restatement WHERE finished_at IS NULL) THEN
        RAISE EXCEPTION 'records are being dated anew' USING ERRCODE = 'LT409';
    END IF;"""
DAY_AT_HEADQUARTERS = "(now() AT TIME ZONE 'America/New_York')::date"  # foundation.headquarters
NOT_BEFORE_THE_REPLAY = """
    IF NOT public.retention_is_ready() THEN  -- a worker that outlived its database meets one that was put back under its name
        RAISE EXCEPTION 'this database was restored and does not know yet what was destroyed and held since' USING ERRCODE = 'LT409';
    END IF;"""
RUNS_CHECK_UTC = RUNS_CHECK.replace(DAY_AT_HEADQUARTERS, "current_date")
RUNS_CHECK_ANYWHERE = RUNS_CHECK_UTC.replace(NOT_BEFORE_THE_REPLAY, "")
RUNS_CHECK_BEFORE = RUNS_CHECK_ANYWHERE.replace(NOT_WHILE_DATED_ANEW, "")  # of a database that dates all records at once
RUNS = """
-- the hash of a run's frozen list, with what was taken off it: what is signed, what may run (R15)
CREATE FUNCTION retention_list_digest(p_run bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT encode(sha256(convert_to(coalesce(string_agg(
        i.position || '|' || i.lead_uuid || '|' || to_char(i.due_on, 'YYYY-MM-DD') || '|' || i.fingerprint
            || CASE WHEN i.outcome = 'rejected' THEN '|-' ELSE '|+' END, E'\\n' ORDER BY i.position), ''), 'UTF8')), 'hex')
    FROM public.retention_dispositionitem i WHERE i.disposition_id = p_run
$$;

-- how many events the log holds: printed on certificates
CREATE FUNCTION retention_log_size() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN public.retention_keeps() THEN (SELECT coalesce(max(id), 0) FROM public.audit_event) END
$$;

"""
RUNS += RUNS_CHECK + "REVOKE ALL ON FUNCTION retention_check_run(bigint, text) FROM PUBLIC;\n"
RUNS_BACK = """
DROP FUNCTION retention_check_run(bigint, text);
DROP FUNCTION retention_log_size();
DROP FUNCTION retention_list_digest(bigint);
"""

MARK = """
-- which database this is: a dump carries the mark along, and the copy is another database
CREATE FUNCTION retention_this_database() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT (SELECT system_identifier FROM pg_control_system()) || ':' || (SELECT oid FROM pg_database WHERE datname = current_database())
$$;

-- whether this content was made ready to serve in this database; true while nothing has been marked yet
CREATE FUNCTION retention_is_ready() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((SELECT m.database = public.retention_this_database() FROM public.retention_databasemark m), true)
$$;

-- how many of these records this database does not know of: neither by a tombstone nor by a run that is at it or decided otherwise
CREATE FUNCTION retention_not_answered(p_leads uuid[]) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*) FROM unnest(p_leads) AS named (lead)
    WHERE NOT EXISTS (SELECT 1 FROM public.retention_tombstone t WHERE t.lead_uuid = named.lead)
      AND NOT EXISTS (SELECT 1 FROM public.retention_dispositionitem i JOIN public.retention_disposition d ON d.id = i.disposition_id
                      WHERE i.lead_uuid = named.lead AND i.outcome <> 'destroyed' AND d.kind = 'destroy' AND d.state IN ('running', 'done'))
$$;
REVOKE ALL ON retention_databasemark FROM {app};
"""
MARK_BACK = """
GRANT SELECT, INSERT, UPDATE, DELETE ON retention_databasemark TO {app};
DROP FUNCTION retention_not_answered(uuid[]);
DROP FUNCTION retention_is_ready();
DROP FUNCTION retention_this_database();
"""

LIST_TOUCHED = """
-- what is signed of a list was changed, added or taken away: its hash is asked again before the next batch
CREATE FUNCTION retention_list_touched() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE public.retention_disposition d SET list_sound = false FROM earlier o JOIN later n ON n.id = o.id
        WHERE d.id IN (o.disposition_id, n.disposition_id) AND d.list_sound
          AND (o.disposition_id, o.position, o.lead_uuid, o.due_on, o.fingerprint, o.outcome = 'rejected')
              IS DISTINCT FROM (n.disposition_id, n.position, n.lead_uuid, n.due_on, n.fingerprint, n.outcome = 'rejected');
    ELSE
        UPDATE public.retention_disposition d SET list_sound = false FROM later n WHERE d.id = n.disposition_id AND d.list_sound;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER retention_list_touched AFTER UPDATE ON retention_dispositionitem REFERENCING OLD TABLE AS earlier NEW TABLE AS later
    FOR EACH STATEMENT EXECUTE FUNCTION retention_list_touched();
CREATE TRIGGER retention_list_longer AFTER INSERT ON retention_dispositionitem REFERENCING NEW TABLE AS later
    FOR EACH STATEMENT EXECUTE FUNCTION retention_list_touched();
CREATE TRIGGER retention_list_shorter AFTER DELETE ON retention_dispositionitem REFERENCING OLD TABLE AS later
    FOR EACH STATEMENT EXECUTE FUNCTION retention_list_touched();
"""
LIST_TOUCHED_BACK = """
DROP TRIGGER retention_list_shorter ON retention_dispositionitem;
DROP TRIGGER retention_list_longer ON retention_dispositionitem;
DROP TRIGGER retention_list_touched ON retention_dispositionitem;
DROP FUNCTION retention_list_touched();
"""

HELD_FILES = """
-- a hold protects the files of its lead; a database made anew has this trigger already, by the loop over all tables
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = 'leads_attachment'::regclass AND tgname = 'retention_refuse_held_children') THEN
        CREATE TRIGGER retention_refuse_held_children AFTER DELETE ON leads_attachment REFERENCING OLD TABLE AS gone
            FOR EACH STATEMENT EXECUTE FUNCTION retention_refuse_held_children();
    END IF;
END $$;
"""

# what a colleague was told about a lead is no part of it, and goes on its day also while a hold stands on the lead
NOTICES_ARE_NO_RECORD = "DROP TRIGGER IF EXISTS retention_refuse_held_children ON leads_notice;"
NOTICES_ARE_NO_RECORD_BACK = HELD_FILES.replace("leads_attachment", "leads_notice")
HELD_FILES_BACK = NOTICES_ARE_NO_RECORD.replace("leads_notice", "leads_attachment")
