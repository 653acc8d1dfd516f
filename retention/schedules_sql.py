"""A version of a schedule is never changed once it was put in force: for the owner and raw SQL as for everybody."""

from __future__ import annotations

IMMUTABLE = """
CREATE FUNCTION retention_version_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status = 'approved' AND NEW.status = 'superseded' THEN
        OLD.status := 'superseded';  -- the one thing that happens to it
    END IF;
    IF TG_OP = 'DELETE' OR NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a version that was put in force is never changed' USING ERRCODE = 'LT409';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER retention_version_stays BEFORE UPDATE OR DELETE ON retention_schedule
    FOR EACH ROW WHEN (OLD.status IN ('approved', 'superseded')) EXECUTE FUNCTION retention_version_stays();
"""
IMMUTABLE_BACK = """
DROP TRIGGER retention_version_stays ON retention_schedule;
DROP FUNCTION retention_version_stays();
"""
