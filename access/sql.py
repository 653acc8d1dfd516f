"""The database's half of need-to-know: the signed context, the one resolver, the functions that policies call.

Every function here is SECURITY DEFINER with a fixed search path and stands on the allow-list of the catalog test.
"""

from __future__ import annotations

CONTEXT = """
CREATE TABLE access_context_secret (single boolean PRIMARY KEY DEFAULT true CHECK (single), secret bytea NOT NULL);
REVOKE ALL ON access_context_secret FROM PUBLIC, {app};

-- the MAC of a context; owner-only: whoever injects SQL can neither mint nor forge one
CREATE FUNCTION access_mac(p_user bigint, p_nonce text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT encode(sha256(secret || sha256(secret || convert_to(p_user::text || ':' || p_nonce, 'UTF8'))), 'hex')
    FROM public.access_context_secret
$$;
REVOKE ALL ON FUNCTION access_mac(bigint, text) FROM PUBLIC;

-- opens the context of the current transaction
CREATE FUNCTION access_open_context(p_user bigint, p_nonce text, p_mac text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF public.access_mac(p_user, p_nonce) IS DISTINCT FROM p_mac THEN
        RAISE EXCEPTION 'access context refused' USING ERRCODE = '42501';
    END IF;
    PERFORM set_config('leadtrac.context', p_user::text || ':' || p_nonce || ':' || p_mac, true);
END $$;

-- the user of the current context, or null: the setting is believed only with its MAC
CREATE FUNCTION access_current_user() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    parts text[] := string_to_array(nullif(current_setting('leadtrac.context', true), ''), ':');
BEGIN
    IF parts IS NULL OR array_length(parts, 1) <> 3 OR parts[1] !~ '^[0-9]{1,18}$' THEN
        RETURN NULL;
    END IF;
    IF public.access_mac(parts[1]::bigint, parts[2]) IS DISTINCT FROM parts[3] THEN
        RETURN NULL;
    END IF;
    RETURN parts[1]::bigint;
END $$;
"""

CONTEXT_BACK = """
DROP FUNCTION access_current_user();
DROP FUNCTION access_open_context(bigint, text, text);
DROP FUNCTION access_mac(bigint, text);
DROP TABLE access_context_secret;
"""

