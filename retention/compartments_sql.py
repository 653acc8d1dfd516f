"""Records in compartments at the records desk: their numbers, and how many they are, are known to those who are cleared.

The dates of a lead, what holds it, its package and the run that lists it carry the compartments of the lead.
"""

from __future__ import annotations

FOLLOW = """
-- dates and holds follow their lead from one compartment to another
CREATE FUNCTION retention_follows_lead() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    marks int[] := (SELECT compartments FROM public.access_accessclass WHERE id = NEW.class_id);
    wanted bigint;
BEGIN
    IF marks = (SELECT compartments FROM public.access_accessclass WHERE id = OLD.class_id) THEN
        RETURN NULL;
    END IF;
    wanted := public.access_intern_class('records', NULL, marks);
    UPDATE public.retention_retentionclock SET class_id = wanted WHERE lead_id = NEW.id;
    UPDATE public.retention_holdlead SET class_id = wanted WHERE lead_uuid = NEW.uuid;
    RETURN NULL;
END $$;
CREATE TRIGGER retention_follows_lead AFTER UPDATE OF class_id ON leads_lead
    FOR EACH ROW WHEN (OLD.class_id IS DISTINCT FROM NEW.class_id) EXECUTE FUNCTION retention_follows_lead();
UPDATE retention_retentionclock k SET class_id = access_intern_class('records', NULL, c.compartments)
FROM leads_lead l JOIN access_accessclass c ON c.id = l.class_id WHERE l.id = k.lead_id AND c.compartments <> '{}';
UPDATE retention_holdlead h SET class_id = k.class_id FROM retention_retentionclock k JOIN leads_lead l ON l.id = k.lead_id
WHERE l.uuid = h.lead_uuid AND h.class_id <> k.class_id;
"""
FOLLOW_BACK = """
DROP TRIGGER retention_follows_lead ON leads_lead;
DROP FUNCTION retention_follows_lead();
"""

RUN_CLASS = """
UPDATE retention_disposition SET class_id = access_intern_class('records', NULL, '{}') WHERE class_id IS NULL;
"""

_NARROW = (
    ("disposition", "class_id = ANY ((SELECT access_classes())::int[])"),
    ("dispositionitem", "disposition_id IN (SELECT id FROM retention_disposition)"),
    ("archivepackage", "disposition_id IN (SELECT id FROM retention_disposition)"),
    ("certificate", "disposition_id IN (SELECT id FROM retention_disposition)"),
)


def policies(*, narrow: bool) -> str:
    """The policies of runs and what they list: for those who keep records, and, `narrow`, are cleared for the run's compartments."""
    made = []
    for table, seen in _NARROW:
        rule = f"(SELECT retention_keeps()) AND {seen}" if narrow else "(SELECT retention_keeps())"
        made.append(f"ALTER POLICY retention_{table}_need_to_know ON retention_{table} USING ({rule}) WITH CHECK ({rule});")
    return "\n".join(made)
