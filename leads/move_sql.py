"""The one function that moves a lead, believing no more of its caller than it must; replaces that of `leads.sql`."""

from __future__ import annotations

from leads.sql import MOVE

MOVE_AS_ONESELF = """
-- Moves in one's own name (a service: in that of the person for whom it works), to the office alone: the compartments stay.
CREATE OR REPLACE FUNCTION leads_move(
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
    IF p_actor IS DISTINCT FROM public.access_current_user() AND NOT public.access_is_service() THEN
        RAISE EXCEPTION 'nobody moves a lead in the name of somebody else' USING ERRCODE = '42501';
    END IF;
    SELECT * INTO lead FROM public.leads_lead WHERE id = p_lead FOR UPDATE;
    IF NOT FOUND OR NOT (lead.class_id = ANY (public.access_classes()) OR lead.id = ANY (public.leads_granted())) THEN
        RAISE EXCEPTION 'lead is not in sight' USING ERRCODE = '42501';
    END IF;
    IF lead.state <> p_from OR lead.version <> p_version THEN
        RAISE EXCEPTION 'lead has moved on' USING ERRCODE = '40001';
    END IF;
    IF lead.class_id <> p_class AND NOT EXISTS (
        SELECT 1 FROM public.access_accessclass c JOIN public.access_accessclass before ON before.id = lead.class_id
        WHERE c.id = p_class AND c.audience = 'hq' AND c.phase = 'live' AND c.office_id IS NOT DISTINCT FROM p_office
          AND c.compartments = before.compartments) THEN
        RAISE EXCEPTION 'a move changes the office, never the compartments' USING ERRCODE = '42501';
    END IF;
    IF p_decision IS NOT NULL AND NOT EXISTS (SELECT 1 FROM public.leads_decision d WHERE d.id = p_decision AND d.lead_id = p_lead) THEN
        RAISE EXCEPTION 'the decision is of another lead' USING ERRCODE = '42501';
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
"""

MOVE_AS_ONESELF_BACK = MOVE[MOVE.index("CREATE FUNCTION leads_move") : MOVE.index("-- the children")].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)

# whoever writes what hangs on leads (a list of many, a notice) names them when committing, and does not wait for a move
MOVE_KEEPING_KEYS = MOVE_AS_ONESELF.replace("WHERE id = p_lead FOR UPDATE", "WHERE id = p_lead FOR NO KEY UPDATE")
