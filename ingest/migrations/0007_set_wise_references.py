from django.db import migrations

from foundation.migration_operations import SQL

HOLD = """
CREATE FUNCTION ingest_rows_have_an_extract() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM (SELECT DISTINCT extract_id FROM fresh) named
               WHERE NOT EXISTS (SELECT 1 FROM public.ingest_extract e WHERE e.id = named.extract_id)) THEN
        RAISE EXCEPTION 'a source row names an extract that is not there' USING ERRCODE = '23503';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ingest_sourcerow_has_extract AFTER INSERT ON ingest_sourcerow REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ingest_rows_have_an_extract();
CREATE FUNCTION ingest_extract_keeps_its_rows() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.ingest_sourcerow r WHERE r.extract_id = OLD.id) THEN
        RAISE EXCEPTION 'an extract with rows cannot be deleted' USING ERRCODE = '23503';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER ingest_extract_keeps_rows BEFORE DELETE ON ingest_extract
    FOR EACH ROW EXECUTE FUNCTION ingest_extract_keeps_its_rows();
"""
BACK = """
DROP TRIGGER ingest_extract_keeps_rows ON ingest_extract;
DROP FUNCTION ingest_extract_keeps_its_rows();
DROP TRIGGER ingest_sourcerow_has_extract ON ingest_sourcerow;
DROP FUNCTION ingest_rows_have_an_extract();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_account_opened_at"),
        ("ingest", "0006_buffer_keys"),
    ]

    operations = [
        SQL(HOLD, BACK),
    ]
