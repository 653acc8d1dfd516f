"""Which conditions a record meets, which schedule dates it, and the functions that change its days. Nothing else changes them.

A record's conditions are kept with its dates. They are asked again, and the dates set anew, in the very transaction in
which they change: by triggers on what the conditions read, so that no way of writing goes past them.
"""

from __future__ import annotations

from retention.conditions import CONDITIONS

# Shared by whoever dates a record, taken whole by an approval: no record is dated by a version that is just going.
# Batches of a run share it too: what a batch has read of a record's days holds until it is through.
DATING = 7_241_003  # advisory lock

_LIVE = ",\n        ".join(f"CASE WHEN {condition.live} THEN '{condition.code}' END" for condition in CONDITIONS)
_SEALED = ",\n        ".join(f"CASE WHEN {condition.sealed} THEN '{condition.code}' END" for condition in CONDITIONS if condition.sealed)

# The rule of retention.calendar in the database's words: PostgreSQL puts the anniversary of 29 February on 28 February,
# the rule on 1 March. A test compares the two on every day of eight years.
ANNIVERSARY = """
CREATE FUNCTION retention_anniversary(p_day date, p_years int) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN extract(month FROM p_day) = 2 AND extract(day FROM p_day) = 29
                     AND extract(day FROM p_day + make_interval(years => p_years)) = 28
                THEN (p_day + make_interval(years => p_years) + interval '1 day')::date
                ELSE (p_day + make_interval(years => p_years))::date END
$$;
"""

ANNIVERSARY_BACK = "DROP FUNCTION retention_anniversary(date, int);"

# Asks the conditions of these leads again and dates them by the longest schedule; tells how many changed. Whoever calls it,
# the result is what the approved schedules say. Only records that change are locked: a hold on everything, or an extract of
# cases, passes over the others; what changes is asked once more under the lock.
RESTATE = f"""
CREATE OR REPLACE FUNCTION retention_restate(p_leads bigint[], p_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    differing bigint[];
    changed int;
BEGIN
    PERFORM pg_advisory_xact_lock_shared({DATING});
    WITH met AS MATERIALIZED (SELECT * FROM public.retention_conditions(p_leads)),
    chosen AS MATERIALIZED (SELECT kinds.conditions, public.retention_longest(kinds.conditions) AS schedule
                            FROM (SELECT DISTINCT met.conditions FROM met) kinds)
    SELECT array_agg(k.lead_id) INTO differing
    FROM met JOIN chosen ON chosen.conditions = met.conditions JOIN public.retention_retentionclock k ON k.lead_id = met.lead_id
    WHERE k.schedule_id <> chosen.schedule OR k.conditions <> met.conditions;
    IF differing IS NULL THEN RETURN 0; END IF;
    PERFORM 1 FROM public.retention_retentionclock WHERE lead_id = ANY (differing) ORDER BY lead_id FOR NO KEY UPDATE;
    WITH met AS MATERIALIZED (SELECT * FROM public.retention_conditions(differing)),
    chosen AS MATERIALIZED (SELECT kinds.conditions, public.retention_longest(kinds.conditions) AS schedule
                            FROM (SELECT DISTINCT met.conditions FROM met) kinds)
    UPDATE public.retention_retentionclock k
    SET conditions = met.conditions, schedule_id = s.id, computed_at = p_at,
        archive_on = CASE WHEN s.archived_years > 0 THEN public.retention_anniversary(k.record_created_on, s.active_years) END,
        destroy_on = public.retention_anniversary(k.record_created_on, s.active_years + s.archived_years)
    FROM met JOIN chosen ON chosen.conditions = met.conditions JOIN public.retention_schedule s ON s.id = chosen.schedule
    WHERE k.lead_id = met.lead_id AND (k.schedule_id <> s.id OR k.conditions <> met.conditions);
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $$;
"""  # noqa: S608  # constants of this project

