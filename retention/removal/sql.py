"""What removes rows, in the database: run as the owner, each asks for itself whether it may.

Tables are found in the catalog, so that one which joins the house later is archived and destroyed like the others.
"""

from __future__ import annotations

ERASE = """
-- Deletes rows and everything that hangs on them, found in the catalog: a table that joins the house later goes too. What
-- hangs on them from outside the families stops the deletion, so nothing is torn off unseen.
CREATE OR REPLACE FUNCTION retention_erase(p_table regclass, p_ids bigint[], p_families text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    link record;
    children bigint[];
BEGIN
    IF coalesce(cardinality(p_ids), 0) = 0 THEN RETURN; END IF;
    FOR link IN
        SELECT c.conrelid::regclass AS child, a.attname AS via,
               (SELECT k.attname FROM pg_index i JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = i.indkey[0]
                WHERE i.indrelid = c.conrelid AND i.indisprimary) AS key
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        -- by the triggers that guard the references: pg_constraint has no index by the table referred to
        WHERE c.oid IN (SELECT t.tgconstraint FROM pg_trigger t WHERE t.tgrelid = p_table AND t.tgconstrrelid <> 0)
          AND c.contype = 'f' AND c.confrelid = p_table AND c.conrelid <> c.confrelid
        ORDER BY 1, 2
    LOOP
        IF link.child::text = 'subjects_associate' AND link.via = 'linked_subject_id' THEN
            UPDATE public.subjects_associate SET linked_subject_id = NULL WHERE linked_subject_id = ANY (p_ids);
            CONTINUE;
        END IF;
        EXECUTE format('SELECT array_agg(%I::bigint) FROM %s WHERE %I = ANY ($1)', link.key, link.child, link.via) INTO children USING p_ids;
        CONTINUE WHEN children IS NULL;
        IF NOT link.child::text LIKE ANY (p_families) OR link.child::text = 'leads_lead' THEN
            RAISE EXCEPTION '% still refers to %', link.child, p_table USING ERRCODE = 'LT409';
        END IF;
        PERFORM public.retention_erase(link.child, children, p_families);
    END LOOP;
    EXECUTE format('DELETE FROM %s WHERE %I = ANY ($1)', p_table,
        (SELECT k.attname FROM pg_index i JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = i.indkey[0]
         WHERE i.indrelid = p_table AND i.indisprimary)) USING p_ids;
END $$;
REVOKE ALL ON FUNCTION retention_erase(regclass, bigint[], text[]) FROM PUBLIC;

-- those of the rows to which nothing refers, tables named like `p_apart` aside
CREATE OR REPLACE FUNCTION retention_unreferenced(p_table regclass, p_ids bigint[], p_apart text) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    link record;
    left_over bigint[] := p_ids;
BEGIN
    FOR link IN SELECT c.conrelid::regclass AS child, a.attname AS via
                FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                WHERE c.oid IN (SELECT t.tgconstraint FROM pg_trigger t WHERE t.tgrelid = p_table AND t.tgconstrrelid <> 0)
                  AND c.contype = 'f' AND c.confrelid = p_table AND NOT c.conrelid::regclass::text LIKE p_apart
    LOOP
        EXECUTE format('SELECT coalesce(array_agg(x), ''{}'') FROM unnest($1) x WHERE NOT EXISTS (SELECT 1 FROM %s c WHERE c.%I = x)',
                       link.child, link.via) INTO left_over USING left_over;
    END LOOP;
    RETURN left_over;
END $$;

-- the source rows whose facts, links and associates these subjects hold
CREATE OR REPLACE FUNCTION retention_rows_behind(p_subjects bigint[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    link record;
    more bigint[];
    found bigint[] := '{}';
BEGIN
    FOR link IN SELECT c.conrelid::regclass AS child, a.attname AS via
                FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                WHERE c.oid IN (SELECT t.tgconstraint FROM pg_trigger t WHERE t.tgrelid = 'ingest_sourcerow'::regclass AND t.tgconstrrelid <> 0)
                  AND c.contype = 'f' AND c.confrelid = 'ingest_sourcerow'::regclass
                  AND EXISTS (SELECT 1 FROM pg_attribute s WHERE s.attrelid = c.conrelid AND s.attname = 'subject_id')
    LOOP
        EXECUTE format('SELECT array_agg(DISTINCT %I) FROM %s WHERE subject_id = ANY ($1) AND %I IS NOT NULL', link.via, link.child, link.via)
            INTO more USING p_subjects;
        found := found || coalesce(more, '{}');
    END LOOP;
    RETURN (SELECT coalesce(array_agg(DISTINCT x), '{}') FROM unnest(found) x);
END $$;

"""
ERASE_BACK = """
DROP FUNCTION retention_rows_behind(bigint[]);
DROP FUNCTION retention_unreferenced(regclass, bigint[], text);
DROP FUNCTION retention_erase(regclass, bigint[], text[]);
"""

