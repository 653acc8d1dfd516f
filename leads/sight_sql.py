"""What grants and open glass show, and how marks travel from a person to everything that hangs on the person's leads.

A second page of `leads.sql`: the functions here replace those of the first migrations.
"""

from __future__ import annotations

from leads.sql import FOLLOW_SUBJECTS, FOLLOW_SUBJECTS_BACK

OPEN_ACCOUNTS = """
-- Grants and open glass of an account that is open; a closed account sees nothing. An assignment opens a lead of another
-- office, not a compartment: marks are conjunctive whatever was granted, and open glass alone reads past them, never past
-- that of protected persons.
CREATE OR REPLACE FUNCTION leads_glass_classes() RETURNS int[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(c.id::int), '{}') FROM public.access_accessclass c
    WHERE c.phase = 'live'
      AND NOT c.compartments @> ARRAY[(SELECT id::int FROM public.access_compartment WHERE code = 'protected-person')]
      AND EXISTS (SELECT 1 FROM public.leads_leadgrant g JOIN public.access_user u ON u.id = g.user_id AND u.is_active
                  WHERE g.user_id = public.access_current_user() AND g.kind = 'break_glass' AND g.until > now())
$$;
CREATE OR REPLACE FUNCTION leads_granted() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH cleared AS MATERIALIZED (
        SELECT coalesce(array_agg(x.compartment_id::int), '{}') AS marks FROM public.access_clearance x
        WHERE x.user_id = public.access_current_user() AND x.revoked_at IS NULL AND (x.until IS NULL OR x.until > now())
    ), glass AS MATERIALIZED (SELECT public.leads_glass_classes() AS classes)
    SELECT coalesce(array_agg(g.content_object_id), '{}')
    FROM public.leads_leadgrant g
    JOIN public.access_user u ON u.id = g.user_id AND u.is_active
    JOIN public.leads_lead l ON l.id = g.content_object_id
    JOIN public.access_accessclass c ON c.id = l.class_id AND c.phase = 'live'
    LEFT JOIN public.subjects_subject s ON s.id = l.subject_id, cleared, glass
    WHERE g.user_id = public.access_current_user() AND (g.until IS NULL OR g.until > now())
      AND CASE g.kind WHEN 'break_glass' THEN l.class_id = ANY (glass.classes) AND (s.id IS NULL OR s.class_id = ANY (glass.classes))
          ELSE c.compartments <@ cleared.marks END
$$;
-- the leads that are open by break-glass, without those that are merely assigned
CREATE FUNCTION leads_glass_leads() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(g.content_object_id), '{}') FROM public.leads_leadgrant g
    WHERE g.user_id = public.access_current_user() AND g.kind = 'break_glass' AND g.until > now()
      AND g.content_object_id = ANY (public.leads_granted())
$$;
-- an open glass shows what was referred, too: reading only
CREATE POLICY leads_referral_break_glass ON leads_referral FOR SELECT TO {app}
    USING (lead_id = ANY ((SELECT leads_glass_leads())::bigint[]) AND class_id = ANY ((SELECT leads_glass_classes())::int[]));
CREATE POLICY leads_packet_break_glass ON leads_packet FOR SELECT TO {app}
    USING (class_id = ANY ((SELECT leads_glass_classes())::int[]) AND EXISTS (
        SELECT 1 FROM leads_referral r WHERE r.id = referral_id AND r.lead_id = ANY ((SELECT leads_glass_leads())::bigint[])));
CREATE POLICY leads_outcome_break_glass ON leads_outcome FOR SELECT TO {app}
    USING (class_id = ANY ((SELECT leads_glass_classes())::int[]) AND EXISTS (
        SELECT 1 FROM leads_referral r WHERE r.id = referral_id AND r.lead_id = ANY ((SELECT leads_glass_leads())::bigint[])));
"""

DROP_GRANTS = """
-- grants whose time is over go, whoever's they are; returns how many
CREATE FUNCTION leads_drop_grants(p_now timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (DELETE FROM public.leads_leadgrant WHERE until <= least(p_now, now()) RETURNING 1) SELECT count(*) FROM gone
$$;
"""

DROP_GRANTS_BACK = "DROP FUNCTION leads_drop_grants(timestamptz);"

OPEN_ACCOUNTS_BACK = """
DROP POLICY leads_outcome_break_glass ON leads_outcome;
DROP POLICY leads_packet_break_glass ON leads_packet;
DROP POLICY leads_referral_break_glass ON leads_referral;
DROP FUNCTION leads_glass_leads();
"""