SIGHT = """
-- the one rule of who sees which class: roles, offices, clearances, all unexpired, of an active user
CREATE FUNCTION access_resolve(p_user bigint, p_now timestamptz,
    OUT classes int[], OUT roles text[], OUT reads_audit boolean, OUT valid_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH held AS (
        SELECT r.code, r.audiences, r.own_office, r.reads_audit, g.until
        FROM public.access_rolegrant g
        JOIN public.access_rolerecord r ON r.code = g.role_id
        JOIN public.access_user u ON u.id = g.user_id AND u.is_active
        WHERE g.user_id = p_user AND g.revoked_at IS NULL AND (g.until IS NULL OR g.until > p_now)
    ), member AS (
        SELECT office_id, until FROM public.access_membership
        WHERE user_id = p_user AND revoked_at IS NULL AND (until IS NULL OR until > p_now)
    ), cleared AS (
        SELECT compartment_id, until FROM public.access_clearance
        WHERE user_id = p_user AND revoked_at IS NULL AND (until IS NULL OR until > p_now)
    ), service AS (
        SELECT EXISTS (SELECT 1 FROM held WHERE code = 'service') AS everything
    ), seen AS (
        SELECT c.id
        FROM public.access_accessclass c, service
        WHERE c.phase = 'live'
          AND EXISTS (
              SELECT 1 FROM held h
              WHERE c.audience = ANY (h.audiences)
                AND (NOT h.own_office OR c.office_id IN (SELECT office_id FROM member)))
          AND (service.everything OR c.compartments <@ (SELECT coalesce(array_agg(compartment_id::int), '{}') FROM cleared))
    )
    SELECT coalesce((SELECT array_agg(id::int ORDER BY id) FROM seen), '{}'),
           coalesce((SELECT array_agg(DISTINCT code::text) FROM held), '{}'),
           coalesce((SELECT bool_or(held.reads_audit) FROM held), false),
           (SELECT min(until) FROM (SELECT until FROM held UNION ALL SELECT until FROM member UNION ALL SELECT until FROM cleared) all_untils)
$$;

CREATE FUNCTION access_refresh_sight(p_user bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO public.access_usersight (user_id, classes, roles, reads_audit, valid_until)
    SELECT p_user, s.classes, s.roles, s.reads_audit, s.valid_until FROM public.access_resolve(p_user, now()) s
    ON CONFLICT (user_id) DO UPDATE SET classes = EXCLUDED.classes, roles = EXCLUDED.roles,
        reads_audit = EXCLUDED.reads_audit, valid_until = EXCLUDED.valid_until, refreshed_at = now()
$$;

CREATE FUNCTION access_sight_follows_user() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'access_user' THEN
        PERFORM public.access_refresh_sight(NEW.id);
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM public.access_refresh_sight(OLD.user_id);
    ELSE
        PERFORM public.access_refresh_sight(NEW.user_id);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER access_user_sight AFTER INSERT OR UPDATE OF is_active ON access_user FOR EACH ROW EXECUTE FUNCTION access_sight_follows_user();
CREATE TRIGGER access_rolegrant_sight AFTER INSERT OR UPDATE OR DELETE ON access_rolegrant FOR EACH ROW EXECUTE FUNCTION access_sight_follows_user();
CREATE TRIGGER access_membership_sight AFTER INSERT OR UPDATE OR DELETE ON access_membership FOR EACH ROW EXECUTE FUNCTION access_sight_follows_user();
CREATE TRIGGER access_clearance_sight AFTER INSERT OR UPDATE OR DELETE ON access_clearance FOR EACH ROW EXECUTE FUNCTION access_sight_follows_user();

CREATE FUNCTION access_sight_follows_class() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM public.access_refresh_sight(u.id) FROM public.access_user u WHERE u.is_active;
    RETURN NULL;
END $$;
CREATE TRIGGER access_accessclass_sight AFTER INSERT OR UPDATE OR DELETE ON access_accessclass
    FOR EACH STATEMENT EXECUTE FUNCTION access_sight_follows_class();
CREATE TRIGGER access_rolerecord_sight AFTER INSERT OR UPDATE OR DELETE ON access_rolerecord
    FOR EACH STATEMENT EXECUTE FUNCTION access_sight_follows_class();

-- what policies ask: the classes of the current context; an expired sight is resolved afresh
CREATE FUNCTION access_classes() RETURNS int[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me bigint := public.access_current_user();
    sight record;
BEGIN
    IF me IS NULL THEN
        RETURN '{}';
    END IF;
    SELECT s.classes, s.valid_until INTO sight FROM public.access_usersight s WHERE s.user_id = me;
    IF NOT FOUND THEN
        RETURN '{}';
    END IF;
    IF sight.valid_until IS NULL OR sight.valid_until > now() THEN
        RETURN sight.classes;
    END IF;
    RETURN (SELECT r.classes FROM public.access_resolve(me, now()) r);
END $$;

CREATE FUNCTION access_reads_audit() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((SELECT r.reads_audit FROM public.access_resolve(public.access_current_user(), now()) r), false)
$$;

CREATE FUNCTION access_intern_class(p_audience text, p_office bigint, p_compartments int[]) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    sorted int[] := (SELECT coalesce(array_agg(DISTINCT x ORDER BY x), '{}') FROM unnest(p_compartments) x);
    found int;
BEGIN
    SELECT id INTO found FROM public.access_accessclass
    WHERE audience = p_audience AND office_id IS NOT DISTINCT FROM p_office AND compartments = sorted AND phase = 'live';
    IF found IS NULL THEN
        INSERT INTO public.access_accessclass (audience, office_id, compartments, phase) VALUES (p_audience, p_office, sorted, 'live')
        ON CONFLICT DO NOTHING;
        SELECT id INTO found FROM public.access_accessclass
        WHERE audience = p_audience AND office_id IS NOT DISTINCT FROM p_office AND compartments = sorted AND phase = 'live';
    END IF;
    RETURN found;
END $$;

REVOKE ALL ON FUNCTION access_resolve(bigint, timestamptz), access_refresh_sight(bigint) FROM PUBLIC;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON access_usersight, access_accessclass, access_rolerecord FROM {app};
"""