ERASE_LEADS = """
-- a lead with all that hangs on it; subjects and organizations of which it was the last; source rows and words of names
-- that then nobody needs
CREATE OR REPLACE FUNCTION retention_erase_leads(p_leads bigint[], p_subjects bigint[], p_organizations bigint[], p_suppress_until date) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    rows bigint[] := public.retention_rows_behind(p_subjects);
    words text[] := (SELECT array_agg(DISTINCT word) FROM public.subjects_namefact n, unnest(string_to_array(n.name_key, ' ')) word
                     WHERE n.subject_id = ANY (p_subjects));
BEGIN
--settled--
    PERFORM public.retention_erase('public.leads_lead', p_leads, ARRAY['leads\\_%', 'retention\\_retentionclock']);
    PERFORM public.retention_erase('public.subjects_subject', p_subjects, ARRAY['subjects\\_%', 'leads\\_%']);
    DELETE FROM public.subjects_nametoken known WHERE known.token = ANY (words)
        AND NOT EXISTS (SELECT 1 FROM public.subjects_namefact f WHERE string_to_array(f.name_key, ' ') @> ARRAY[known.token]);
    rows := public.retention_unreferenced('public.ingest_sourcerow', rows, '');
    INSERT INTO public.retention_suppression (source, content_key, expires_on)
    SELECT DISTINCT r.source, r.content_key, p_suppress_until FROM public.ingest_sourcerow r WHERE r.id = ANY (rows)
    ORDER BY 1, 2  -- two workers take these rows in one order
    ON CONFLICT (source, content_key) DO UPDATE SET expires_on = greatest(EXCLUDED.expires_on, retention_suppression.expires_on);
    DELETE FROM public.ingest_sourcerow WHERE id = ANY (rows);
    PERFORM public.retention_erase('public.organizations_organization',
        public.retention_unreferenced('public.organizations_organization', p_organizations, 'organizations\\_%'), ARRAY['organizations\\_%']);
END $$;
REVOKE ALL ON FUNCTION retention_erase_leads(bigint[], bigint[], bigint[], date) FROM PUBLIC;
"""
SETTLED_STAYS = """
    -- The facts of a subject that stays are judged on: what people settled about them passes to the lead that goes last, or
    -- the machine would open the same matter again. One of each matter and evidence.
    WITH settled AS (
        SELECT DISTINCT ON (stays.id, c.matter_key, c.evidence_digest) c.id, stays.id AS lead_id, stays.class_id, c.matter_key, c.evidence_digest
        FROM public.leads_correction c CROSS JOIN LATERAL (
            SELECT o.id, o.class_id FROM public.leads_lead o WHERE o.subject_id = c.subject_id AND o.id <> ALL (p_leads)
            ORDER BY o.record_created_on DESC, o.id DESC LIMIT 1) stays
        WHERE c.lead_id = ANY (p_leads) AND c.withdrawn_at IS NULL
        ORDER BY stays.id, c.matter_key, c.evidence_digest, c.id)
    UPDATE public.leads_correction c SET lead_id = s.lead_id, class_id = s.class_id FROM settled s
    WHERE c.id = s.id AND NOT EXISTS (
        SELECT 1 FROM public.leads_correction o WHERE o.lead_id = s.lead_id AND o.withdrawn_at IS NULL
        AND o.matter_key = s.matter_key AND o.evidence_digest = s.evidence_digest);"""