DATES = f"""
CREATE FUNCTION retention_conditions(p_leads bigint[]) RETURNS TABLE (lead_id bigint, conditions varchar[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT l.id, array_remove(ARRAY[
        {_LIVE}]::varchar[], NULL)
    FROM public.leads_lead l WHERE l.id = ANY (p_leads)
$$;

-- what a sealed record met when it was sealed, and what has come true since
CREATE FUNCTION retention_sealed_conditions(p_packages bigint[]) RETURNS TABLE (package_id bigint, conditions varchar[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.id, ARRAY(SELECT DISTINCT met COLLATE "C" FROM unnest(p.conditions || array_remove(ARRAY[
        {_SEALED}]::varchar[], NULL)) met ORDER BY 1)
    FROM public.retention_archivepackage p WHERE p.id = ANY (p_packages)
$$;

-- of the approved versions that apply, the longest (retention.longest says the same)
CREATE FUNCTION retention_longest(p_met varchar[]) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.id FROM public.retention_schedule s
    WHERE s.status = 'approved' AND (s.condition = '' OR s.condition = ANY (p_met))
    ORDER BY s.active_years + s.archived_years DESC, s.active_years DESC, s.condition <> '', s.series COLLATE "C" LIMIT 1
$$;

{RESTATE}
CREATE FUNCTION retention_restate_sealed(p_packages bigint[]) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    changed int;
BEGIN
    PERFORM pg_advisory_xact_lock_shared({DATING});
    PERFORM 1 FROM public.retention_archivepackage WHERE id = ANY (p_packages) ORDER BY id FOR NO KEY UPDATE;
    WITH met AS MATERIALIZED (SELECT * FROM public.retention_sealed_conditions(p_packages)),
    chosen AS MATERIALIZED (SELECT kinds.conditions, public.retention_longest(kinds.conditions) AS schedule
                            FROM (SELECT DISTINCT met.conditions FROM met) kinds)
    UPDATE public.retention_archivepackage p
    SET conditions = met.conditions, schedule_id = s.id,
        destroy_on = public.retention_anniversary(p.record_created_on, s.active_years + s.archived_years)
    FROM met JOIN chosen ON chosen.conditions = met.conditions JOIN public.retention_schedule s ON s.id = chosen.schedule
    WHERE p.id = met.package_id AND (p.schedule_id <> s.id OR p.conditions <> met.conditions);
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $$;
REVOKE ALL ON FUNCTION retention_conditions(bigint[]), retention_sealed_conditions(bigint[]) FROM PUBLIC;
"""  # noqa: S608  # constants of this project
DATES_BACK = """
DROP FUNCTION retention_restate_sealed(bigint[]);
DROP FUNCTION retention_restate(bigint[], timestamptz);
DROP FUNCTION retention_longest(varchar[]);
DROP FUNCTION retention_sealed_conditions(bigint[]);
DROP FUNCTION retention_conditions(bigint[]);
"""

