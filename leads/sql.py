"""The database's half of the desk: grants, and the one function that moves a lead."""

from __future__ import annotations

GRANTED = """
-- the leads that unexpired grants of the current user give sight of
CREATE FUNCTION leads_granted() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(content_object_id), '{}') FROM public.leads_leadgrant
    WHERE user_id = public.access_current_user() AND (until IS NULL OR until > now())
$$;
ALTER TABLE leads_leadgrant ENABLE ROW LEVEL SECURITY;
ALTER TABLE leads_leadgrant FORCE ROW LEVEL SECURITY;
CREATE POLICY leads_leadgrant_owner ON leads_leadgrant TO {owner} USING (true) WITH CHECK (true);
-- looks at user ids only: a policy that asked for the lead would recurse
CREATE POLICY leads_leadgrant_need_to_know ON leads_leadgrant TO {app}
    USING (user_id = (SELECT access_current_user()) OR granted_by_id = (SELECT access_current_user()))
    WITH CHECK (granted_by_id = (SELECT access_current_user()));
"""

GRANTED_BACK = """
DROP POLICY leads_leadgrant_need_to_know ON leads_leadgrant;
DROP POLICY leads_leadgrant_owner ON leads_leadgrant;
ALTER TABLE leads_leadgrant NO FORCE ROW LEVEL SECURITY;
ALTER TABLE leads_leadgrant DISABLE ROW LEVEL SECURITY;
DROP FUNCTION leads_granted();
"""

LEAD_POLICY = "class_id = ANY ((SELECT access_classes())::int[]) OR id = ANY ((SELECT leads_granted())::bigint[])"
CHILD_POLICY = "class_id = ANY ((SELECT access_classes())::int[]) OR lead_id = ANY ((SELECT leads_granted())::bigint[])"

MOVE = """
-- The one function that changes a lead's state, office or class. It runs as the owner, because a move may take the lead
-- out of its mover's sight, which row-level security would refuse; so it asks first whether the mover sees the lead.
CREATE FUNCTION leads_move(
    p_lead bigint, p_version int, p_action text, p_from text, p_to text, p_close_reason text, p_hold_until date,
    p_office bigint, p_class int, p_clock date, p_reason bytea, p_decision bigint, p_actor bigint, p_at timestamptz)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    lead public.leads_lead%ROWTYPE;
BEGIN
    IF public.access_current_user() IS NULL THEN
        RAISE EXCEPTION 'no access context' USING ERRCODE = '42501';
    END IF;
    SELECT * INTO lead FROM public.leads_lead WHERE id = p_lead FOR UPDATE;
    IF NOT FOUND OR NOT (lead.class_id = ANY (public.access_classes()) OR lead.id = ANY (public.leads_granted())) THEN
        RAISE EXCEPTION 'lead is not in sight' USING ERRCODE = '42501';
    END IF;
    IF lead.state <> p_from OR lead.version <> p_version THEN
        RAISE EXCEPTION 'lead has moved on' USING ERRCODE = '40001';
    END IF;
    UPDATE public.leads_lead SET state = p_to, state_since = p_at, close_reason = p_close_reason, hold_until = p_hold_until,
        office_id = p_office, class_id = p_class, clock_due_on = p_clock, version = version + 1
    WHERE id = p_lead;
    INSERT INTO public.leads_transition (lead_id, class_id, action, from_state, to_state, actor_id, reason_sealed, decision_id, occurred_at)
    VALUES (p_lead, p_class, p_action, p_from, p_to, p_actor, p_reason, p_decision, p_at);
    IF lead.class_id <> p_class THEN
        PERFORM public.leads_reclass(p_lead, lead.class_id, p_class);
    END IF;
END $$;

-- the children that carried the lead's old class follow it; notes for the office keep their own
CREATE FUNCTION leads_reclass(p_lead bigint, p_old int, p_new int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.leads_finding SET class_id = p_new WHERE lead_id = p_lead AND class_id = p_old;
    UPDATE public.leads_claim SET class_id = p_new WHERE lead_id = p_lead AND class_id = p_old;
    UPDATE public.leads_note SET class_id = p_new WHERE lead_id = p_lead AND class_id = p_old;
    UPDATE public.leads_decision SET class_id = p_new WHERE lead_id = p_lead AND class_id = p_old;
    UPDATE public.leads_transition SET class_id = p_new WHERE lead_id = p_lead AND class_id = p_old;
    UPDATE public.leads_stopsignoverride SET class_id = p_new WHERE lead_id = p_lead AND class_id = p_old;
END $$;
REVOKE ALL ON FUNCTION leads_reclass(bigint, int, int) FROM PUBLIC;
"""

MOVE_BACK = """
DROP FUNCTION leads_move(bigint, int, text, text, text, text, date, bigint, int, date, bytea, bigint, bigint, timestamptz);
DROP FUNCTION leads_reclass(bigint, int, int);
"""

RECLASS = """
DROP FUNCTION leads_reclass(bigint, int, int);
-- the children that carried the lead's old class follow it; notes for the office keep their own. Ids of classes are bigint.
CREATE FUNCTION leads_reclass(p_lead bigint, p_old bigint, p_new bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.leads_finding SET class_id = p_new WHERE lead_id = p_lead AND class_id = p_old;
    UPDATE public.leads_claim SET class_id = p_new WHERE lead_id = p_lead AND class_id = p_old;
    UPDATE public.leads_note SET class_id = p_new WHERE lead_id = p_lead AND class_id = p_old;
    UPDATE public.leads_decision SET class_id = p_new WHERE lead_id = p_lead AND class_id = p_old;
    UPDATE public.leads_transition SET class_id = p_new WHERE lead_id = p_lead AND class_id = p_old;
    UPDATE public.leads_stopsignoverride SET class_id = p_new WHERE lead_id = p_lead AND class_id = p_old;
    UPDATE public.leads_correction SET class_id = p_new WHERE lead_id = p_lead AND class_id = p_old;
    UPDATE public.leads_systemcheck SET class_id = p_new WHERE lead_id = p_lead AND class_id = p_old;
END $$;
REVOKE ALL ON FUNCTION leads_reclass(bigint, bigint, bigint) FROM PUBLIC;
"""

