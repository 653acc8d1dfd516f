"""The function that cuts what stands no more off its source row: the application may not change where a fact comes from."""

from __future__ import annotations

FACTS = (
    "subjects_namefact",
    "subjects_identifierfact",
    "subjects_lifeeventfact",
    "subjects_employmentfact",
    "subjects_vehiclefact",
    "subjects_financefact",
    "subjects_admissionfact",
    "subjects_departurefact",
    "subjects_addressfact",
    "subjects_encounterfact",
    "subjects_statusfact",
    "subjects_filingfact",
    "subjects_visafact",
)
ENDED = {
    **dict.fromkeys(FACTS, "(t.retracted_at IS NOT NULL OR t.superseded_at IS NOT NULL)"),
    "subjects_associate": "t.retracted_at IS NOT NULL",
    "subjects_identitylink": "t.closed_at IS NOT NULL",
}
UPDATES = "\n".join(
    f"    UPDATE public.{table} t SET source_row_id = NULL WHERE t.source_row_id = ANY (p_rows) AND {ended};"  # noqa: S608  # names above
    for table, ended in ENDED.items()
)
LET_GO_OF_ANYBODY = f"""
CREATE FUNCTION subjects_let_go(p_rows bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
{UPDATES}
END $$;
"""
LET_GO = LET_GO_OF_ANYBODY.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(
    "BEGIN\n",
    """BEGIN
    IF NOT public.access_is_service() THEN
        RAISE EXCEPTION 'only a service lets go' USING ERRCODE = '42501';
    END IF;
""",
)
LET_GO_BACK = LET_GO_OF_ANYBODY.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
