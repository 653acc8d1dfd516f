"""The database's half of the sealed log: what waits, what is sealed, in an order without gaps."""

from __future__ import annotations

SEALED_LOG = """
-- words and the scope of their key come together; rows from before the column stand as they are
ALTER TABLE audit_event ADD CONSTRAINT event_words_have_a_scope CHECK ((commitment IS NULL) = (payload_scope IS NULL)) NOT VALID;

-- in the event's own transaction: visible to the sealer exactly when the event is, however late that commits
CREATE FUNCTION audit_event_waits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.audit_unsealed (event_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_event_waits AFTER INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_event_waits();
INSERT INTO audit_unsealed (event_id) SELECT id FROM audit_event;

-- leaves follow each other without a gap; what is sealed waits no longer. Nobody else may take an event off the queue.
CREATE FUNCTION audit_leaf_follows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    low bigint; high bigint; many bigint;
BEGIN
    SELECT min(seq), max(seq), count(*) INTO low, high, many FROM fresh;
    IF many = 0 THEN
        RETURN NULL;
    END IF;
    IF high - low + 1 <> many OR low <> coalesce((SELECT max(seq) + 1 FROM public.audit_leaf WHERE seq < low), 0) THEN
        RAISE EXCEPTION 'leaves of the log must follow each other without a gap' USING ERRCODE = '23514';
    END IF;
    DELETE FROM public.audit_unsealed u USING fresh, public.audit_event e WHERE e.uuid = fresh.event_uuid AND u.event_id = e.id;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_leaf_follows AFTER INSERT ON audit_leaf REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION audit_leaf_follows();

-- a checkpoint speaks of all leaves, never of some
CREATE FUNCTION audit_checkpoint_adds_up() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.size <> (SELECT coalesce(max(seq) + 1, 0) FROM public.audit_leaf) THEN
        RAISE EXCEPTION 'a checkpoint speaks of all leaves' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_checkpoint_adds_up BEFORE INSERT ON audit_checkpoint FOR EACH ROW EXECUTE FUNCTION audit_checkpoint_adds_up();
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_unsealed FROM {app};
"""

SEALED_LOG_BACK = """
GRANT INSERT, UPDATE, DELETE ON audit_unsealed TO {app};
DROP TRIGGER audit_checkpoint_adds_up ON audit_checkpoint;
DROP FUNCTION audit_checkpoint_adds_up();
DROP TRIGGER audit_leaf_follows ON audit_leaf;
DROP FUNCTION audit_leaf_follows();
DROP TRIGGER audit_event_waits ON audit_event;
DROP FUNCTION audit_event_waits();
ALTER TABLE audit_event DROP CONSTRAINT event_words_have_a_scope;
"""