RECLASS_BACK = """
DROP FUNCTION leads_reclass(bigint, bigint, bigint);
CREATE FUNCTION leads_reclass(p_lead bigint, p_old int, p_new int) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$ SELECT $$;
"""

CHILDREN = ("finding", "claim", "note", "decision", "transition", "stopsignoverride", "correction", "systemcheck")


def reclass(children: tuple[str, ...]) -> str:
    """The function by which the children that carried the lead's old class follow it, for these children."""
    lines = "\n".join(
        f"    UPDATE public.leads_{child} SET class_id = p_new WHERE lead_id = p_lead AND class_id = p_old;"  # noqa: S608  # our own names
        for child in children
    )
    return f"""
CREATE OR REPLACE FUNCTION leads_reclass(p_lead bigint, p_old bigint, p_new bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
{lines}
END $$;
"""


FOLLOW_SUBJECTS = """
-- leads take over the compartments of their subjects (a protected person's filing may come after the lead). Only for
-- whoever sees the class that results; an update by the application role would be refused, for it has no right to classes.
CREATE FUNCTION leads_follow_subjects(p_subjects bigint[]) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found record;
    wanted bigint;
    moved int := 0;
BEGIN
    FOR found IN
        SELECT lead.id, lead.class_id, lead.office_id, theirs.compartments
        FROM public.leads_lead lead
        JOIN public.subjects_subject subject ON subject.id = lead.subject_id
        JOIN public.access_accessclass theirs ON theirs.id = subject.class_id
        JOIN public.access_accessclass mine ON mine.id = lead.class_id
        WHERE lead.subject_id = ANY (p_subjects) AND mine.compartments IS DISTINCT FROM theirs.compartments AND mine.phase = 'live'
        ORDER BY lead.id
    LOOP
        wanted := public.access_intern_class('hq', found.office_id, found.compartments);
        IF NOT (wanted = ANY (public.access_classes())) THEN
            RAISE EXCEPTION 'class is not in sight' USING ERRCODE = '42501';
        END IF;
        UPDATE public.leads_lead SET class_id = wanted, version = version + 1 WHERE id = found.id;
        PERFORM public.leads_reclass(found.id, found.class_id, wanted);
        moved := moved + 1;
    END LOOP;
    RETURN moved;
END $$;
REVOKE ALL ON FUNCTION leads_follow_subjects(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION leads_follow_subjects(bigint[]) TO {app};
"""

FOLLOW_SUBJECTS_BACK = "DROP FUNCTION leads_follow_subjects(bigint[]);"

GLASS = """
-- Break-glass opens what its holder may not see otherwise, except the protected compartment (8 USC 1367; 8 CFR 208.6),
-- even when a lead or a fact is moved there while the glass is open.
CREATE FUNCTION leads_glass_classes() RETURNS int[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(c.id::int), '{}') FROM public.access_accessclass c
    WHERE c.phase = 'live'
      AND NOT c.compartments @> ARRAY[(SELECT id::int FROM public.access_compartment WHERE code = 'protected-person')]
      AND EXISTS (SELECT 1 FROM public.leads_leadgrant g
                  WHERE g.user_id = public.access_current_user() AND g.kind = 'break_glass' AND g.until > now())
$$;
CREATE OR REPLACE FUNCTION leads_granted() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(g.content_object_id), '{}') FROM public.leads_leadgrant g
    WHERE g.user_id = public.access_current_user() AND (g.until IS NULL OR g.until > now())
      AND (g.kind <> 'break_glass' OR EXISTS (
          SELECT 1 FROM public.leads_lead l LEFT JOIN public.subjects_subject s ON s.id = l.subject_id
          WHERE l.id = g.content_object_id AND l.class_id = ANY (public.leads_glass_classes())
            AND (s.id IS NULL OR s.class_id = ANY (public.leads_glass_classes()))))
$$;
-- the people of the leads that are open by break-glass
CREATE FUNCTION leads_glass_subjects() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT l.subject_id), '{}')
    FROM public.leads_leadgrant g JOIN public.leads_lead l ON l.id = g.content_object_id
    WHERE g.user_id = public.access_current_user() AND g.kind = 'break_glass' AND g.until > now()
      AND l.subject_id IS NOT NULL AND l.id = ANY (public.leads_granted())
$$;
"""

GLASS_BACK = """
DROP FUNCTION leads_glass_subjects();
CREATE OR REPLACE FUNCTION leads_granted() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(array_agg(content_object_id), '{}') FROM public.leads_leadgrant
    WHERE user_id = public.access_current_user() AND (until IS NULL OR until > now())
$$;
DROP FUNCTION leads_glass_classes();
"""


def glass_policy(table: str, subject_column: str) -> tuple[str, str]:
    """The policy, and its removal, by which an open glass shows a subject and its facts: reading only."""
    seen = f"{subject_column} = ANY ((SELECT leads_glass_subjects())::bigint[]) AND class_id = ANY ((SELECT leads_glass_classes())::int[])"
    policy = f"{table}_break_glass ON {table}"
    return (f"CREATE POLICY {policy} FOR SELECT TO {{app}} USING ({seen});", f"DROP POLICY {policy};")
