"""What an id of the record of acts may tell: nothing of a compartment for which its reader is not cleared."""

from __future__ import annotations

# Every table whose rows carry ids and an access class, with the columns of those ids; a test holds it beside the catalog.
CLASSED: dict[str, tuple[str, ...]] = {
    "leads_attachment": ("uuid",),
    "leads_bulkrun": ("uuid",),
    "leads_decision": ("uuid",),
    "leads_finding": ("uuid",),
    "leads_lead": ("uuid",),
    "leads_note": ("uuid",),
    "leads_outcome": ("uuid",),
    "leads_packet": ("uuid",),
    "leads_recallnotice": ("uuid", "packet_uuid"),
    "leads_referral": ("uuid", "lead_uuid"),
    "leads_systemcheck": ("uuid",),
    "organizations_official": ("uuid",),
    "organizations_organization": ("uuid",),
    "oversight_compartmentmove": ("uuid", "subject_uuid"),
    "oversight_disclosure": ("uuid", "subject_uuid"),
    "retention_disposition": ("uuid",),
    "retention_hold": ("uuid",),
    "retention_holdlead": ("lead_uuid",),
    "retention_tombstone": ("lead_uuid",),
    "subjects_addressfact": ("uuid",),
    "subjects_admissionfact": ("uuid",),
    "subjects_associate": ("uuid",),
    "subjects_departurefact": ("uuid",),
    "subjects_employmentfact": ("uuid",),
    "subjects_encounterfact": ("uuid",),
    "subjects_filingfact": ("uuid",),
    "subjects_financefact": ("uuid",),
    "subjects_identifierfact": ("uuid",),
    "subjects_judgement": ("uuid",),
    "subjects_lifeeventfact": ("uuid",),
    "subjects_namefact": ("uuid",),
    "subjects_possiblerecord": ("uuid",),
    "subjects_statusfact": ("uuid",),
    "subjects_subject": ("uuid",),
    "subjects_vehiclefact": ("uuid",),
    "subjects_visafact": ("uuid",),
}
# no record of somebody: the choices and the days of colleagues, rows of sources before anybody is known by them
OF_NOBODY = frozenset({"leads_absence", "leads_savedview", "ingest_previewedrow", "ingest_quarantinedrow"})
# packages carry the class of their lead, and the scopes that go with it: the lead, its subject
_PACKAGES = """
    SELECT p.uuid FROM public.retention_archivepackage p WHERE p.uuid = ANY (p_ids) AND p.lead_class_id IN (SELECT id FROM marked)
    UNION ALL SELECT s.scope FROM public.retention_archivepackage p, unnest(p.shred) AS s (scope)
    WHERE p.shred && p_ids AND s.scope = ANY (p_ids) AND p.lead_class_id IN (SELECT id FROM marked)
    UNION ALL SELECT p.lead_uuid FROM public.retention_archivepackage p
    WHERE p.lead_uuid = ANY (p_ids) AND p.lead_class_id IN (SELECT id FROM marked)"""
_ROW = "\n    UNION ALL SELECT t.COLUMN FROM public.TABLE t WHERE t.COLUMN = ANY (p_ids) AND t.class_id IN (SELECT id FROM marked)"
_ROWS = "".join(_ROW.replace("TABLE", table).replace("COLUMN", column) for table, columns in CLASSED.items() for column in columns)

CLOSED = """
-- which of these ids name something in a compartment for which the current user is not cleared
CREATE FUNCTION oversight_closed(p_ids uuid[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH cleared AS MATERIALIZED (
        SELECT coalesce(array_agg(c.compartment_id::int), '{}') AS marks FROM public.access_clearance c
        WHERE c.user_id = public.access_current_user() AND c.revoked_at IS NULL AND (c.until IS NULL OR c.until > now())
    ), marked AS MATERIALIZED (
        SELECT c.id FROM public.access_accessclass c, cleared WHERE NOT c.compartments <@ cleared.marks
    )
    SELECT coalesce(array_agg(DISTINCT hit.uuid), '{}') FROM (ROWS) hit (uuid)
$$;

-- whether the current user may read the words of an event: their own, or, reading the record of acts, those of an event that
-- names nothing closed to them
CREATE FUNCTION oversight_opens(p_event uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.audit_event e
        WHERE e.uuid = p_event
          AND (e.actor_id = public.access_current_user()
               OR (public.access_reads_audit()
                   AND public.oversight_closed(array_remove(
                       e.result_uuids || ARRAY[e.object_uuid, e.purpose_uuid, e.payload_scope], NULL)) = '{}')))
$$;
DROP POLICY audit_payload_read ON audit_payload;
CREATE POLICY audit_payload_read ON audit_payload FOR SELECT TO {app} USING (oversight_opens(event_uuid));
""".replace("ROWS", _PACKAGES + _ROWS)

CLOSED_BACK = """
DROP POLICY audit_payload_read ON audit_payload;
CREATE POLICY audit_payload_read ON audit_payload FOR SELECT TO {app}
    USING ((SELECT access_reads_audit()) OR event_uuid IN (SELECT uuid FROM audit_event));
DROP FUNCTION oversight_opens(uuid);
DROP FUNCTION oversight_closed(uuid[]);
"""
