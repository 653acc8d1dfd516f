"""How files and drafts follow their lead in the database. The functions here replace those of `leads.sight_sql`."""

from __future__ import annotations

from leads.sight_sql import MARKS_TRAVEL
from leads.sql import CHILDREN, reclass

_START = MARKS_TRAVEL.index("CREATE FUNCTION leads_mark")
_END = MARKS_TRAVEL.index("REVOKE ALL ON FUNCTION leads_mark")
MARK_BEFORE = MARKS_TRAVEL[_START:_END].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
# files take over the marks of their lead as notes do: they keep their readers
MARK_FILES = MARK_BEFORE.replace(
    "BEGIN\n",
    """BEGIN
    UPDATE public.leads_attachment a SET class_id = public.access_intern_class(c.audience, c.office_id, c.compartments || p_marks)
    FROM public.access_accessclass c
    WHERE a.lead_id = p_lead AND c.id = a.class_id AND c.phase = 'live' AND NOT c.compartments @> p_marks;
""",
    1,
)
RECLASS_BEFORE = reclass((*CHILDREN, "wait"))
RECLASS_FILES = reclass((*CHILDREN, "wait", "attachment"))

STRAY = """
-- which of these random names of files no row knows; asked as the owner, so that a row out of the asker's sight keeps its file
CREATE FUNCTION leads_stray_files(p_names text[]) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(n), '{}') FROM unnest(p_names) n
    WHERE NOT EXISTS (SELECT 1 FROM public.leads_attachment a WHERE a.stored_as = n)
$$;
"""
STRAY_BACK = "DROP FUNCTION leads_stray_files(text[]);"

DRAFTS = """
-- the words of drafts that nobody has touched for so many days go, whoever's they are; returns how many
CREATE FUNCTION leads_forget_drafts(p_days int) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (
        UPDATE public.leads_draft SET sealed = NULL
        WHERE sealed IS NOT NULL AND saved_at < now() - make_interval(days => greatest(p_days, 30))
        RETURNING 1)
    SELECT count(*) FROM gone
$$;
"""
DRAFTS_BACK = "DROP FUNCTION leads_forget_drafts(int);"
# one's own, while the lead or a referral of it is in sight
OWN_DRAFTS = (
    "user_id = (SELECT access_current_user()) AND (EXISTS (SELECT 1 FROM leads_lead l WHERE l.id = lead_id) "
    "OR EXISTS (SELECT 1 FROM leads_referral r WHERE r.lead_id = leads_draft.lead_id))"
)

HAND_OVER = """
-- what was written or attached for the office that had a referral goes to the office to which that was transferred, with the
-- marks that it carries. Only for the system's own services, and only as far as an open referral says that it was transferred.
CREATE FUNCTION leads_hand_over(p_referral bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    given record;
BEGIN
    IF NOT coalesce((SELECT 'service' = ANY (r.roles) FROM public.access_resolve(public.access_current_user(), now()) r), false) THEN
        RAISE EXCEPTION 'only a service hands over' USING ERRCODE = '42501';
    END IF;
    SELECT t.lead_id, old.office_id AS from_office, t.office_id AS to_office INTO given
    FROM public.leads_referral t JOIN public.leads_referral old ON old.id = t.transferred_from_id
    WHERE t.id = p_referral AND t.state IN ('sent', 'accepted');
    UPDATE public.leads_note n SET class_id = public.access_intern_class('office', given.to_office, c.compartments)
    FROM public.access_accessclass c
    WHERE n.lead_id = given.lead_id AND n.audience = 'office' AND c.id = n.class_id
      AND c.audience = 'office' AND c.office_id = given.from_office AND c.phase = 'live';
    UPDATE public.leads_attachment a SET class_id = public.access_intern_class('office', given.to_office, c.compartments)
    FROM public.access_accessclass c
    WHERE a.lead_id = given.lead_id AND a.audience = 'office' AND c.id = a.class_id
      AND c.audience = 'office' AND c.office_id = given.from_office AND c.phase = 'live';
END $$;
REVOKE ALL ON FUNCTION leads_hand_over(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION leads_hand_over(bigint) TO {app};
"""
HAND_OVER_BACK = "DROP FUNCTION leads_hand_over(bigint);"

TRANSFERS = """
-- a referral and those out of which it came by transfers, by their internal numbers: an office reads none but its own, and a file
-- keeps the referral with which it came or went
CREATE FUNCTION leads_line_of(p_referral bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH RECURSIVE line (id, before) AS (
        SELECT r.id, r.transferred_from_id FROM public.leads_referral r WHERE r.id = p_referral
        UNION
        SELECT r.id, r.transferred_from_id FROM public.leads_referral r JOIN line ON r.id = line.before)
    SELECT id FROM line
$$;
REVOKE ALL ON FUNCTION leads_line_of(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION leads_line_of(bigint) TO {app};
"""
TRANSFERS_BACK = "DROP FUNCTION leads_line_of(bigint);"
_EVERY_FILE = "c.phase = 'live';\nEND"
HAND_OVER_BEFORE = HAND_OVER.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
# files of an earlier referral to the same office stay behind: whoever was given them answered that one
HAND_OVER_LINE = HAND_OVER_BEFORE.replace(
    _EVERY_FILE,
    """c.phase = 'live'
      AND (a.referral_id IS NULL OR a.referral_id IN (SELECT public.leads_line_of(p_referral)));
END""",
    1,
)