SIGHT_BACK = """
GRANT INSERT, UPDATE, DELETE ON access_usersight, access_accessclass, access_rolerecord TO {app};
DROP FUNCTION access_intern_class(text, bigint, int[]);
DROP FUNCTION access_reads_audit();
DROP FUNCTION access_classes();
DROP TRIGGER access_rolerecord_sight ON access_rolerecord;
DROP TRIGGER access_accessclass_sight ON access_accessclass;
DROP FUNCTION access_sight_follows_class();
DROP TRIGGER access_clearance_sight ON access_clearance;
DROP TRIGGER access_membership_sight ON access_membership;
DROP TRIGGER access_rolegrant_sight ON access_rolegrant;
DROP TRIGGER access_user_sight ON access_user;
DROP FUNCTION access_sight_follows_user();
DROP FUNCTION access_refresh_sight(bigint);
DROP FUNCTION access_resolve(bigint, timestamptz);
"""

AUDIT = """
CREATE POLICY audit_event_owner ON audit_event TO {owner} USING (true) WITH CHECK (true);
CREATE POLICY audit_event_append ON audit_event FOR INSERT TO {app} WITH CHECK (true);
CREATE POLICY audit_event_read ON audit_event FOR SELECT TO {app}
    USING ((SELECT access_reads_audit()) OR actor_id = (SELECT access_current_user()));
ALTER TABLE audit_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_event FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_payload_owner ON audit_payload TO {owner} USING (true) WITH CHECK (true);
CREATE POLICY audit_payload_append ON audit_payload FOR INSERT TO {app} WITH CHECK (true);
CREATE POLICY audit_payload_read ON audit_payload FOR SELECT TO {app}
    USING ((SELECT access_reads_audit()) OR event_uuid IN (SELECT uuid FROM audit_event));
ALTER TABLE audit_payload ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_payload FORCE ROW LEVEL SECURITY;
"""

AUDIT_BACK = """
ALTER TABLE audit_payload NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_payload DISABLE ROW LEVEL SECURITY;
DROP POLICY audit_payload_read ON audit_payload;
DROP POLICY audit_payload_append ON audit_payload;
DROP POLICY audit_payload_owner ON audit_payload;
ALTER TABLE audit_event NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_event DISABLE ROW LEVEL SECURITY;
DROP POLICY audit_event_read ON audit_event;
DROP POLICY audit_event_append ON audit_event;
DROP POLICY audit_event_owner ON audit_event;
"""

SIGHT_ONE_BY_ONE = """
-- Waits for whoever refreshes the same user, and only then resolves: in plpgsql each statement sees what is committed by now. In
-- one statement a revocation that commits while this one waits for the row would be overwritten with what stood before it.
CREATE OR REPLACE FUNCTION access_refresh_sight(p_user bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.access_usersight (user_id, classes, roles, reads_audit) VALUES (p_user, '{}', '{}', false) ON CONFLICT DO NOTHING;
    PERFORM FROM public.access_usersight u WHERE u.user_id = p_user FOR UPDATE;
    UPDATE public.access_usersight u
    SET classes = s.classes, roles = s.roles, reads_audit = s.reads_audit, valid_until = s.valid_until, refreshed_at = now()
    FROM public.access_resolve(p_user, now()) s WHERE u.user_id = p_user;
END $$;
-- everybody in the same order, so that two who do so cannot wait for each other
CREATE OR REPLACE FUNCTION access_sight_follows_class() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    each bigint;
BEGIN
    FOR each IN SELECT u.id FROM public.access_user u WHERE u.is_active ORDER BY u.id LOOP
        PERFORM public.access_refresh_sight(each);
    END LOOP;
    RETURN NULL;
END $$;
"""

SIGHT_ONE_BY_ONE_BACK = (
    (SIGHT[SIGHT.index("CREATE FUNCTION access_refresh_sight") : SIGHT.index("CREATE FUNCTION access_sight_follows_user")])
    + SIGHT[SIGHT.index("CREATE FUNCTION access_sight_follows_class") : SIGHT.index("CREATE TRIGGER access_accessclass_sight")]
).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")

