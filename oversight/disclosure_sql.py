"""The accounting of disclosures follows its person into compartments, and ends when both its clocks have run out."""

from __future__ import annotations

DISCLOSURES = """
CREATE FUNCTION oversight_disclosure_follows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.oversight_disclosure SET class_id = NEW.class_id WHERE subject_uuid = NEW.uuid;
    RETURN NULL;
END $$;
CREATE TRIGGER oversight_disclosure_follows AFTER UPDATE OF class_id ON subjects_subject
    FOR EACH ROW WHEN (OLD.class_id IS DISTINCT FROM NEW.class_id) EXECUTE FUNCTION oversight_disclosure_follows();

-- removes what is past five years after the disclosure and past the life of the record, live or sealed, with its key; how many
CREATE FUNCTION oversight_forget_disclosures(p_today date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone uuid[];
BEGIN
    WITH over AS (
        DELETE FROM public.oversight_disclosure d
        WHERE d.kept_until <= least(p_today, current_date)
          AND NOT EXISTS (SELECT 1 FROM public.subjects_subject s WHERE s.uuid = d.subject_uuid)
          AND NOT EXISTS (SELECT 1 FROM public.retention_archivepackage p WHERE p.shred @> ARRAY[d.subject_uuid])
        RETURNING d.uuid)
    SELECT coalesce(array_agg(uuid), '{}') INTO gone FROM over;
    DELETE FROM public.audit_payload WHERE scope = ANY (gone);
    DELETE FROM public.audit_datakey WHERE scope = ANY (gone);
    RETURN cardinality(gone);
END $$;
"""

WORDS_OF_DAYS = """
-- The keys that lie under no record but under a day, once `p_days` have gone by: words of events, terms of searches, forms that
-- came late. A key under which something newer lies stays.
CREATE FUNCTION oversight_forget_words(p_today date, p_days int) RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    border timestamptz := (least(p_today, current_date) - p_days)::timestamp AT TIME ZONE 'UTC';
    gone uuid[];
BEGIN
    IF p_days < 365 THEN
        RAISE EXCEPTION 'words of the log are kept for a year' USING ERRCODE = '22023';
    END IF;
    SELECT coalesce(array_agg(k.scope), '{}') INTO gone FROM public.audit_datakey k
    WHERE k.purpose IN ('words of a day', 'search', 'late forms') AND k.created_at < border
      AND NOT EXISTS (SELECT 1 FROM public.audit_payload p JOIN public.audit_event e ON e.uuid = p.event_uuid
                      WHERE p.scope = k.scope AND e.recorded_at >= border);
    DELETE FROM public.audit_datakey WHERE scope = ANY (gone);
    DELETE FROM public.audit_payload WHERE scope = ANY (gone);
    RETURN gone;
END $$;
"""
_FORGET = DISCLOSURES[DISCLOSURES.index("-- removes what is past") :]
_FORGET_NAMED = (
    _FORGET.replace("how many", "which they were")
    .replace("RETURNS bigint", "RETURNS uuid[]")
    .replace("RETURN cardinality(gone)", "RETURN gone")
)
ENDS = f"DROP FUNCTION oversight_forget_disclosures(date); {_FORGET_NAMED} {WORDS_OF_DAYS}"
ENDS_BACK = f"DROP FUNCTION oversight_forget_words(date, int); DROP FUNCTION oversight_forget_disclosures(date); {_FORGET}"
DISCLOSURES_BACK = """
DROP FUNCTION oversight_forget_disclosures(date);
DROP TRIGGER oversight_disclosure_follows ON subjects_subject;
DROP FUNCTION oversight_disclosure_follows();
"""

# the same two, refused to whoever is no service: the words go without an event that says so, and nobody gets them back
_ONLY_A_SERVICE = """BEGIN
    IF NOT public.access_is_service() THEN
        RAISE EXCEPTION 'only a service ends what is over' USING ERRCODE = '42501';
    END IF;
"""
SERVICES_FORGET_BACK = f"{_FORGET_NAMED} {WORDS_OF_DAYS}".replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
SERVICES_FORGET = SERVICES_FORGET_BACK.replace("BEGIN\n", _ONLY_A_SERVICE)