FOLLOW_CONDITIONS = """
-- a lead passes to another person or organization, or to other compartments
CREATE FUNCTION retention_restates_lead() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (OLD.subject_id, OLD.organization_id) IS DISTINCT FROM (NEW.subject_id, NEW.organization_id)
       OR (SELECT compartments FROM public.access_accessclass WHERE id = OLD.class_id)
          <> (SELECT compartments FROM public.access_accessclass WHERE id = NEW.class_id) THEN
        PERFORM public.retention_restate(ARRAY[NEW.id], now());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER retention_restates_lead AFTER UPDATE ON leads_lead FOR EACH ROW
    WHEN (OLD.class_id IS DISTINCT FROM NEW.class_id OR OLD.subject_id IS DISTINCT FROM NEW.subject_id
          OR OLD.organization_id IS DISTINCT FROM NEW.organization_id)
    EXECUTE FUNCTION retention_restates_lead();

-- an office accepts, or a referral passes to another lead
CREATE FUNCTION retention_restates_referred() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.lead_id <> NEW.lead_id THEN
        PERFORM public.retention_restate(ARRAY[OLD.lead_id], now());
    END IF;
    PERFORM public.retention_restate(ARRAY[NEW.lead_id], now());
    RETURN NULL;
END $$;
CREATE TRIGGER retention_restates_referred AFTER UPDATE ON leads_referral FOR EACH ROW
    WHEN (OLD.accepted_at IS DISTINCT FROM NEW.accepted_at OR OLD.lead_id IS DISTINCT FROM NEW.lead_id)
    EXECUTE FUNCTION retention_restates_referred();
CREATE TRIGGER retention_restates_sent AFTER INSERT ON leads_referral FOR EACH ROW
    WHEN (NEW.accepted_at IS NOT NULL) EXECUTE FUNCTION retention_restates_referred();

-- a litigation hold is placed on records, live or sealed
CREATE FUNCTION retention_restates_held() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    sued uuid[] := ARRAY(SELECT a.lead_uuid FROM added a JOIN public.retention_hold h ON h.id = a.hold_id WHERE h.kind = 'litigation');
BEGIN
    IF sued <> '{}' THEN
        PERFORM public.retention_restate(ARRAY(SELECT l.id FROM public.leads_lead l WHERE l.uuid = ANY (sued)), now());
        PERFORM public.retention_restate_sealed(ARRAY(SELECT p.id FROM public.retention_archivepackage p WHERE p.lead_uuid = ANY (sued)));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER retention_restates_held AFTER INSERT ON retention_holdlead REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION retention_restates_held();

-- EID/ENFORCE tells of a case, takes it back, or it proves to be somebody else's
CREATE FUNCTION retention_restates_case() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    theirs bigint[] := ARRAY(SELECT DISTINCT f.subject_id FROM arrived f WHERE f.source = 'eid');
BEGIN
    IF TG_OP = 'UPDATE' THEN
        theirs := theirs || ARRAY(SELECT DISTINCT f.subject_id FROM earlier f WHERE f.source = 'eid');
    END IF;
    IF theirs <> '{}' THEN
        PERFORM public.retention_restate(ARRAY(SELECT l.id FROM public.leads_lead l WHERE l.subject_id = ANY (theirs)), now());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER retention_restates_case AFTER INSERT ON subjects_encounterfact REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION retention_restates_case();
CREATE TRIGGER retention_restates_changed_case AFTER UPDATE ON subjects_encounterfact REFERENCING OLD TABLE AS earlier NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION retention_restates_case();
"""
FOLLOW_CONDITIONS_BACK = """
DROP TRIGGER retention_restates_changed_case ON subjects_encounterfact;
DROP TRIGGER retention_restates_case ON subjects_encounterfact;
DROP TRIGGER retention_restates_held ON retention_holdlead;
DROP TRIGGER retention_restates_sent ON leads_referral;
DROP TRIGGER retention_restates_referred ON leads_referral;
DROP TRIGGER retention_restates_lead ON leads_lead;
DROP FUNCTION retention_restates_case(), retention_restates_held(), retention_restates_referred(), retention_restates_lead();
"""

# what was dated before there were conditions
ASK_ALL = """
DO $$
DECLARE
    upto bigint := 0;
    batch bigint[];
BEGIN
    LOOP
        batch := ARRAY(SELECT lead_id FROM retention_retentionclock WHERE lead_id > upto ORDER BY lead_id LIMIT 10000);
        EXIT WHEN batch = '{}';
        PERFORM retention_restate(batch, now());
        upto := batch[cardinality(batch)];
    END LOOP;
    PERFORM retention_restate_sealed(ARRAY(SELECT id FROM retention_archivepackage));
END $$;
"""
# the dates are set by the functions alone
DATES_ARE_SET = """
REVOKE UPDATE ON retention_retentionclock FROM {app};
REVOKE UPDATE (schedule_id, archive_on, destroy_on, computed_at) ON retention_retentionclock FROM {app};
REVOKE UPDATE (schedule_id, destroy_on) ON retention_archivepackage FROM {app};
"""
DATES_ARE_SET_BACK = """
GRANT UPDATE (schedule_id, archive_on, destroy_on, computed_at) ON retention_retentionclock TO {app};
GRANT UPDATE (schedule_id, destroy_on) ON retention_archivepackage TO {app};
"""