ERASE_LEADS_BEFORE = ERASE_LEADS.replace("--settled--\n", "")
ERASE_LEADS = ERASE_LEADS.replace("--settled--", SETTLED_STAYS.strip("\n"))
# without a day every row may come again: whoever forgets people says row by row which may not (retention.removal.people)
ERASE_LEADS_SUPPRESSING = ERASE_LEADS
ERASE_LEADS = ERASE_LEADS.replace(
    "WHERE r.id = ANY (rows)\n    ORDER", "WHERE r.id = ANY (rows) AND p_suppress_until IS NOT NULL\n    ORDER"
)
ERASE_LEADS_BACK = "DROP FUNCTION retention_erase_leads(bigint[], bigint[], bigint[], date);"

# the package says what the clock says: neither was dated anew between the reading and the removal
SAME_DAYS = """
              AND (SELECT (p.schedule_id, p.destroy_on, p.conditions) = (c.schedule_id, c.destroy_on, c.conditions)
                   FROM public.retention_retentionclock c WHERE c.lead_id = l.id)"""
KEPT_LONGER = """
      AND NOT EXISTS (SELECT 1 FROM public.retention_extension e WHERE e.lead_uuid = l.uuid AND e.ends_on > day)"""
ARCHIVE = """
-- Takes sealed leads out of the live tables. Each must be a waiting item of the signed run, due, closed, sealed with its
-- fixity checked; a hold refuses by trigger. `p_subjects` are the subjects whose facts the packages hold: each must have
-- no other lead, and no subject may be left without a lead.
CREATE OR REPLACE FUNCTION retention_archive(p_run bigint, p_leads uuid[], p_subjects bigint[], p_organizations bigint[], p_suppress_until date) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    ids bigint[];
    day date;
    schedule bigint;
BEGIN
    PERFORM public.retention_check_run(p_run, 'archive');
    SELECT as_of, schedule_id INTO day, schedule FROM public.retention_disposition WHERE id = p_run;
    PERFORM 1 FROM public.leads_lead WHERE uuid = ANY (p_leads) ORDER BY id FOR UPDATE;
    PERFORM 1 FROM public.subjects_subject WHERE id = ANY (p_subjects) ORDER BY id FOR UPDATE;
    -- one look-up by a unique key each: a join would be planned by what these tables held before the run began
    SELECT array_agg(l.id) INTO ids
    FROM public.leads_lead l
    WHERE l.uuid = ANY (p_leads) AND l.state IN ('closed', 'auto_closed')
      AND (SELECT i.outcome = 'pending' FROM public.retention_dispositionitem i WHERE i.lead_uuid = l.uuid AND i.disposition_id = p_run)
      AND (SELECT least(c.archive_on, c.destroy_on) <= day AND s.status = 'approved' AND s.id = schedule
           FROM public.retention_retentionclock c JOIN public.retention_schedule s ON s.id = c.schedule_id WHERE c.lead_id = l.id)
      AND (SELECT p.disposition_id = p_run AND EXISTS (SELECT 1 FROM public.retention_archivefile f WHERE f.package_id = p.id)
--same-days--
           FROM public.retention_archivepackage p WHERE p.lead_uuid = l.uuid)--kept-longer--;
    IF coalesce(cardinality(ids), 0) <> cardinality(p_leads) THEN
        RAISE EXCEPTION 'a record of this batch may not be archived' USING ERRCODE = 'LT409';
    END IF;
    IF EXISTS (SELECT 1 FROM public.leads_lead WHERE subject_id = ANY (p_subjects) AND id <> ALL (ids))
       OR EXISTS (SELECT 1 FROM public.leads_lead l WHERE l.id = ANY (ids) AND l.subject_id <> ALL (p_subjects)
                  AND NOT EXISTS (SELECT 1 FROM public.leads_lead o WHERE o.subject_id = l.subject_id AND o.id <> ALL (ids))) THEN
        RAISE EXCEPTION 'a subject goes with its last lead, not before and not after' USING ERRCODE = 'LT409';
    END IF;
    PERFORM public.retention_erase_leads(ids, p_subjects, p_organizations, p_suppress_until);
    UPDATE public.retention_dispositionitem SET outcome = 'archived', decided_at = now() WHERE disposition_id = p_run AND lead_uuid = ANY (p_leads);
    UPDATE public.retention_disposition SET removed_at = clock_timestamp(), table_files = (
        SELECT jsonb_object_agg(relname, pg_relation_filenode(oid)) FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
          AND (relname ~ '^(leads|subjects|organizations)_' OR relname IN ('ingest_sourcerow', 'retention_retentionclock')))
    WHERE id = p_run;
    RETURN cardinality(ids);
END $$;

-- where a package's file is: told to a records officer (cleared for the record's markings), never without a row of who asked
CREATE OR REPLACE FUNCTION retention_open(p_package uuid, p_kind text, p_reason bytea, p_authority_kind text, p_authority text,
    OUT file_name text, OUT file_sha256 text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me bigint := public.access_current_user();
    package public.retention_archivepackage%ROWTYPE;
BEGIN
    SELECT * INTO package FROM public.retention_archivepackage WHERE uuid = p_package;
    IF NOT FOUND OR NOT public.retention_keeps() OR NOT EXISTS (
        SELECT 1 FROM public.access_accessclass c WHERE c.id = package.lead_class_id AND (
            c.compartments <@ (SELECT coalesce(array_agg(x.compartment_id::int), '{}') FROM public.access_clearance x
                               WHERE x.user_id = me AND x.revoked_at IS NULL AND (x.until IS NULL OR x.until > now()))
            OR (SELECT 'service' = ANY (r.roles) FROM public.access_resolve(me, now()) r))) THEN
        RAISE EXCEPTION 'no such package' USING ERRCODE = 'LT404';
    END IF;
    IF length(p_reason) = 0 THEN
        RAISE EXCEPTION 'a reason is needed' USING ERRCODE = 'LT422';
    END IF;
    INSERT INTO public.retention_archiveopening (uuid, package_uuid, lead_number, kind, reason_sealed, authority_kind, authority, opened_by_id)
    VALUES (gen_random_uuid(), package.uuid, package.lead_number, p_kind, p_reason, p_authority_kind, p_authority, me);
    SELECT f.name, f.sha256 INTO file_name, file_sha256 FROM public.retention_archivefile f WHERE f.package_id = package.id;
END $$;
"""
ARCHIVE_BEFORE = ARCHIVE.replace("--same-days--", "").replace("--kept-longer--", "")  # of a database whose records have no conditions
ARCHIVE = ARCHIVE.replace("--same-days--", SAME_DAYS.strip())
ARCHIVE_NOT_KEPT = ARCHIVE.replace("--kept-longer--", "")
ARCHIVE = ARCHIVE.replace("--kept-longer--", KEPT_LONGER)
ARCHIVE_BACK = """
DROP FUNCTION retention_open(uuid, text, bytea, text, text);
DROP FUNCTION retention_archive(bigint, uuid[], bigint[], bigint[], date);
"""