SEALED_LOG = """
-- whether the sealer is at work: the one service actor that reads every skeleton, seals and verifies
CREATE FUNCTION access_seals() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM public.access_user
                   WHERE id = public.access_current_user() AND username = 'svc-audit' AND kind = 'service' AND is_active)
$$;
CREATE POLICY audit_event_seal ON audit_event FOR SELECT TO {app} USING ((SELECT access_seals()));
CREATE POLICY audit_payload_seal ON audit_payload FOR SELECT TO {app} USING ((SELECT access_seals()));
CREATE POLICY audit_unsealed_owner ON audit_unsealed TO {owner} USING (true) WITH CHECK (true);
CREATE POLICY audit_unsealed_read ON audit_unsealed FOR SELECT TO {app} USING ((SELECT access_seals()) OR (SELECT access_reads_audit()));
CREATE POLICY audit_leaf_owner ON audit_leaf TO {owner} USING (true) WITH CHECK (true);
CREATE POLICY audit_leaf_seal ON audit_leaf FOR INSERT TO {app} WITH CHECK ((SELECT access_seals()));
CREATE POLICY audit_leaf_read ON audit_leaf FOR SELECT TO {app} USING ((SELECT access_seals()) OR (SELECT access_reads_audit()));
CREATE POLICY audit_checkpoint_owner ON audit_checkpoint TO {owner} USING (true) WITH CHECK (true);
CREATE POLICY audit_checkpoint_seal ON audit_checkpoint FOR INSERT TO {app} WITH CHECK ((SELECT access_seals()));
CREATE POLICY audit_checkpoint_read ON audit_checkpoint FOR SELECT TO {app} USING ((SELECT access_seals()) OR (SELECT access_reads_audit()));
ALTER TABLE audit_unsealed ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_unsealed FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_leaf ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_leaf FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_checkpoint ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_checkpoint FORCE ROW LEVEL SECURITY;
"""

SEALED_LOG_BACK = """
ALTER TABLE audit_checkpoint NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_checkpoint DISABLE ROW LEVEL SECURITY;
ALTER TABLE audit_leaf NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_leaf DISABLE ROW LEVEL SECURITY;
ALTER TABLE audit_unsealed NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_unsealed DISABLE ROW LEVEL SECURITY;
DROP POLICY audit_checkpoint_read ON audit_checkpoint;
DROP POLICY audit_checkpoint_seal ON audit_checkpoint;
DROP POLICY audit_checkpoint_owner ON audit_checkpoint;
DROP POLICY audit_leaf_read ON audit_leaf;
DROP POLICY audit_leaf_seal ON audit_leaf;
DROP POLICY audit_leaf_owner ON audit_leaf;
DROP POLICY audit_unsealed_read ON audit_unsealed;
DROP POLICY audit_unsealed_owner ON audit_unsealed;
DROP POLICY audit_payload_seal ON audit_payload;
DROP POLICY audit_event_seal ON audit_event;
DROP FUNCTION access_seals();
"""

LAPSED = """
-- A sight that has lapsed by its date is resolved afresh at each question until somebody keeps it anew: this does; returns how many.
CREATE FUNCTION access_refresh_lapsed() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    each bigint;
    kept bigint := 0;
BEGIN
    FOR each IN SELECT s.user_id FROM public.access_usersight s WHERE s.valid_until <= now() ORDER BY s.user_id LOOP
        PERFORM public.access_refresh_sight(each);
        kept := kept + 1;
    END LOOP;
    RETURN kept;
END $$;
-- as `access_classes`: kept until it lapses
CREATE OR REPLACE FUNCTION access_reads_audit() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me bigint := public.access_current_user();
    sight record;
BEGIN
    IF me IS NULL THEN
        RETURN false;
    END IF;
    SELECT s.reads_audit, s.valid_until INTO sight FROM public.access_usersight s WHERE s.user_id = me;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF sight.valid_until IS NULL OR sight.valid_until > now() THEN
        RETURN sight.reads_audit;
    END IF;
    RETURN coalesce((SELECT r.reads_audit FROM public.access_resolve(me, now()) r), false);
END $$;
"""

LAPSED_BACK = "DROP FUNCTION access_refresh_lapsed();" + SIGHT[
    SIGHT.index("CREATE FUNCTION access_reads_audit") : SIGHT.index("CREATE FUNCTION access_intern_class")
].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
