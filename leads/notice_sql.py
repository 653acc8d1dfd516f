"""What the database does with notices that the application role may not: only their own person reads them."""

FORGET = """
-- notices of every person from before a moment go; what is younger than the longest time that one is kept never does
CREATE FUNCTION leads_forget_notices(p_before timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (DELETE FROM public.leads_notice WHERE happened_at < least(p_before, now() - interval '90 days') RETURNING 1)
    SELECT count(*) FROM gone
$$;
"""

FORGET_BACK = "DROP FUNCTION leads_forget_notices(timestamptz);"