DESTROY = """
-- the tables that held what this run removed and were not rewritten since: none may be left when what was archived is destroyed
CREATE OR REPLACE FUNCTION retention_not_rewritten(p_archive_run bigint) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(t.key ORDER BY t.key), '{}')
    FROM public.retention_disposition d, jsonb_each_text(d.table_files) t
    WHERE d.id = p_archive_run AND to_regclass('public.' || t.key) IS NOT NULL
      AND (pg_relation_filenode(to_regclass('public.' || t.key))::text = t.value OR NOT EXISTS (
           SELECT 1 FROM public.retention_tablerewrite w
           WHERE w."table" = t.key AND w.started_at > d.removed_at AND w.left_behind = 0))
$$;

-- Destroys archived records: the keys first, then packages, hashes and audit payloads; a tombstone stays. The
-- items keep the names of the files that are now unreadable and still have to be removed.
CREATE OR REPLACE FUNCTION retention_destroy(p_run bigint, p_leads uuid[]) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    ids bigint[];
    scopes uuid[];
    day date;
    schedule bigint;
    key_at timestamptz;
    gone uuid[];
    files text[];
BEGIN
    PERFORM public.retention_check_run(p_run, 'destroy');
    SELECT as_of, schedule_id INTO day, schedule FROM public.retention_disposition WHERE id = p_run;
    PERFORM 1 FROM public.retention_archivepackage WHERE lead_uuid = ANY (p_leads) ORDER BY id FOR UPDATE;
    SELECT array_agg(p.id) INTO ids
    FROM public.retention_archivepackage p
    WHERE p.lead_uuid = ANY (p_leads) AND p.destroy_on <= day AND p.schedule_id = schedule
      AND (SELECT i.outcome = 'pending' FROM public.retention_dispositionitem i WHERE i.lead_uuid = p.lead_uuid AND i.disposition_id = p_run)
      AND (SELECT s.status = 'approved' FROM public.retention_schedule s WHERE s.id = p.schedule_id)
      AND NOT EXISTS (SELECT 1 FROM public.retention_extension e WHERE e.lead_uuid = p.lead_uuid AND e.ends_on > day)
      AND NOT EXISTS (SELECT 1 FROM public.leads_lead l WHERE l.uuid = p.lead_uuid);
    IF coalesce(cardinality(ids), 0) <> cardinality(p_leads) THEN
        RAISE EXCEPTION 'a record of this batch may not be destroyed' USING ERRCODE = 'LT409';
    END IF;
    IF EXISTS (SELECT 1 FROM (SELECT DISTINCT disposition_id AS run FROM public.retention_archivepackage WHERE id = ANY (ids)) a
               WHERE public.retention_not_rewritten(a.run) <> '{}') THEN
        RAISE EXCEPTION 'the tables were not rewritten since these records were archived' USING ERRCODE = 'LT409';
    END IF;
--scopes--    DELETE FROM public.audit_datakey WHERE scope = ANY (scopes);
    key_at := clock_timestamp();
    SELECT array_agg(p.lead_uuid ORDER BY p.id), array_agg(f.name::text ORDER BY p.id) INTO gone, files
    FROM public.retention_archivepackage p JOIN public.retention_archivefile f ON f.package_id = p.id WHERE p.id = ANY (ids);
    INSERT INTO public.retention_tombstone (lead_uuid, lead_number, class_id, disposition_id, authority, schedule_title, record_created_on, destroyed_at)
    SELECT p.lead_uuid, p.lead_number, p.lead_class_id, p_run, s.authority, s.title || ' (version ' || s.version || ')', p.record_created_on, key_at
    FROM public.retention_archivepackage p JOIN public.retention_schedule s ON s.id = p.schedule_id WHERE p.id = ANY (ids);
    DELETE FROM public.retention_archivefile WHERE package_id = ANY (ids);
    DELETE FROM public.retention_archiveidentifier WHERE package_id = ANY (ids);
    DELETE FROM public.retention_archivepackage WHERE id = ANY (ids);
    DELETE FROM public.audit_payload WHERE scope = ANY (scopes);
    UPDATE public.retention_dispositionitem i SET outcome = 'destroyed', decided_at = now(), key_destroyed_at = key_at,
        rows_deleted_at = clock_timestamp(), file_name = g.file
    FROM unnest(gone, files) AS g (lead, file) WHERE i.disposition_id = p_run AND i.lead_uuid = g.lead;
--key-files--
    RETURN coalesce(cardinality(gone), 0);
END $$;
"""
SCOPES = """
-- The scopes whose keys and payloads go when these records are destroyed. Those of a person go with the last record about the person:
-- while another one is sealed or the person is live, they stay. Of two workers that destroy the last two, the second one sees that.
CREATE OR REPLACE FUNCTION retention_scopes_going(p_leads uuid[]) RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    own uuid[];
    people uuid[];
    alone uuid[];
    shared uuid[];
    waits uuid;
BEGIN
    IF NOT coalesce((SELECT 'service' = ANY (r.roles) FROM public.access_resolve(public.access_current_user(), now()) r), false) THEN
        RAISE EXCEPTION 'only the records worker removes records' USING ERRCODE = '42501';
    END IF;
    SELECT array_agg(p.uuid) || array_agg(p.lead_uuid) INTO own FROM public.retention_archivepackage p WHERE p.lead_uuid = ANY (p_leads);
    people := ARRAY(SELECT DISTINCT x.scope FROM public.retention_archivepackage p, unnest(p.shred) AS x (scope)
                    WHERE p.lead_uuid = ANY (p_leads) AND x.scope <> p.lead_uuid);
    -- in one statement, so that a live person is not sealed between the two questions
    SELECT array_agg(s.scope) FILTER (WHERE NOT s.shared AND NOT s.live), array_agg(s.scope ORDER BY s.scope) FILTER (WHERE s.shared)
    INTO alone, shared
    FROM (SELECT scope,
                 EXISTS (SELECT 1 FROM public.retention_archivepackage o WHERE o.shred @> ARRAY[scope] AND o.lead_uuid <> ALL (p_leads)) AS shared,
                 EXISTS (SELECT 1 FROM public.subjects_subject n WHERE n.uuid = scope) AS live
          FROM unnest(people) AS scope) s;
    FOREACH waits IN ARRAY coalesce(shared, '{}') LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended(waits::text, 0));
    END LOOP;
    RETURN coalesce(own, '{}') || coalesce(alone, '{}') || ARRAY(
        SELECT scope FROM unnest(shared) AS scope
        WHERE NOT EXISTS (SELECT 1 FROM public.retention_archivepackage o WHERE o.shred @> ARRAY[scope] AND o.lead_uuid <> ALL (p_leads))
          AND NOT EXISTS (SELECT 1 FROM public.subjects_subject n WHERE n.uuid = scope));
END $$;
"""
SCOPES_BACK = "DROP FUNCTION retention_scopes_going(uuid[]);"
# a deleted row lies in its table's file until the file is rewritten: a wrapped key too, and the key that wraps it goes on
KEY_FILES = """
    UPDATE public.retention_disposition SET removed_at = clock_timestamp(), table_files = (
        SELECT jsonb_object_agg(relname, pg_relation_filenode(oid)) FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
          AND (relname IN ('audit_datakey', 'audit_payload') OR relname ~ '^retention_archive(package|file|identifier)$'))
    WHERE id = p_run;"""
ALL_SCOPES = """    SELECT array_agg(scope) INTO scopes FROM (
        SELECT p.uuid AS scope FROM public.retention_archivepackage p WHERE p.id = ANY (ids)
        UNION SELECT unnest(p.shred) FROM public.retention_archivepackage p WHERE p.id = ANY (ids)) all_scopes;
"""
DESTROY_BEFORE = DESTROY.replace("--key-files--\n", "").replace("--scopes--", ALL_SCOPES)
DESTROY = DESTROY.replace("--key-files--", KEY_FILES.strip("\n"))
DESTROY_EVERY_SCOPE = DESTROY.replace("--scopes--", ALL_SCOPES)
DESTROY = DESTROY.replace("--scopes--", "    scopes := public.retention_scopes_going(p_leads);\n")
DESTROY_BACK = """
DROP FUNCTION retention_destroy(bigint, uuid[]);
DROP FUNCTION retention_not_rewritten(bigint);
"""
