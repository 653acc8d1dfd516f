"""What forgets a person without a lead, in the database: as its owner, and only when it has seen for itself that nobody needs them."""

from __future__ import annotations

from retention.sql import NOT_BEFORE_THE_REPLAY

FORGET_PEOPLE = """
-- Erases people with all that is known of them, and the words that events say of them. Refuses all of them when one has a lead,
-- is merged with somebody who stays, was judged beside somebody who is or has a lead, or was heard of since `p_quiet_since`.
-- Which of their rows make nothing when they come again, the caller writes down.
CREATE OR REPLACE FUNCTION retention_forget_people(p_subjects bigint[], p_organizations bigint[], p_quiet_since timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    facts regclass;
    heard boolean;
    scopes uuid[];
BEGIN
    IF NOT coalesce((SELECT 'service' = ANY (r.roles) FROM public.access_resolve(public.access_current_user(), now()) r), false) THEN
        RAISE EXCEPTION 'only the records worker forgets people' USING ERRCODE = '42501';
    END IF;
--ready--    IF public.retention_gathering() THEN
        RAISE EXCEPTION 'a hold is still finding its records' USING ERRCODE = 'LT423';
    END IF;
    PERFORM 1 FROM public.subjects_subject WHERE id = ANY (p_subjects) ORDER BY id FOR UPDATE;
    IF EXISTS (SELECT 1 FROM public.leads_lead WHERE subject_id = ANY (p_subjects))
       OR EXISTS (SELECT 1 FROM public.subjects_subjectredirect r WHERE r.closed_at IS NULL
                  AND (r.from_subject_id = ANY (p_subjects)) <> (r.to_subject_id = ANY (p_subjects)))
       OR EXISTS (SELECT 1 FROM public.subjects_judgement j JOIN public.leads_lead l ON l.subject_id IN (j.left_id, j.right_id)
                  WHERE j.undone_at IS NULL AND (j.left_id = ANY (p_subjects) OR j.right_id = ANY (p_subjects))) THEN
        RAISE EXCEPTION 'somebody needs one of these people' USING ERRCODE = 'LT409';
    END IF;
    FOR facts IN SELECT c.oid::regclass FROM pg_class c
                 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname LIKE 'subjects\\_%fact' LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s f WHERE f.subject_id = ANY ($1)
                        AND greatest(f.known_at, f.superseded_at, f.retracted_at) > $2)', facts) INTO heard USING p_subjects, p_quiet_since;
        IF heard THEN
            RAISE EXCEPTION 'one of these people was heard of' USING ERRCODE = 'LT409';
        END IF;
    END LOOP;
    SELECT array_agg(uuid) INTO scopes FROM public.subjects_subject WHERE id = ANY (p_subjects);
    DELETE FROM public.audit_datakey WHERE scope = ANY (scopes);
    PERFORM public.retention_erase_leads('{}', p_subjects, p_organizations, NULL);
    DELETE FROM public.audit_payload WHERE scope = ANY (scopes);
    RETURN coalesce(cardinality(scopes), 0);
END $$;
"""
FORGET_PEOPLE_ANYWHERE = FORGET_PEOPLE.replace("--ready--", "")
FORGET_PEOPLE = FORGET_PEOPLE.replace("--ready--", NOT_BEFORE_THE_REPLAY.lstrip("\n") + "\n")
FORGET_PEOPLE_BACK = "DROP FUNCTION retention_forget_people(bigint[], bigint[], timestamptz);"