MARKS_TRAVEL = """
-- everything that hangs on a lead takes over marks that it lacks, whatever else it carries: referral, packet and outcome keep
-- their office, notes their readers
CREATE FUNCTION leads_mark(p_lead bigint, p_marks int[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.leads_note n SET class_id = public.access_intern_class(c.audience, c.office_id, c.compartments || p_marks)
    FROM public.access_accessclass c
    WHERE n.lead_id = p_lead AND c.id = n.class_id AND c.phase = 'live' AND NOT c.compartments @> p_marks;
    UPDATE public.leads_wait w SET class_id = public.access_intern_class(c.audience, c.office_id, c.compartments || p_marks)
    FROM public.access_accessclass c
    WHERE w.lead_id = p_lead AND c.id = w.class_id AND c.phase = 'live' AND NOT c.compartments @> p_marks;
    UPDATE public.leads_packet p SET class_id = public.access_intern_class(c.audience, c.office_id, c.compartments || p_marks)
    FROM public.access_accessclass c, public.leads_referral r
    WHERE r.lead_id = p_lead AND p.referral_id = r.id AND c.id = p.class_id AND c.phase = 'live' AND NOT c.compartments @> p_marks;
    UPDATE public.leads_outcome o SET class_id = public.access_intern_class(c.audience, c.office_id, c.compartments || p_marks)
    FROM public.access_accessclass c, public.leads_referral r
    WHERE r.lead_id = p_lead AND o.referral_id = r.id AND c.id = o.class_id AND c.phase = 'live' AND NOT c.compartments @> p_marks;
    UPDATE public.leads_referral r SET class_id = public.access_intern_class(c.audience, c.office_id, c.compartments || p_marks)
    FROM public.access_accessclass c
    WHERE r.lead_id = p_lead AND c.id = r.class_id AND c.phase = 'live' AND NOT c.compartments @> p_marks;
END $$;
REVOKE ALL ON FUNCTION leads_mark(bigint, int[]) FROM PUBLIC;

-- leads take over the compartments of their subjects and keep those that they had (a protected person's filing may come
-- after the lead); all that hangs on them follows, and so do the subject's findings that opened no lead. Only for whoever
-- sees the class that results; an update by the application role would be refused, for it has no right to classes.
CREATE OR REPLACE FUNCTION leads_follow_subjects(p_subjects bigint[]) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found record;
    wanted bigint;
    moved int := 0;
BEGIN
    FOR found IN
        SELECT lead.id, lead.class_id, lead.office_id, mine.compartments || theirs.compartments AS marks
        FROM public.leads_lead lead
        JOIN public.subjects_subject subject ON subject.id = lead.subject_id
        JOIN public.access_accessclass theirs ON theirs.id = subject.class_id
        JOIN public.access_accessclass mine ON mine.id = lead.class_id
        WHERE lead.subject_id = ANY (p_subjects) AND NOT mine.compartments @> theirs.compartments AND mine.phase = 'live'
        ORDER BY lead.id
    LOOP
        wanted := public.access_intern_class('hq', found.office_id, found.marks);
        IF NOT (wanted = ANY (public.access_classes())) THEN
            RAISE EXCEPTION 'class is not in sight' USING ERRCODE = '42501';
        END IF;
        UPDATE public.leads_lead SET class_id = wanted, version = version + 1 WHERE id = found.id;
        PERFORM public.leads_reclass(found.id, found.class_id, wanted);
        PERFORM public.leads_mark(found.id, found.marks);
        moved := moved + 1;
    END LOOP;
    UPDATE public.leads_finding f SET class_id = s.class_id
    FROM public.subjects_subject s JOIN public.access_accessclass theirs ON theirs.id = s.class_id, public.access_accessclass mine
    WHERE s.id = ANY (p_subjects) AND f.subject_id = s.id AND f.lead_id IS NULL AND mine.id = f.class_id AND mine.phase = 'live'
      AND NOT mine.compartments @> theirs.compartments AND s.class_id = ANY (public.access_classes());
    RETURN moved;
END $$;
"""

MARKS_TRAVEL_BACK = "DROP FUNCTION leads_mark(bigint, int[]);" + FOLLOW_SUBJECTS_BACK + FOLLOW_SUBJECTS

LEAVE = """
-- leads leave compartments that their subjects do not carry any more, with all that hangs on them. Only for the system's own
-- services: who may order it, and with whose consent, is asked before (`oversight.services.compartments`).
CREATE FUNCTION leads_leave_compartments(p_subjects bigint[], p_marks int[]) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    leads bigint[];
    child text;
    rows_of text;
BEGIN
    IF NOT coalesce((SELECT 'service' = ANY (r.roles) FROM public.access_resolve(public.access_current_user(), now()) r), false) THEN
        RAISE EXCEPTION 'only a service opens compartments' USING ERRCODE = '42501';
    END IF;
    SELECT coalesce(array_agg(lead.id ORDER BY lead.id), '{}') INTO leads
    FROM public.leads_lead lead
    JOIN public.subjects_subject s ON s.id = lead.subject_id
    JOIN public.access_accessclass theirs ON theirs.id = s.class_id
    WHERE lead.subject_id = ANY (p_subjects) AND NOT theirs.compartments && p_marks;
    FOR child, rows_of IN
        SELECT c.relname, CASE WHEN c.relname = 'leads_lead' THEN 't.id = ANY ($1)' ELSE 't.lead_id = ANY ($1)' END
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = CASE c.relname WHEN 'leads_lead' THEN 'id' ELSE 'lead_id' END
        JOIN pg_attribute k ON k.attrelid = c.oid AND k.attname = 'class_id'
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname LIKE 'leads\\_%'
        UNION ALL SELECT t, 't.referral_id IN (SELECT r.id FROM public.leads_referral r WHERE r.lead_id = ANY ($1))'
        FROM unnest(ARRAY['leads_packet', 'leads_outcome']) t
        UNION ALL SELECT 'leads_finding', 't.lead_id IS NULL AND t.subject_id = ANY ($3)'
    LOOP
        EXECUTE format('UPDATE public.%I t SET class_id = public.access_intern_class(c.audience, c.office_id, '
                       'ARRAY(SELECT x FROM unnest(c.compartments) x WHERE x <> ALL ($2))) '
                       'FROM public.access_accessclass c WHERE c.id = t.class_id AND c.phase = ''live'' AND c.compartments && $2 AND %s',
                       child, rows_of) USING leads, p_marks, p_subjects;
    END LOOP;
    UPDATE public.leads_lead SET version = version + 1 WHERE id = ANY (leads);
    RETURN coalesce(array_length(leads, 1), 0);
END $$;
REVOKE ALL ON FUNCTION leads_leave_compartments(bigint[], int[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION leads_leave_compartments(bigint[], int[]) TO {app};
"""
LEAVE_BACK = "DROP FUNCTION leads_leave_compartments(bigint[], int[]);"
